"""Images of five rows, the form of spectra of SDSS-I and II and of early LAMOST.

They differ in the meaning of the rows, which the headers do not give. It is found from
the values in the rows.
"""

import numpy as np
from astropy.io import fits

from mdwarfs.errors import InputError
from mdwarfs.spectra.files import Content
from mdwarfs.spectra.spectrum import SPEED_OF_LIGHT, finite_number

SHORTEST, LONGEST = 1000.0, 100_000.0
"""Between them lies the middle of a row of wavelengths [Angstrom]."""

RISING = 0.9
"""Least share of the steps of a row of wavelengths, some of them damaged, that rise."""

LONGEST_LOG = 5.0
"""Of the log10 of a wavelength [Angstrom]."""

NULL = -9999
"""Of the header's Z, where the pipeline could not classify the star."""


def image_of(content: Content) -> fits.PrimaryHDU | None:
    """The first part of a file if it is an image of five rows, else None."""
    if not content.hdus:
        return None
    header = content.hdus[0].header
    shape = header.get("NAXIS"), header.get("NAXIS2")
    return content.hdus[0] if shape == (2, 5) else None


def third_is_wavelength(image: fits.PrimaryHDU) -> bool:
    """Whether the third row is the wavelength, although pixels of it may be damaged."""
    row = np.asarray(image.data[2], float)
    if "wavelength" in str(image.header.get("EXTEN0", "")).lower():
        return True
    with np.errstate(invalid="ignore", over="ignore"):
        rising = np.mean(np.diff(row) > 0) if len(row) > 1 else 0.0
    return bool(SHORTEST < np.nanmedian(row) < LONGEST and rising > RISING)


def is_sdss(header: fits.Header) -> bool:
    """Whether a header is of SDSS: the class of its star is a number, SPEC_CLN."""
    return "SPEC_CLN" in header or str(header.get("TELESCOP", "")).startswith("SDSS")


def wavelengths(header: fits.Header, n: int) -> np.ndarray:
    """Wavelengths in vacuum by COEFF0 and COEFF1 [Angstrom]: shape (n,)."""
    start, step = header["COEFF0"], header["COEFF1"]
    if not (
        0 < start < LONGEST_LOG and 0 < start + step * n < LONGEST_LOG and step > 0
    ):
        raise InputError(f"its COEFF0 {start} and COEFF1 {step} give no wavelengths")
    return 10 ** (start + step * np.arange(n))


def require_positive(errors: np.ndarray, what: str) -> None:
    """Raise InputError if a row of errors has values that no error can have."""
    with np.errstate(invalid="ignore"):
        negative = np.mean(np.asarray(errors, float) < 0)
    if negative > 1 - RISING:
        raise InputError(
            f"is an image of five rows, but the row of {what} is negative in "
            f"{100 * negative:.0f} % of the pixels: the meaning of its rows is unknown"
        )


def of_lamost(header: fits.Header) -> dict:
    """What LAMOST's header says of a star: attributes of `Spectrum`.

    The SNR is that in i, where M dwarfs are bright.
    """
    redshift = finite_number(header.get("Z", NULL))
    error = finite_number(header.get("Z_ERR", NULL))
    return {
        "v_rad": redshift * SPEED_OF_LIGHT if redshift > -1 else np.nan,
        "e_v_rad": error * SPEED_OF_LIGHT if error > 0 else np.nan,
        "snr": header.get("SNRI", np.nan),
        "star_class": str(header.get("CLASS", "")).strip(),
        "subclass": str(header.get("SUBCLASS", "")).strip(),
    }
