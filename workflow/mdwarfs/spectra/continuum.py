"""Pseudo-continuum of M-dwarf spectra by two smoothing splines.

The scheme of the released SLAM pipeline (laspec, `normalize_spectrum`): smooth the
spectrum; in bins of 10 Angstrom keep the pixels near the 70th percentile of what is
left; smooth those, less strongly, and divide by the result. Four things differ:

* bad pixels take no part in any step (there a single NaN spoils the whole continuum);
* the scatter that the clipping is measured by is that of the bin, not of all pixels;
* the percentile is that of the star, not of its noise: its distance from the median is
  scaled by the star's share in the scatter of the bin. Otherwise the continuum of the
  same M dwarf lies 4 % higher at a signal-to-noise ratio of 5 than at 100;
* pixels are not clipped to 0..1 or 2, which would bias noisy spectra.

The splines weigh all good pixels alike. Weighting by inverse variance would make the
continuum of a star depend on its noise, and it must be the same for a training star
and for a faint star of the same type.
"""

import numpy as np
from scipy.interpolate import PPoly
from scipy.linalg import solveh_banded

from mdwarfs.errors import InputError
from mdwarfs.statistics import MAD_TO_SIGMA

MIN_POINTS = 10
"""Fewer points do not make a continuum."""


def normalise(
    wavelength: np.ndarray,
    flux: np.ndarray,
    ivar: np.ndarray,
    settings: dict[str, float],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Divide a spectrum by its pseudo-continuum.

    Parameters
    ----------
    wavelength : shape (n_pix,)
        Rising [Angstrom].
    flux, ivar : shape (n_pix,)
        `ivar` <= 0 or anything not finite marks a bad pixel.
    settings
        first_smoothing, second_smoothing : weight p of the data in
        p sum (y - f)^2 + (1 - p) int f''^2 dx, with x in Angstrom;
        bin_width [Angstrom]; quantile; clip, in units of the bin's scatter.

    Returns
    -------
    flux, ivar : shape (n_pix,)
        Normalised; 1 and 0 in bad pixels.
    continuum : shape (n_pix,)
        In the units of the flux.

    Raises
    ------
    InputError
        If too few pixels are good, or the continuum is nowhere positive.
    """
    good = np.isfinite(flux) & np.isfinite(ivar) & (ivar > 0)
    if good.sum() < MIN_POINTS:
        raise InputError(f"only {good.sum()} pixels are good")
    x, y, error = wavelength[good], flux[good], 1 / np.sqrt(ivar[good])
    smooth = smoothing_spline(x, y, settings["first_smoothing"])
    kept = continuum_pixels(x, y - smooth(x), error, settings)
    if kept.sum() < MIN_POINTS:
        raise InputError(f"only {kept.sum()} pixels lie near the continuum")
    continuum = smoothing_spline(x[kept], y[kept], settings["second_smoothing"])
    continuum = continuum(wavelength)
    good &= continuum > 0
    if not good.any():
        raise InputError("the continuum is not positive: there is no signal")
    normalised, weight = np.ones(len(flux)), np.zeros(len(flux))
    normalised[good] = flux[good] / continuum[good]
    weight[good] = ivar[good] * continuum[good] ** 2
    return normalised, weight, continuum


def smoothing_spline(x: np.ndarray, y: np.ndarray, p: float) -> PPoly:
    """Cubic smoothing spline with equal weights, by Reinsch's algorithm.

    It minimises p sum (y - f)^2 + (1 - p) int f''^2 dx, as csaps and MATLAB define
    it, and equals scipy's `make_smoothing_spline` with lam = (1 - p) / p, which takes
    sixty times as long.

    Parameters
    ----------
    x : shape (n,)
        Rising.
    y : shape (n,)
    p
        Between 0 (a straight line) and 1 (interpolation).

    Returns
    -------
    spline
        It goes on as a straight line on either side.
    """
    lam = (1 - p) / p
    h = np.diff(x)
    a, c = 1 / h[:-1], 1 / h[1:]
    b = -a - c
    bands = np.zeros((3, len(x) - 2))
    bands[2] = (h[:-1] + h[1:]) / 3 + lam * (a**2 + b**2 + c**2)
    bands[1, 1:] = h[1:-1] / 6 + lam * (b[:-1] * a[1:] + c[:-1] * b[1:])
    bands[0, 2:] = lam * c[:-2] * a[2:]
    curvature = solveh_banded(bands, a * y[:-2] + b * y[1:-1] + c * y[2:])
    smooth = y.astype(float)
    smooth[:-2] -= lam * a * curvature
    smooth[1:-1] -= lam * b * curvature
    smooth[2:] -= lam * c * curvature
    # its second derivatives are known, and 0 at the ends: beyond lie straight lines
    first = (smooth[1] - smooth[0]) / h[0] - h[0] * curvature[0] / 6
    last = (smooth[-1] - smooth[-2]) / h[-1] + h[-1] * curvature[-1] / 6
    knots = np.concatenate([[x[0] - 1], x, [x[-1] + 1]])
    value = np.concatenate([[smooth[0] - first], smooth, [smooth[-1] + last]])
    bend, h = np.pad(curvature, 2), np.diff(knots)
    slope = np.diff(value) / h - h * (2 * bend[:-1] + bend[1:]) / 6
    return PPoly([np.diff(bend) / (6 * h), bend[:-1] / 2, slope, value[:-1]], knots)


def continuum_pixels(
    x: np.ndarray, residual: np.ndarray, error: np.ndarray, settings: dict[str, float]
) -> np.ndarray:
    """Choose the pixels that the continuum goes through.

    Parameters
    ----------
    x, residual, error : shape (n,)
        Good pixels: wavelength, flux minus its smooth version, standard error.
    settings
        bin_width, quantile, clip: see `normalise`.

    Returns
    -------
    bool, shape (n,)
    """
    bins = ((x - x[0]) / settings["bin_width"]).astype(int)
    median = bin_quantile(bins, residual, 0.5)
    upper = bin_quantile(bins, residual, settings["quantile"])
    scatter = bin_quantile(bins, np.abs(residual - median[bins]), 0.5)
    variance = (MAD_TO_SIGMA * scatter) ** 2
    noise = np.minimum(bin_quantile(bins, error, 0.5) ** 2, variance)
    share = np.sqrt(1 - noise / np.where(variance > 0, variance, np.inf))
    level = median + share * (upper - median)
    return np.abs(residual - level[bins]) <= settings["clip"] * scatter[bins]


def bin_quantile(bins: np.ndarray, values: np.ndarray, quantile: float) -> np.ndarray:
    """Quantile of the values in each bin, between the nearest two values.

    Parameters
    ----------
    bins : int, shape (n,)
        Rising, from 0.
    values : shape (n,)

    Returns
    -------
    shape (n_bins,)
        Without meaning in an empty bin.
    """
    ordered = values[np.lexsort((values, bins))]
    first = np.searchsorted(bins, np.arange(bins[-1] + 2))
    place = first[:-1] + quantile * np.maximum(np.diff(first) - 1, 0)
    lower = place.astype(int)
    upper = np.minimum(lower + 1, len(values) - 1)
    fraction = place - lower
    return (1 - fraction) * ordered[lower] + fraction * ordered[upper]
