"""LAMOST since DR8: a table of one row, or, of medium resolution, one for each arm.

The low resolution has the extension COADD with the columns FLUX, IVAR, WAVELENGTH,
ANDMASK and ORMASK; the medium resolution COADD_B and COADD_R, which join here, with
WAVELENGTH or, in DR6 and DR7, LOGLAM, and the single exposures, which are left out. The
wavelengths are in vacuum and heliocentric.
"""

import numpy as np
from astropy.io import fits

from mdwarfs.errors import InputError
from mdwarfs.spectra.arms import join
from mdwarfs.spectra.files import Content
from mdwarfs.spectra.five_rows import of_lamost
from mdwarfs.spectra.spectrum import Spectrum, build_spectrum
from mdwarfs.spectra.table_columns import lower_names

NAME = "lamost-dr8"
TITLE = "LAMOST since DR8 (low and medium resolution)"

LOW, ARMS = "COADD", ("COADD_B", "COADD_R")
ARM_NAMES = ("COADD_", "B-", "R-")
"""How the extensions of the medium resolution begin."""


def recognises(content: Content) -> bool:
    """Whether a file has the extension COADD with wavelengths, or those of the arms."""
    for hdu in content.hdus[1:]:
        needed = {"flux", "ivar"} | ({"wavelength"} if hdu.name == LOW else set())
        if hdu.name == LOW or hdu.name.startswith(ARM_NAMES):
            if needed <= lower_names(hdu):
                return True
    return False


def read(content: Content) -> list[Spectrum]:
    """The spectrum.

    As in DR7, pixels whose AND mask is set are dropped; of the arms, which have only an
    OR mask in some releases, those of that.
    """
    about = of_lamost(content.hdus[0].header)
    found = [hdu for hdu in content.hdus[1:] if hdu.name in (LOW, *ARMS)]
    if not found:
        raise InputError("holds no coadded spectrum of LAMOST, only single exposures")
    spectra = [
        build_spectrum(*planes_of(hdu), at_rest=False, **about_arm(hdu, about))
        for hdu in found
    ]
    if len(spectra) == 1:
        return spectra
    wavelength, flux, ivar = join([(s.wavelength, s.flux, s.ivar) for s in spectra])
    red = max(spectra, key=lambda spectrum: spectrum.wavelength[0])
    return [
        build_spectrum(
            wavelength, flux, ivar, at_rest=False, **about | {"snr": red.snr}
        )
    ]


def planes_of(hdu: fits.BinTableHDU) -> tuple[np.ndarray, ...]:
    """Wavelength, flux, inverse variance and mask of an extension: shape (n,) each."""
    data, names = hdu.data, lower_names(hdu)
    if "wavelength" in names:
        wavelength = plane(data["wavelength"])
    else:
        with np.errstate(over="ignore"):
            wavelength = 10 ** plane(data["loglam"])
    mask = next((name for name in ("andmask", "ormask") if name in names), None)
    flagged = plane(data[mask]) if mask else np.zeros(len(wavelength))
    flux, ivar = plane(data["flux"]), plane(data["ivar"])
    if len(wavelength) > 1 and wavelength[0] > wavelength[-1]:
        return tuple(x[::-1] for x in (wavelength, flux, ivar, flagged))
    return wavelength, flux, ivar, flagged


def plane(column: np.ndarray) -> np.ndarray:
    """A column of pixels, or the one row of a column of arrays: float, shape (n,)."""
    if column.ndim == 2:
        if len(column) != 1:
            raise InputError(f"its table of the spectrum has {len(column)} rows, not 1")
        column = column[0]
    return np.asarray(column, float)


def about_arm(hdu: fits.BinTableHDU, about: dict) -> dict:
    """What is known of an arm: the SNR of its own header before that of the file."""
    return about | {"snr": hdu.header.get("SNR", about["snr"])}
