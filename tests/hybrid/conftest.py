"""A small survey for the tests of the hybrid labels, and the model trained on it."""

from types import SimpleNamespace

import numpy as np
import pytest

from mdwarfs.hybrid.model import Hybrid
from tests.fewer import search_shortly
from tests.slam.conftest import NAMES, draw_labels, observe, true_flux

PIXELS, TRAINING, STRANGERS = 50, 160, 300
ERRORS = np.array([0.15, 80.0, 0.06])  # of the labels of training stars


def survey(number, rng, errors):
    """Labels without and with errors, flux and ivar of stars of all brightnesses."""
    true = draw_labels(number, rng)
    known = true + rng.normal(size=true.shape) * errors
    flux, ivar = observe(true_flux(true, PIXELS), rng.uniform(8, 60, number), rng)
    return SimpleNamespace(true=true, labels=known, flux=flux, ivar=ivar)


def train(stars, errors=ERRORS, **changes):
    """The model of a survey, and the labels of its stars without themselves."""
    options = {"seed": 3, "threads": 1, "label_names": NAMES}
    options["wavelength"] = 6000.0 + np.arange(stars.flux.shape[1])
    errors = np.broadcast_to(errors, stars.labels.shape)
    return Hybrid.fit(
        stars.labels, errors, stars.flux, stars.ivar, **(options | changes)
    )


@pytest.fixture
def short_search(monkeypatch):
    """See `search_shortly`."""
    search_shortly(monkeypatch)


def some_of(stars, number):
    """The first stars of a survey."""
    return SimpleNamespace(**{x: y[:number] for x, y in vars(stars).items()})


@pytest.fixture(scope="session")
def training():
    """Training stars, whose labels have errors."""
    return survey(TRAINING, np.random.default_rng(1), ERRORS)


@pytest.fixture(scope="session")
def new():
    """Stars that no model has seen."""
    return survey(STRANGERS, np.random.default_rng(2), 0 * ERRORS)


@pytest.fixture(scope="session")
def trained(training):
    """The model, and the labels of its stars without themselves."""
    return train(training)


@pytest.fixture(scope="session")
def misled(training):
    """Trained on the same stars, of which every 32nd has wrong labels."""
    wrong = training.labels.copy()
    wrong[::32] += 8 * np.array([1, -1, 1]) * wrong.std(axis=0)
    stars = SimpleNamespace(labels=wrong, flux=training.flux, ivar=training.ivar)
    with pytest.MonkeyPatch.context() as patch:
        search_shortly(patch)
        return train(stars)


@pytest.fixture(scope="session")
def hybrid(trained):
    """The model alone."""
    return trained[0]


@pytest.fixture(scope="session")
def found(hybrid, new):
    """The labels of the stars that the model has not seen."""
    return hybrid.predict(new.flux, new.ivar)
