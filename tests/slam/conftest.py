"""A small, smooth, synthetic survey, and real spectra, for the tests of SLAM."""

import numpy as np
import pytest

from tests.once import value_once

NAMES = ("feh", "teff", "logg")
GRID = {"C": [0.1, 1.0, 10.0], "epsilon": [0.05, 0.1], "gamma": [0.03, 0.1, 0.3]}


def draw_labels(n, rng):
    """[Fe/H], Teff, log g with the anticorrelation of dwarfs."""
    feh = rng.uniform(-0.6, 0.4, n)
    teff = rng.uniform(3000, 3900, n)
    logg = 4.8 - 0.25 * (teff - 3450) / 450 + rng.normal(0, 0.05, n)
    return np.stack([feh, teff, logg], axis=1)


def true_flux(labels, pixels, seed=5):
    """Lines whose depths are smooth, non-linear functions of the labels."""
    rng = np.random.default_rng(seed)
    x = (labels - [-0.1, 3450, 4.8]) / [0.3, 260, 0.15]
    linear = rng.normal(size=(3, pixels))
    square = rng.normal(size=(3, pixels))
    return 1 - 0.1 * np.tanh(0.5 * x @ linear + 0.15 * x**2 @ square)


def observe(flux, snr, rng):
    """Add noise of a signal-to-noise ratio per star; one value in a hundred is bad."""
    ivar = np.tile(np.asarray(snr, float)[:, None] ** 2, flux.shape[1])
    noisy = flux + rng.normal(size=flux.shape) / np.sqrt(ivar)
    bad = rng.random(flux.shape) < 0.01
    noisy[bad] += 5.0
    ivar[bad] = 0.0
    return noisy, ivar


@pytest.fixture(scope="session")
def survey():
    """Labels, flux, ivar of 120 training stars at 40 pixels."""
    rng = np.random.default_rng(1)
    labels = draw_labels(120, rng)
    flux, ivar = observe(true_flux(labels, 40), rng.uniform(20, 80, 120), rng)
    return labels, flux, ivar


@pytest.fixture(scope="session")
def strangers():
    """Labels, flux, ivar of 60 stars at SNR 5 and then the same 60 at SNR 60."""
    rng = np.random.default_rng(2)
    labels = np.tile(draw_labels(60, rng), (2, 1))
    snr = np.repeat([5.0, 60.0], 60)
    return labels, *observe(true_flux(labels, 40), snr, rng)


@pytest.fixture(scope="session")
def options():
    """Keyword arguments of `fit` for the survey."""
    return {
        "label_names": NAMES,
        "wavelength": 6000.0 + np.arange(40),
        "grid": GRID,
        "folds": 5,
        "seed": 3,
        "block": 64,
        "threads": 1,
    }


@pytest.fixture(scope="session")
def model(survey, options, tmp_path_factory):
    """A model trained on the survey."""
    from mdwarfs.slam.model import SupportVectors

    def train():
        return SupportVectors.fit(*survey, **options)

    return value_once(tmp_path_factory, "model", train)


@pytest.fixture(scope="session")
def finder(model):
    """What finds labels by that model."""
    from mdwarfs.slam.labeller import labeller

    return labeller(model)


@pytest.fixture(scope="session")
def spectral(finder):
    """The model's spectra."""
    return finder.model


@pytest.fixture(scope="session")
def lamost(real):
    """Labels, flux and ivar of the real LAMOST stars, at 24 pixels of 6100-8900 A."""
    with np.load(real / "lamost" / "lamost54_on_grid.npz") as file:
        flux, ivar, wave = (file[key].astype(float) for key in ("flux", "ivar", "wave"))
        labels = np.stack([file[key] for key in ("feh", "teff", "logg")], axis=1)
    window = (wave > 6100) & (wave < 8900)
    good = (ivar > 0) & np.isfinite(flux) & (flux > 0)
    bright = good[:, window].mean(1) > 0.7
    level = np.array([np.median(f[g]) for f, g in zip(flux[bright], good[bright])])
    pixels = np.flatnonzero(window)[:: window.sum() // 24][:24]
    ivar = np.where(good, ivar, 0.0)[bright] * level[:, None] ** 2
    return labels[bright], (flux[bright] / level[:, None])[:, pixels], ivar[:, pixels]
