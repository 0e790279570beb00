"""One spectrum in its rest frame, on the common grid, over its pseudo-continuum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mdwarfs.errors import InputError
from mdwarfs.spectra.continuum import normalise
from mdwarfs.spectra.good_pixels import LARGEST, good_pixels
from mdwarfs.spectra.resampling import linear_grid, log_grid, resample

if TYPE_CHECKING:
    from mdwarfs.spectra.spectrum import Spectrum


MOST_SPIKES = 0.05
OTHER_UNITS = {
    "nm": 10.0,
    "micron": 1e4,
    "m": 1e10,
    "Angstrom, though labelled nm": 0.1,
    "Angstrom, though labelled micron": 1e-4,
}
"""What wavelengths may be in that are outside of a grid, by what they are to be
multiplied with: taken for Angstrom by mistake, or Angstrom and taken for another."""


def configured_grid(settings: dict) -> np.ndarray:
    """The grid of the section `spectra` of a configuration: shape (n_pix,)."""
    ends = settings["wave_min"], settings["wave_max"]
    if settings["step_dex"] is None:
        return linear_grid(*ends, settings["step"])
    return log_grid(*ends, settings["step_dex"])


def prepare(
    spectrum: Spectrum, settings: dict
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Bring one spectrum to its rest frame, resample and normalise it.

    Parameters
    ----------
    spectrum
        At rest, or else of the velocity that its file gives.
    settings
        The section `spectra` of the configuration. Without `continuum`, the spectrum
        is normalised already, and its continuum 1.

    Returns
    -------
    flux, ivar, continuum : shape (n_pix,)
        See `mdwarfs.spectra.continuum.normalise`. Pixels that `good_pixels` refuses,
        in single precision, are bad too.

    Raises
    ------
    InputError
        If its velocity is not known, it does not reach the grid, too few of its pixels
        are good, or it has no continuum.
    """
    spectrum = spectrum.in_rest_frame()
    grid = configured_grid(settings)
    require_overlap(spectrum.wavelength, grid)
    ivar = without_spikes(spectrum.flux, spectrum.ivar)
    flux, ivar = resample(spectrum.wavelength, spectrum.flux, ivar, grid)
    require_good(ivar > 0, settings)
    if settings["continuum"] is None:
        continuum = np.ones(len(grid))
    else:
        flux, ivar, continuum = normalise(grid, flux, ivar, settings["continuum"])
    with np.errstate(over="ignore"):  # what float32 cannot hold is not good
        good = good_pixels(flux.astype(np.float32), ivar.astype(np.float32))
    require_good(good, settings)
    return np.where(good, flux, 1.0), np.where(good, ivar, 0.0), continuum


def without_spikes(flux: np.ndarray, ivar: np.ndarray) -> np.ndarray:
    """Inverse variances, 0 where the flux is beyond what any star's can be.

    A few such pixels would bend the continuum of the whole spectrum. One that has more
    than `MOST_SPIKES` of them is left as it is, for it is no spectrum.

    Parameters
    ----------
    flux, ivar : shape (n,)
        As they were read; ivar is 0 in bad pixels.
    """
    good = ivar > 0
    usual = np.median(np.abs(flux[good])) if good.any() else 0.0
    spikes = good & (np.abs(flux) > LARGEST * usual)
    if not usual or spikes.sum() > MOST_SPIKES * good.sum():
        return ivar
    return np.where(spikes, 0.0, ivar)


def require_overlap(wavelength: np.ndarray, grid: np.ndarray) -> None:
    """Raise InputError if no pixel of a spectrum is in the range of a grid.

    Parameters
    ----------
    wavelength, grid : shape (n,), (n_pix,)
        [Angstrom].
    """

    def reaches(factor):
        low, high = wavelength[0] * factor, wavelength[-1] * factor
        return low <= grid[-1] and high >= grid[0]

    if reaches(1):
        return
    meant = [unit for unit, factor in OTHER_UNITS.items() if reaches(factor)]
    raise InputError(
        f"its wavelengths, {wavelength[0]:.4g} to {wavelength[-1]:.4g} Angstrom, are "
        f"outside of {grid[0]:.4g} to {grid[-1]:.4g}: "
        + (f"are they in {' or '.join(meant)}? Check" if meant else "check")
        + " their unit"
    )


def require_good(good: np.ndarray, settings: dict) -> None:
    """Raise InputError if too few pixels of a spectrum are good."""
    if good.sum() < settings["min_good_fraction"] * len(good):
        raise InputError(f"only {good.sum()} of {len(good)} pixels are good")
