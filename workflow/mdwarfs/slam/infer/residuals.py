"""What is left of a spectrum about its best model spectrum, and what that tells.

Chi-square counts how much is left, not how it lies. Noise differs from pixel to pixel,
and of whatever makes a spectrum unsound the most does not:

- errors that are not those of the noise, and spectra that were smoothed or clipped
  after their errors were found: differences of pixels are larger or smaller than the
  errors say (`residual_noise`), or pixels go together (`residual_lag`), as they also do
  in fringes and in wide emission. The pixels are `APART`, for those next to each other
  go together in every spectrum that was resampled, by its survey or here;
- another resolution: what is left looks like the second derivative of the model
  (`broadening`), for a line that is wider by a variance s gains half of s times that;
- light that is not the star's, or too much that was subtracted: bands are too shallow
  or too deep, and where the foreign light is bluer or redder than an M dwarf, most so
  at one end (`veiling`). Labels can make all bands shallower, but not deep and shallow
  ones alike (`deep_bands`, `deep_slope`); nor are those of giants like those of dwarfs.

Labels of maximum posterior leave nothing that changed labels could have taken away. So
each measure has the sign and the size of what labels do *not* explain. What it is of
sound spectra is learnt (`mdwarfs.validation.fit_limits`, `mdwarfs.hybrid.unlike`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from mdwarfs.slam.infer.flags import Flag, flag

COLUMNS = {
    "residual_noise": (
        "",
        "Scatter of pixels four apart against each other, about the best model, over "
        "what the errors say: 1 if these are right",
    ),
    "residual_lag": (
        "",
        "Correlation of pixels four apart about the best model: 0 of noise alone",
    ),
    "broadening": (
        "pix2",
        "Variance by which lines are wider than in the best model, in squared pixels",
    ),
    "veiling": (
        "",
        "How much deeper bands are than in the best model, in the blue more than in "
        "the red, per standard deviation of wavelength^-4; negative: filled up",
    ),
    "deep_bands": (
        "",
        "How much higher than in the best model the flux is in deep bands, over the "
        "square of their depth: labels make all bands shallower alike",
    ),
    "deep_slope": (
        "",
        "The same, more in the blue than in the red, per standard deviation of "
        "wavelength^-4",
    ),
}
"""The measures, in the order of `residuals`; of every table that has them."""

FLAGS = {
    "residual_noise": Flag.BAD_FIT,
    "residual_lag": Flag.BAD_FIT,
    "broadening": Flag.RESOLUTION,
    "veiling": Flag.UNLIKE_MODEL,
    "deep_bands": Flag.UNLIKE_MODEL,
    "deep_slope": Flag.UNLIKE_MODEL,
}
"""What a measure says that is far from that of sound spectra, to either side."""

SHARES = dict.fromkeys(COLUMNS, 3e-4) | {"broadening": 8e-4}
"""Of the sound stars that the limits of each measure may flag, to either side. Another
resolution moves labels before much else is seen of it."""
TOLERATED = {
    "residual_noise": (np.log(0.8), np.log(1.1)),
    "residual_lag": (-0.25, 0.25),
    "broadening": (-0.6, 0.6),
}
"""Between which `measures` are never flagged, however alike the training stars are:
what two resamplings more do to noise and lines, and errors that are off by a tenth."""
BLUE = -4
"""Power of the wavelength by which foreign light that is flat gains on an M dwarf's."""
APART = 4
"""Pixels between two that are compared: two resamplings reach less far."""
STEP = 2
"""Pixels on either side from which a second derivative is found."""
ALIKE = 1e-9
"""Least eigenvalue of the products of shapes that are told apart."""
FEWEST = 10
"""Pixels without which nothing is said."""


def residuals(
    flux: np.ndarray, model: np.ndarray, weight: np.ndarray, wavelength: np.ndarray
) -> np.ndarray:
    """Measure what is left of spectra about model spectra.

    Parameters
    ----------
    flux, model, weight : shape (s, q)
        Normalised: the pseudo-continuum is 1. The weight is the inverse of the variance
        of flux minus model; 0 marks a pixel that has no say.
    wavelength : shape (q,)
        Rising.

    Returns
    -------
    shape (6, s)
        `COLUMNS`, in their order; NaN of a spectrum with fewer than `FEWEST` pixels,
        and where nothing tells.
    """
    flux, model, weight = (np.asarray(x, float) for x in (flux, model, weight))
    found = np.full((len(COLUMNS), len(flux)), np.nan)
    if flux.shape[1] < FEWEST:
        return found
    rest = flux - model
    blue = wavelength**BLUE / np.mean(wavelength**BLUE) - 1
    blue /= np.std(blue)
    depth = model - 1
    curved = np.zeros_like(model)
    curved[:, STEP:-STEP] = (
        model[:, 2 * STEP :] - 2 * model[:, STEP:-STEP] + model[:, : -2 * STEP]
    ) / STEP**2
    towards = weight * rest
    found[:2] = compared(np.sqrt(weight) * rest, weight > 0)
    found[2] = 2 * together(rest, weight, np.array([curved, depth, depth * blue]))[:, 0]
    found[3] = projected(towards, weight, depth * blue)
    found[4] = projected(towards, weight, depth**2)
    found[5] = projected(towards, weight, depth**2 * blue)
    return np.where((weight > 0).sum(axis=1) < FEWEST, np.nan, found)


def compared(unit: np.ndarray, good: np.ndarray) -> np.ndarray:
    """Noise and correlation of pixels that are `APART`.

    Parameters
    ----------
    unit : shape (s, q)
        Flux minus model over its error.
    good : bool, shape (s, q)

    Returns
    -------
    shape (2, s)
        NaN where there are no two good ones, or all are on the model.
    """
    pairs = good[:, APART:] & good[:, :-APART]
    one, other = (np.where(pairs, x, 0.0) for x in (unit[:, APART:], unit[:, :-APART]))
    number = pairs.sum(axis=1)
    squares = np.einsum("sq,sq->s", one, one) + np.einsum("sq,sq->s", other, other)
    product = np.einsum("sq,sq->s", one, other)
    with np.errstate(divide="ignore", invalid="ignore"):
        noise = np.sqrt(np.maximum(squares / 2 - product, 0) / number)
        return np.array([noise, 2 * product / squares])


def projected(towards: np.ndarray, weight: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """How much of a shape there is in residuals, by weighted least squares.

    Parameters
    ----------
    towards : shape (s, q)
        Weighted residuals.
    weight, shape : shape (s, q)

    Returns
    -------
    shape (s,)
        NaN where the shape is nothing.
    """
    size = np.einsum("sq,sq,sq->s", weight, shape, shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.einsum("sq,sq->s", towards, shape) / size


def together(rest: np.ndarray, weight: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """How much of several shapes there is in residuals, by weighted least squares.

    Parameters
    ----------
    rest, weight : shape (s, q)
        Residuals, and their inverse variances.
    shapes : shape (k, s, q)

    Returns
    -------
    shape (s, k)
        NaN where the shapes are not to be told apart.
    """
    weighted = shapes * weight
    normal = np.einsum("isq,jsq->sij", weighted, shapes)
    towards = np.einsum("isq,sq->si", weighted, rest)
    size = np.sqrt(np.diagonal(normal, axis1=1, axis2=2))
    told = (size > 0).all(axis=1)
    size = np.where(told[:, None], size, 1.0)
    normal = np.where(told[:, None, None], normal, np.eye(len(shapes)))
    unit = normal / (size[:, :, None] * size[:, None, :])
    told &= np.linalg.eigvalsh(unit)[:, 0] > ALIKE
    unit = np.where(told[:, None, None], unit, np.eye(len(shapes)))
    found = np.linalg.solve(unit, (towards / size)[:, :, None])[:, :, 0] / size
    return np.where(told[:, None], found, np.nan)


def measures(values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The measures of `COLUMNS`, transformed to be nearly normal.

    Parameters
    ----------
    values
        By name, shape (m,) each.

    Returns
    -------
    entries
        `residual_noise` as its logarithm, the others as they are.
    """
    found = {name: np.asarray(values[name], float) for name in COLUMNS}
    with np.errstate(divide="ignore", invalid="ignore"):
        found["residual_noise"] = np.log(found["residual_noise"])
    return found


class Bounds(Protocol):
    """What `flags` asks of limits, as `mdwarfs.validation.fit_limits.Limits` are."""

    def low(self, values: np.ndarray, snr: np.ndarray) -> np.ndarray:
        """Whether values are below the lower limit at their SNR."""
        ...

    def high(self, values: np.ndarray, snr: np.ndarray) -> np.ndarray:
        """Whether they are above the upper one."""
        ...


def flags(
    found: Mapping[str, np.ndarray], snr: np.ndarray, limits: Mapping[str, Bounds]
) -> np.ndarray:
    """Flag stars of which a measure is not that of sound spectra: `FLAGS`.

    Parameters
    ----------
    found
        See `measures`.
    snr : shape (m,)
        What the limits are functions of.
    limits
        By measure; without one, there is no such flag.

    Returns
    -------
    int, shape (m,)
    """
    bits = np.zeros(len(snr), int)
    for name, bit in FLAGS.items():
        if name in limits:
            one, values = limits[name], found[name]
            beyond = one.low(values, snr) | one.high(values, snr)
            low, high = TOLERATED.get(name, (0, 0))
            bits |= flag(beyond & ((values < low) | (values > high)), bit)
    return bits
