"""Prediction as the code of the release did it."""

from dataclasses import replace

import numpy as np
import pytest

from mdwarfs.emulation.recipe import RELEASED
from mdwarfs.emulation.released import emulated
from mdwarfs.errors import InputError
from mdwarfs.slam.infer.stars import label_stars
from mdwarfs.slam.labeller import labeller
from mdwarfs.spectra.weighting import weighted

PREDICTION = {
    "method": "map",
    "weighting": "ivar",
    "prior": {},
    "block": 60,
    "snr_min": 3.0,
    "usable": {"feh": [-0.6, 0.5], "teff": [3100, 3900], "logg": [4.45, 4.95]},
}


@pytest.fixture(scope="module")
def named(model):
    """The model, whose training stars are 1 to 120."""
    return replace(model, source_id=np.arange(1, 121))


@pytest.fixture(scope="module")
def spectra(as_set, survey):
    return as_set(*survey[1:])


def test_the_release_has_every_ingredient_and_its_own_weights(named, spectra):
    model, stars = emulated(named, spectra)
    assert model.recipe == RELEASED
    np.testing.assert_array_equal(stars.ivar, weighted(spectra, "astra-0.6.0").ivar)
    np.testing.assert_array_equal(model.ivar, spectra.ivar)


def test_the_stage_gives_the_same_columns_by_either_method(named, spectra):
    own = label_stars(labeller(named), spectra, PREDICTION, 1)
    other = label_stars(*emulated(named, spectra), PREDICTION, 1)
    assert own.colnames == other.colnames and len(own) == len(other) == 120
    assert not np.array_equal(own["teff"], other["teff"])
    assert np.isfinite(other["teff"]).all()


def test_the_training_stars_must_be_there(model, spectra):
    stranger = replace(model, source_id=np.arange(1001, 1121))
    with pytest.raises(InputError, match="normalised spectra"):
        emulated(stranger, spectra)


def test_spectra_may_be_read_from_their_file_as_they_are_needed(
    named, spectra, stamp, tmp_path
):
    path = tmp_path / "spectra.fits"
    spectra.write(path, stamp)
    whole = label_stars(*emulated(named, spectra), PREDICTION, 1)
    with type(spectra).open(path) as opened:
        streamed = label_stars(*emulated(named, opened), PREDICTION, 1)
    np.testing.assert_array_equal(streamed["teff"], whole["teff"])
