"""The signal-to-noise ratio of a spectrum of any format, from its pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
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
