import logging

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.labelling.cross_validation import cross_validate, only_messages_about
from mdwarfs.slam.infer.flags import Flag
from mdwarfs.slam.labeller import labeller
from mdwarfs.slam.model import SupportVectors
from mdwarfs.spectra.spectrum_set import SpectrumSet
from tests.fewer import few_starts  # noqa: F401

NAMES = ["feh", "teff", "logg"]
SLAM = {
    "labels": NAMES,
    "folds": 4,
    "fold_assignment": "random",
    "grid": {"C": [10.0], "epsilon": [0.05], "gamma": [0.05]},
    "block": 60,
}
PREDICTION = {
    "block": 8,
    "snr_min": 3.0,
    "usable": {"feh": [-1, 1], "teff": [3300, 3900], "logg": [4, 6]},
}
WRONG, UNLABELLED, WITHOUT_SPECTRUM = 3, 15, 16


@pytest.fixture(scope="module")
def sample():
    """17 stars: one with a wrong label, one without labels, one without spectrum."""
    rng = np.random.default_rng(1)
    n, wavelength = 17, np.linspace(6000, 9000, 30)
    truth = rng.uniform([-0.5, 3200, 4.6], [0.5, 4000, 5.1], (n, 3))
    unit = (truth - truth.mean(0)) / truth.std(0)
    slopes = rng.normal(0, 0.05, (3, len(wavelength)))
    flux = 1 + unit @ slopes + rng.normal(0, 0.002, (n, len(wavelength)))
    ivar = np.full(flux.shape, 0.002**-2)
    flux[WITHOUT_SPECTRUM], ivar[WITHOUT_SPECTRUM] = 1, 0
    status = np.full(n, "ok", "U20")
    status[WITHOUT_SPECTRUM] = "no such file"
    stars = Table({"source_id": np.arange(1, n + 1), "sdss_id": np.zeros(n, int)})
    stars["snr"], stars["status"] = 50.0, status
    spectra = SpectrumSet(
        wavelength, flux.astype(np.float32), ivar.astype(np.float32), stars
    )
    labels = Table(truth, names=NAMES)
    labels["snr"], labels["labelled"] = 50.0, True
    labels["labelled"][[UNLABELLED, WITHOUT_SPECTRUM]] = False
    labels["fold"] = np.where(labels["labelled"], np.arange(n), -1)
    labels["teff"][WRONG] += 900
    return spectra, labels, truth


class Records(logging.Handler):
    """What is said in a log."""

    def __init__(self, log):
        super().__init__()
        self.log, self.lines = log, []

    def emit(self, record):
        self.lines.append(record.getMessage())

    def __enter__(self):
        self.level, _ = self.log.level, self.log.setLevel(logging.INFO)
        self.log.addHandler(self)
        return self

    def __exit__(self, *error):
        self.log.removeHandler(self)
        self.log.setLevel(self.level)


@pytest.fixture(scope="module")
def predicted(sample):
    """The labels, the model of all stars, and what was said in the log."""
    spectra, labels, _ = sample
    rows = np.flatnonzero(labels["labelled"])
    model = SupportVectors.fit(
        np.stack([labels[name][rows] for name in NAMES], axis=1),
        spectra.flux[rows], spectra.ivar[rows], label_names=NAMES,
        wavelength=spectra.wavelength, grid=SLAM["grid"], folds=4, seed=1, block=60,
        threads=1,
    )  # fmt: skip
    log = logging.getLogger("mdwarfs")
    with Records(log) as said:
        table, held_out = cross_validate(
            model, spectra, labels, slam=SLAM, prediction=PREDICTION, seed=1, threads=1
        )
    np.testing.assert_array_equal(held_out["teff"], table["teff"][rows])
    np.testing.assert_array_equal(held_out["source_id"], table["source_id"][rows])
    return table, model, said.lines


def test_a_star_has_no_part_in_its_own_prediction(sample, predicted):
    spectra, labels, truth = sample
    table, model, _ = predicted
    by_itself = labeller(model).predict(spectra.flux, spectra.ivar, block=8, threads=1)
    wrong = labels["teff"][WRONG]
    assert abs(by_itself.labels[WRONG, 1] - wrong) < 300
    assert abs(table["teff"][WRONG] - truth[WRONG, 1]) < 200


def test_the_others_are_predicted_by_the_whole_model(sample, predicted):
    spectra, _, _ = sample
    table, model, _ = predicted
    whole = labeller(model).predict(spectra.flux, spectra.ivar, block=8, threads=1)
    assert table["teff"][UNLABELLED] == whole.labels[UNLABELLED, 1]
    assert len(table) == len(spectra)
    assert np.isnan(table["teff"][WITHOUT_SPECTRUM])
    assert table["status"][WITHOUT_SPECTRUM] == "no such file"


def test_labels_are_flagged_as_those_of_other_runs_are(predicted):
    table, _, _ = predicted
    known = np.isfinite(table["teff"])
    outside = (table["teff"] < 3300) | (table["teff"] > 3900)
    flagged = (table["flags"] & Flag.OUTSIDE_TEFF) > 0
    np.testing.assert_array_equal(flagged[known], outside[known])
    assert flagged.any() and not flagged[known].all()


def test_the_log_counts_stars_and_not_the_pixels_of_each_training(predicted, caplog):
    _, _, lines = predicted
    assert "15 of 15 stars predicted without themselves" in lines[-1]
    assert not any("pixel" in line for line in lines)

    caplog.set_level(logging.INFO, "mdwarfs")
    training = logging.getLogger("mdwarfs.run.progress")
    with only_messages_about("stars"):
        training.info("3 pixel(s)")
        training.warning("3 pixel(s) did not converge")
    training.info("4 pixel(s)")
    assert [record.getMessage() for record in caplog.records] == [
        "3 pixel(s) did not converge",
        "4 pixel(s)",
    ]


def test_stars_of_one_fold_are_held_out_together(sample, predicted):
    """Two spectra of one star: neither is predicted by a model that has the other."""
    spectra, labels, truth = sample
    _, model, _ = predicted
    labels, twin = labels.copy(), WRONG + 1
    spectra = spectra.take(slice(None))
    spectra.flux[twin], spectra.ivar[twin] = spectra.flux[WRONG], spectra.ivar[WRONG]
    for name in NAMES:
        labels[name][twin] = labels[name][WRONG]
    labels["fold"] = np.where(labels["labelled"], np.arange(len(labels)) // 2 % 5, -1)
    labels["fold"][twin] = labels["fold"][WRONG]
    table, _ = cross_validate(
        model, spectra, labels, slam=SLAM, prediction=PREDICTION, seed=1, threads=1
    )
    assert abs(table["teff"][WRONG] - truth[WRONG, 1]) < 200
    assert abs(table["teff"][twin] - truth[WRONG, 1]) < 200
