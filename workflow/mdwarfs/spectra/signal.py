"""The signal-to-noise ratio of a spectrum of any format, from its pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from mdwarfs.spectra.spectrum import Spectrum


COLUMNS = {
    "kind": ("", "Format of the file; empty if nothing was read"),
    "snr_file": ("", "Signal-to-noise ratio that the file states"),
    "snr_pixels": (
        "",
        "Median of flux over error in the range of the grid, per pixel of the grid",
    ),
}
"""Of the table of spectra that come from files: what
`mdwarfs.validation.snr_scale` asks of it."""


BELIEVED = 0.2, 2.5
"""Times the SNR that flux and errors have, between which the one that a file states is
believed. Surveys state medians and means, of one band or all: of 54 spectra of LAMOST
0.94 to 1.6 times, of SDSS from 0.37 on. What is too high does more harm."""


def misstated(stated: ArrayLike, measured: ArrayLike) -> np.ndarray:
    """Whether the SNR that a file states cannot be that of its flux and errors.

    Parameters
    ----------
    stated, measured : shape (n,)
        According to the file, and `snr_of`; NaN where there is none.

    Returns
    -------
    bool, shape (n,)
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.asarray(stated, float) / np.asarray(measured, float)
    low, high = BELIEVED
    return (ratio < low) | (ratio > high)


def snr_of(spectrum: Spectrum, grid: np.ndarray) -> float:
    """Median of flux over its error within the range of a grid, per pixel of the grid.

    It is found from the pixels of the file, before they are brought onto the grid: how
    much that lowers their noise hangs on where they happen to lie.

    Parameters
    ----------
    spectrum
        At rest.
    grid : shape (n_pix,)
        [Angstrom].

    Returns
    -------
    number
        NaN if no pixel is good there.
    """
    wavelength = spectrum.wavelength
    good = (spectrum.ivar > 0) & (wavelength >= grid[0]) & (wavelength <= grid[-1])
    if not good.any():
        return np.nan
    width = np.interp(wavelength, grid, np.gradient(grid)) / np.gradient(wavelength)
    ratio = spectrum.flux * np.sqrt(spectrum.ivar * width)
    return float(np.median(ratio[good]))
