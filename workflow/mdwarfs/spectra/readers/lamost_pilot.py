"""LAMOST's pilot survey: an image of five rows, with wavelengths of the header.

The rows are flux, inverse variance, flux less continuum, AND mask and OR mask; the
wavelengths are in vacuum and heliocentric (lamost.org, "Fits Files").
"""

from mdwarfs.spectra.files import Content
from mdwarfs.spectra.five_rows import (
    image_of,
    is_sdss,
    of_lamost,
    require_positive,
    third_is_wavelength,
    wavelengths,
)
from mdwarfs.spectra.spectrum import Spectrum, build_spectrum

NAME = "lamost-pilot"
TITLE = "LAMOST pilot survey"


def recognises(content: Content) -> bool:
    """Whether a file begins with such an image, and is not of SDSS."""
    image = image_of(content)
    if image is None or not {"COEFF0", "COEFF1"} <= set(image.header):
        return False
    return not is_sdss(image.header) and not third_is_wavelength(image)


def read(content: Content) -> list[Spectrum]:
    """The spectrum; as in DR7, pixels whose AND mask is set are dropped."""
    image = content.hdus[0]
    flux, ivar, _, and_mask, _ = image.data
    require_positive(ivar, "inverse variances")
    wavelength = wavelengths(image.header, len(flux))
    about = of_lamost(image.header)
    return [build_spectrum(wavelength, flux, ivar, and_mask, at_rest=False, **about)]
