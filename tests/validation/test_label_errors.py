"""Errors of the training labels, carried into the labels of other stars."""

from types import SimpleNamespace

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.slam.infer.flags import Flag
from mdwarfs.validation.label_errors import draw_errors, propagate, summarise

NAMES = ("feh_niu", "feh", "teff")


@pytest.fixture
def labels():
    rng = np.random.default_rng(1)
    n = 4000
    table = Table({"feh_niu": rng.normal(0, 0.2, n), "teff": rng.normal(3500, 100, n)})
    table["feh"] = table["feh_niu"] + rng.normal(0.1, 0.04, n)
    table["e_feh"] = table["e_feh_niu"] = 0.03
    table["e_teff"] = rng.uniform(20, 60, n)
    return table


def test_errors_are_the_stated_ones_and_both_feh_share_theirs(labels):
    errors = draw_errors(labels, NAMES, np.random.default_rng(2))
    feh_niu, feh, teff = errors.T
    assert feh_niu.std() == pytest.approx(0.03, rel=0.05)
    assert feh.std() == pytest.approx(0.05, rel=0.05)
    assert (teff / labels["e_teff"]).std() == pytest.approx(1, rel=0.05)
    assert np.corrcoef(feh, feh_niu)[0, 1] == pytest.approx(0.6, abs=0.04)
    assert np.corrcoef(teff, feh_niu)[0, 1] == pytest.approx(0, abs=0.06)


class Mean:
    """A model that gives every star the mean of its training labels."""

    def __init__(self, labels):
        self.labels = labels

    def predict(self, flux, ivar, *, block, threads, prior):
        return SimpleNamespace(labels=np.tile(self.labels.mean(0), (len(flux), 1)))


def test_spread_is_what_the_errors_do_to_the_model(labels):
    """The mean of n labels has their errors over sqrt(n)."""
    training = labels[:100]
    model = Mean(np.stack([training[name] for name in NAMES], axis=1))
    stars = SimpleNamespace(flux=np.zeros((50, 2)), ivar=np.ones((50, 2)))
    found = propagate(
        Mean,
        model.labels,
        training,
        NAMES,
        stars,
        {"block": 8},
        realisations=400,
        seed=1,
        threads=1,
    )
    assert found.shape == (400, 50, 3)
    catalogue = Table({"snr": np.geomspace(3, 20, 50)})
    for name, value, spread in zip(NAMES, model.labels.mean(0), (0.03, 0.05, 42.0)):
        catalogue[name] = value
        catalogue[f"sigma_{name}"], catalogue[f"formal_e_{name}"] = spread, spread / 2
    catalogue["sigma_teff"][0] = np.nan
    catalogue["flags"] = np.where(np.arange(50) == 1, int(Flag.OUTSIDE_FEH), 0)
    table = summarise(found, catalogue, training, NAMES, 5)
    whole = table[table["bin"] == 0]
    assert list(whole["label"]) == list(NAMES) and list(whole["n"]) == [49, 49, 48]
    assert whole["spread"] == pytest.approx([0.003, 0.005, 4.2], rel=0.15)
    # all stars move together: 400 trainings, not 400 times 49 stars, make the error
    assert whole["e_spread"] == pytest.approx(
        whole["spread"] / np.sqrt(2 * 399), rel=0.3
    )
    assert whole["share"] == pytest.approx(0.01, rel=0.3)
    assert (np.abs(whole["shift"]) < 0.3 * whole["spread"]).all()
