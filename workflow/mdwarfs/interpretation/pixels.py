"""The hyperparameters of every pixel, and how well the labels explain its flux."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from mdwarfs.literature import features
from mdwarfs.slam.standardise import flux_scale
from mdwarfs.slam.train.scatter import model_variance
from mdwarfs.spectra.good_pixels import good_pixels
from mdwarfs.tables.tabulate import annotate

if TYPE_CHECKING:
    from mdwarfs.slam.trained_model import TrainedModel


DESCRIBED = {
    "wavelength": ("Angstrom", "In vacuum, rest frame"),
    "features": ("", "Known features that absorb at the pixel"),
    "cv_mse": ("", "Cross-validated mean squared error of the flux"),
    "flux_variance": ("", "Variance of the flux among the training stars"),
    "r2": ("", "1 - cv_mse / flux_variance: the share that the labels explain"),
    "model_variance": ("", "Variance of the model flux, without the spectra's noise"),
    "star_variance": ("", "Variance of the flux, without the spectra's noise"),
    "r2_noiseless": (
        "",
        "1 - model_variance / star_variance; null unless the stars differ beyond noise",
    ),
}
CHOICES = "hyperparameters"
"""Under this name the header says what the pixels chose among: the symbol and values of
each hyperparameter, by column."""
DIFFER = 3.0  # standard errors by which the variance of the stars must exceed zero


def table(model: TrainedModel, flux: np.ndarray, ivar: np.ndarray) -> Table:
    """Hyperparameters and explained variance of every pixel.

    The R^2 of the observed flux contains the noise of the spectra, of which no label
    can explain anything; the noiseless one is the same with both variances estimated
    without it (`mdwarfs.slam.train.scatter`).

    Parameters
    ----------
    flux, ivar : shape (n, p)
        Of its training stars.

    Returns
    -------
    table
        One row per pixel: `DESCRIBED`, and the hyperparameters after the first two;
        NaN where training could say nothing. `meta` has `CHOICES`.
    """
    good = good_pixels(flux, ivar)
    mean, scale = flux_scale(flux, good)
    noise = 1 / np.where(good, ivar, 1.0)
    star = model_variance(np.where(good, flux - mean, np.nan), noise, good)
    spectra, chosen = model.spectral_model(), model.hyperparameters()
    use = spectra.informative
    own = spectra.everywhere(spectra.variance)
    variance = np.where(use, scale**2, np.nan)
    star = np.where(use, star, np.nan)
    total = np.where(good, noise + np.where(use, star, 0.0), np.inf)
    with np.errstate(divide="ignore"):
        error = np.sqrt(2 / (total**-2).sum(0))
    noiseless = np.where(star > DIFFER * error, 1 - own / star, np.nan)
    rows = {
        "wavelength": model.wavelength,
        "features": features.names(model.wavelength),
        **{one.name: one.chosen for one in chosen},
        "cv_mse": model.cv_mse,
        "flux_variance": variance,
        "r2": 1 - model.cv_mse / variance,
        "model_variance": own,
        "star_variance": star,
        "r2_noiseless": noiseless,
    }
    described = {one.name: ("", one.description) for one in chosen}
    choices = {
        one.name: {"symbol": one.symbol, "values": [float(x) for x in one.values]}
        for one in chosen
    }
    return annotate(Table(rows, meta={CHOICES: choices}), DESCRIBED | described)
