"""What the flags of hybrid labels say of unsound spectra, in a simulated survey."""

import damage
import numpy as np
import pytest
import unsound

from mdwarfs.hybrid import stars as hybrid_stars
from mdwarfs.hybrid import unlike
from mdwarfs.hybrid.model import Hybrid
from mdwarfs.labelling.hybrid_files import predict_files
from mdwarfs.slam.infer.flags import Flag
from tests.validation.test_unsound_spectra import (
    CONTINUUM,
    FIT,
    NAMES,
    OF_LIGHT,
    OF_RESIDUALS,
    PREDICTION,
    SPECTRA,
    TRAINING,
    faulty_files,
    labelled_faults,
    observed,
)

pytestmark = pytest.mark.dag

NEW = 300
LIMITED = (
    Flag.VELOCITY | Flag.BAD_FIT | Flag.UNLIKE_MODEL | Flag.UNCERTAIN
    | Flag.OUTSIDE_TRAINING | Flag.RESOLUTION
)  # fmt: skip


def surveyed(n, rng):
    """A survey whose spectra scatter by more than their noise, as those of runs do."""
    spectra, labels = observed(n, rng)
    spectra.ivar *= 1.4
    return spectra, labels


class Survey:
    """A model, and stars that it has not seen, with their labels."""

    def __init__(self):
        rng = np.random.default_rng(6)
        spectra, labels = surveyed(TRAINING, rng)
        self.model, self.held_out = Hybrid.fit(
            labels, np.zeros(labels.shape), spectra.flux, spectra.ivar,
            label_names=NAMES, wavelength=spectra.wavelength, seed=1,
            source_id=spectra.stars["source_id"], normalisation=SPECTRA,
        )  # fmt: skip
        self.spectra, self.true = surveyed(NEW, rng)
        self.sound = self.predict(self.spectra)

    def predict(self, spectra):
        table = hybrid_stars.label_stars(self.model, spectra, PREDICTION, threads=1)
        table["new"] = table["flags"] & int(LIMITED)
        return table

    def damaged(self, kind, n=40):
        change, some = damage.kinds()[kind], self.spectra.take(slice(n))
        return self.predict(unsound.damaged(change, some, self.sound, CONTINUUM, 7))


@pytest.fixture(scope="module")
def survey():
    return Survey()


def test_sound_spectra_are_seldom_flagged(survey):
    poor = survey.true[:, 0] < np.quantile(survey.true[:, 0], 2 * unlike.RARE)
    flagged = survey.sound["new"] > 0
    # Of 288 at 0.5 %, more than 4 would be there in one case of fifty.
    assert flagged[~poor].sum() <= 4
    assert flagged.mean() < 0.04


def test_held_out_training_stars_are_flagged_as_others(survey):
    flagged = survey.held_out.flags & int(LIMITED & ~Flag.OUTSIDE_TRAINING) > 0
    assert flagged.mean() < 0.02


CAUGHT = [
    "constant flux", "logarithm", "square root", "reversed", "smoothed over 5 pixels",
    "variances x 0.01", "variances x 100", "variances 1", "pure noise",
    "noise without lines", "noise doubled", "half of the pixels 0", "+200 km/s",
    "-200 km/s", "+900 km/s", "wavelengths x 1.003", "itself added at 300 km/s",
    "hot star", "white dwarf", *OF_RESIDUALS,
]  # fmt: skip


@pytest.mark.parametrize("kind", CAUGHT)
def test_unsound_spectra_are_caught(survey, kind):
    assert (survey.damaged(kind, 20)["new"] > 0).mean() >= 0.95


@pytest.mark.parametrize("kind", OF_LIGHT)
def test_most_of_foreign_light_is_seen(survey, kind):
    assert (survey.damaged(kind)["new"] > 0).mean() > 0.5


@pytest.mark.parametrize(
    "kind, bit",
    [
        ("variances x 0.01", Flag.BAD_FIT),
        ("pure noise", Flag.UNCERTAIN),
        ("noise without lines", Flag.UNLIKE_MODEL),
        ("+200 km/s", Flag.VELOCITY),
        ("variances x 0.25", Flag.BAD_FIT),
    ],
)
def test_the_flag_says_what_is_wrong(survey, kind, bit):
    table = survey.damaged(kind)
    assert ((table["flags"] & int(bit)) > 0).mean() > 0.9


@pytest.mark.parametrize(
    "kind, bit",
    [
        ("resolution lower by 5 pixels", Flag.RESOLUTION),
        ("G star, added", Flag.UNLIKE_MODEL),
    ],
)
def test_of_spectra_that_are_not_faint_the_flag_says_what_is_wrong(survey, kind, bit):
    table = survey.damaged(kind)
    bright = table["snr"] > 8
    assert ((table["flags"] & int(bit)) > 0)[bright].mean() > 0.9


@pytest.mark.parametrize("kind, v", [("+80 km/s", 80), ("wavelengths in air", -80)])
def test_velocities_are_found(survey, kind, v):
    assert np.abs(np.median(survey.damaged(kind)["v_offset"]) - v) < 8


def test_errors_that_are_too_small_by_far_are_not_believed(survey):
    """The errors of labels follow the noise that is there, and the prior at most."""
    table, sound = survey.damaged("variances x 0.01"), survey.sound[:40]
    for name in NAMES:
        ratio = np.asarray(table[f"e_{name}"] / sound[f"e_{name}"])
        assert 0.7 < np.median(ratio) < 2.5
        assert (table[f"prior_share_{name}"] <= 1 + 1e-9).all()
    same = survey.damaged("none")
    assert np.allclose(same["e_teff"], sound["e_teff"], rtol=0.02)


def test_metal_poor_stars_are_flagged_and_few_others(survey):
    table = survey.damaged("[Fe/H] -1.5")
    outside = (table["flags"] & int(Flag.OUTSIDE_TRAINING | Flag.OUTSIDE_FEH)) > 0
    assert outside.mean() > 0.9
    usual = survey.true[:, 0] > np.quantile(survey.true[:, 0], 0.05)
    outside = (survey.sound["flags"] & int(Flag.OUTSIDE_TRAINING)) > 0
    assert outside[usual].mean() < 0.01


def test_the_faults(survey, shared):
    paths = faulty_files(shared)
    table = predict_files(paths, survey.model, PREDICTION, simulated=True, real=True)
    for name, expected, row in labelled_faults(table):
        bits = row["flags"] & int(LIMITED)
        if expected:
            assert bits & int(expected | FIT), name
        elif expected == 0:
            assert bits == 0, name
