"""The stage of prediction as the configuration chooses it."""

from dataclasses import replace

import numpy as np
import pytest

from mdwarfs.emulation.behaviour import behave
from mdwarfs.emulation.recipe import RELEASED
from mdwarfs.errors import InputError
from mdwarfs.slam.infer.map import MaximumPosterior
from mdwarfs.slam.infer.stars import label_stars
from mdwarfs.spectra.weighting import weighted

PREDICTION = {
    "behaviour": "maximum_posterior",
    "weighting": "ivar",
    "prior": {},
    "block": 60,
    "snr_min": 3.0,
    "usable": {"feh": [-0.6, 0.5], "teff": [3100, 3900], "logg": [4.45, 4.95]},
}
IMITATION = {**PREDICTION, "behaviour": "astra-0.6.0"}


@pytest.fixture(scope="module")
def named(model):
    """The model, whose training stars are 1 to 120."""
    return replace(model, source_id=np.arange(1, 121))


@pytest.fixture(scope="module")
def spectra(as_set, survey):
    return as_set(*survey[1:])


@pytest.mark.parametrize("weighting", ["ivar", "astra-0.6.0"])
def test_maximum_posterior_is_the_model_with_the_weighting_asked_for(
    named, spectra, weighting
):
    predictor, stars = behave(named, spectra, {**PREDICTION, "weighting": weighting})
    assert isinstance(predictor, MaximumPosterior)
    assert predictor.model.labels is named.labels
    np.testing.assert_array_equal(stars.ivar, weighted(spectra, weighting).ivar)


def test_the_released_behaviour_has_every_ingredient_and_its_own_weights(
    named, spectra
):
    model, stars = behave(named, spectra, IMITATION)
    assert model.recipe == RELEASED
    np.testing.assert_array_equal(stars.ivar, weighted(spectra, "astra-0.6.0").ivar)
    np.testing.assert_array_equal(model.ivar, spectra.ivar)


def test_the_stage_gives_the_same_columns_by_either_behaviour(named, spectra):
    own, imitated = (
        label_stars(*behave(named, spectra, chosen), chosen, 1)
        for chosen in (PREDICTION, IMITATION)
    )
    assert own.colnames == imitated.colnames and len(own) == len(imitated) == 120
    assert not np.array_equal(own["teff"], imitated["teff"])
    assert np.isfinite(imitated["teff"]).all()


def test_the_training_stars_must_be_there(model, spectra):
    stranger = replace(model, source_id=np.arange(1001, 1121))
    with pytest.raises(InputError, match="normalised spectra"):
        behave(stranger, spectra, IMITATION)


def test_spectra_may_be_read_from_their_file_as_they_are_needed(
    named, spectra, stamp, tmp_path
):
    path = tmp_path / "spectra.fits"
    spectra.write(path, stamp)
    whole = label_stars(*behave(named, spectra, IMITATION), IMITATION, 1)
    with type(spectra).open(path) as opened:
        streamed = label_stars(*behave(named, opened, IMITATION), IMITATION, 1)
    np.testing.assert_array_equal(streamed["teff"], whole["teff"])
