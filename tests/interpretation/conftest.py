"""A model of a small, smooth survey, of which everything is known."""

import numpy as np
import pytest

from mdwarfs.slam.labeller import labeller
from mdwarfs.slam.model import SupportVectors
from tests.once import value_once

NAMES = ("feh_niu", "feh", "teff", "logg")
PIXELS, BLANK = 60, 5  # the last BLANK pixels are the same in all stars
SLOPES = {"feh": 0.25, "teff": 2e-4, "logg": 0.15}  # of the pixels that answer
STEP = 1.0  # Angstrom per pixel


def draw_labels(n, rng):
    """Labels without a correlation but that of the two scales of [Fe/H]."""
    feh = rng.uniform(-0.5, 0.5, n)
    teff, logg = rng.uniform(3100, 3900, n), rng.uniform(4.6, 5.0, n)
    return np.stack([feh + 0.1 + rng.normal(0, 0.02, n), feh, teff, logg], axis=1)


def true_slopes():
    """Of [Fe/H], Teff and log g: a third of the pixels each, none of the last."""
    slopes = np.zeros((3, PIXELS))
    for i, value in enumerate(SLOPES.values()):
        slopes[i, i : PIXELS - BLANK : 3] = value
    return slopes


def true_flux(labels):
    """A linear function of the labels."""
    return 1 + (labels[:, 1:] - [0.0, 3500.0, 4.8]) @ true_slopes()


@pytest.fixture(scope="session")
def wavelength():
    return 7000.0 + STEP * np.arange(PIXELS)


def observe(labels, snr, seed):
    """Noisy flux and inverse variance; the blank pixels have nothing but noise."""
    flux = true_flux(labels)
    ivar = np.full(flux.shape, snr**2)
    rng = np.random.default_rng(seed)
    return flux + rng.normal(0, 1 / snr, flux.shape), ivar


@pytest.fixture(scope="session")
def training():
    labels = draw_labels(150, np.random.default_rng(1))
    return labels, *observe(labels, 60.0, 2)


@pytest.fixture(scope="session")
def model(training, wavelength, tmp_path_factory):
    def train():
        return SupportVectors.fit(
            *training, label_names=NAMES, wavelength=wavelength,
            grid={"C": [1.0, 10.0, 100.0], "epsilon": [0.1], "gamma": [0.01, 0.03]},
            folds=5, seed=1, block=64, threads=1, source_id=np.arange(1, 151),
        )  # fmt: skip

    return value_once(tmp_path_factory, "linear model", train)


@pytest.fixture(scope="session")
def finder(model):
    return labeller(model)


@pytest.fixture(scope="session")
def spectral(finder):
    return finder.model
