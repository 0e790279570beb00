"""The common grid, and resampling onto it.

Resampling shares each pixel's flux among the pixels of the new grid by their overlap,
as the released SLAM pipeline does. Flux is conserved, the variance of each new pixel
is that of its own weighted sum, and a bad pixel spoils the pixels that it overlaps and
no others. Neighbouring new pixels share an old one, so their errors are correlated.
"""

import numpy as np

NEGLIGIBLE = 1e-3
"""Overlap, as a fraction of the narrower pixel, that counts as none: single precision
in the files is not better than that."""


def log_grid(wave_min: float, wave_max: float, step_dex: float) -> np.ndarray:
    """Wavelengths of a grid with equal steps of log10(wavelength).

    Parameters
    ----------
    wave_min, wave_max
        First and last wavelength [Angstrom]; the last is met to half a step.

    Returns
    -------
    shape (n_pix,)
    """
    n = round(np.log10(wave_max / wave_min) / step_dex)
    return wave_min * 10 ** (step_dex * np.arange(n + 1))


def linear_grid(wave_min: float, wave_max: float, step: float) -> np.ndarray:
    """Wavelengths of a grid with equal steps of wavelength.

    Parameters
    ----------
    wave_min, wave_max
        First and last wavelength [Angstrom]; the last is met to half a step.
    step
        Width of a pixel [Angstrom].

    Returns
    -------
    shape (n_pix,)
    """
    return wave_min + step * np.arange(round((wave_max - wave_min) / step) + 1)


def edges(wavelength: np.ndarray) -> np.ndarray:
    """Edges of pixels whose centres are given, midway in log10: shape (n + 1,)."""
    log = np.log(wavelength)
    middle = (log[1:] + log[:-1]) / 2
    first, last = 2 * log[0] - middle[0], 2 * log[-1] - middle[-1]
    return np.exp(np.concatenate([[first], middle, [last]]))


def resample(
    wavelength: np.ndarray, flux: np.ndarray, ivar: np.ndarray, grid: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Bring a spectrum onto another grid.

    Parameters
    ----------
    wavelength : shape (n,)
        Rising pixel centres [Angstrom].
    flux, ivar : shape (n,)
        Flux density and its inverse variance; 0 (or not finite) marks a bad pixel.
    grid : shape (n_pix,)
        The wavelengths wanted.

    Returns
    -------
    flux, ivar : shape (n_pix,)
        Both 0 where the spectrum does not cover the pixel, or where a bad pixel
        overlaps it. Where the pixels wanted are those of the spectrum, they are copied.
    """
    good = np.isfinite(flux) & np.isfinite(ivar) & (ivar > 0)
    density = np.where(good, flux, 0.0)
    variance = 1 / np.where(good, ivar, np.inf)
    own = same_pixels(wavelength, grid)
    if own is not None:
        with np.errstate(divide="ignore"):
            return density[own], np.where(good[own], 1 / variance[own], 0.0)
    old, new = edges(wavelength), edges(grid)
    low, high = new[:-1], new[1:]

    first = np.searchsorted(old, low, side="right") - 1
    last = np.searchsorted(old, high, side="left")
    pixel = first[:, None] + np.arange((last - first).max())
    inside = (pixel >= 0) & (pixel < len(wavelength))
    pixel = np.clip(pixel, 0, len(wavelength) - 1)
    left, right = old[pixel], old[pixel + 1]
    overlap = np.minimum(high[:, None], right) - np.maximum(low[:, None], left)
    narrower = np.minimum((high - low)[:, None], right - left)
    overlap[~inside | (overlap < NEGLIGIBLE * narrower)] = 0

    width = overlap.sum(axis=1)
    clean = width > (1 - 3 * NEGLIGIBLE) * (high - low)
    clean &= (good[pixel] | (overlap == 0)).all(axis=1)
    share = overlap[clean] / width[clean, None]
    flux, ivar = np.zeros(len(grid)), np.zeros(len(grid))
    flux[clean] = (share * density[pixel[clean]]).sum(axis=1)
    ivar[clean] = 1 / (share**2 * variance[pixel[clean]]).sum(axis=1)
    return flux, ivar


def same_pixels(wavelength: np.ndarray, grid: np.ndarray) -> slice | None:
    """The pixels of a spectrum that are those of a grid, but for what is negligible.

    Parameters
    ----------
    wavelength : shape (n,)
    grid : shape (n_pix,)

    Returns
    -------
    slice
        None if there is no such run of pixels.
    """
    first = int(np.abs(wavelength - grid[0]).argmin())
    own = slice(first, first + len(grid))
    if len(wavelength[own]) < len(grid):
        return None
    distance = np.abs(wavelength[own] - grid)
    return own if (distance < NEGLIGIBLE * np.gradient(grid)).all() else None
