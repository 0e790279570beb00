"""Template spectra of real M dwarfs, on one grid in one file."""

import zipfile

import numpy as np

from mdwarfs.errors import InputError
from mdwarfs.spectra.continuum import normalise
from mdwarfs.types import PathLike

SOLAR = "bochanski2007_sdss"  # means of nearby stars; their [Fe/H] is not stated
COLUMNS = ("wave", "flux", "source", "spt", "feh_lo", "feh_hi")


def read(path: PathLike) -> dict[str, np.ndarray]:
    """Read a file of template spectra.

    Parameters
    ----------
    path
        An .npz with `wave` (p,) [Angstrom, vacuum], `flux` (n, p), NaN where there
        is none, and for each template `source`, `spt` (M0...), `feh_lo` and `feh_hi`,
        the bin of [Fe/H] that it is a mean of [dex], NaN where not known.

    Raises
    ------
    InputError
        If the file is missing, is no such file or lacks an array.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in COLUMNS}
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(f"{path} is not a file of templates: {error}") from error


def normalised(
    wavelength: np.ndarray, flux: np.ndarray, continuum: dict[str, float]
) -> np.ndarray:
    """Normalise a spectrum without noise.

    Parameters
    ----------
    wavelength, flux : shape (p,)
        NaN where there is no flux.
    continuum
        Settings of `mdwarfs.spectra.continuum.normalise`.

    Returns
    -------
    shape (p,)
        NaN where it has no flux.
    """
    good = np.isfinite(flux)
    ivar = np.where(good, (1e3 / np.nanmedian(flux)) ** 2, 0.0)
    flux, ivar, _ = normalise(wavelength, np.where(good, flux, 0.0), ivar, continuum)
    return np.where(ivar > 0, flux, np.nan)
