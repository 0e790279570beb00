"""Stars of the small run."""

import numpy as np

NAMES = ("feh", "teff", "logg")
PIXELS = 80
STAMP = {"run": "small", "simulated": True}
FAINT, SPOILT, EMPTY = 60, 61, 62
"""Rows of the run: a faint star, one with cosmic rays, and one without a spectrum."""


def draw_labels(n, rng):
    """[Fe/H], Teff, log g of dwarfs."""
    feh, teff = rng.uniform(-0.6, 0.4, n), rng.uniform(3000, 3900, n)
    logg = 4.8 - 0.25 * (teff - 3450) / 450 + rng.normal(0, 0.05, n)
    return np.stack([feh, teff, logg], axis=1)


def true_flux(labels):
    """Lines whose depths are smooth functions of the labels."""
    rng = np.random.default_rng(5)
    x = (labels - [-0.1, 3450, 4.8]) / [0.3, 260, 0.15]
    linear, square = rng.normal(size=(2, 3, PIXELS))
    return 1 - 0.1 * np.tanh(0.5 * x @ linear + 0.15 * x**2 @ square)
