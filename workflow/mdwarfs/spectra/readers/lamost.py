"""LAMOST's low-resolution spectra, as DR1 to DR7 have them: an image of five rows."""

from mdwarfs.spectra.files import Content
from mdwarfs.spectra.five_rows import image_of, of_lamost, third_is_wavelength
from mdwarfs.spectra.spectrum import Spectrum, build_spectrum

NAME = "lamost"
TITLE = "LAMOST DR7"


def recognises(content: Content) -> bool:
    """Whether a file begins with five rows of which the third is the wavelength."""
    image = image_of(content)
    return image is not None and third_is_wavelength(image)


def read(content: Content) -> list[Spectrum]:
    """The spectrum.

    A pixel whose AND mask is set was bad in every exposure and is dropped.
    """
    image = content.hdus[0]
    flux, ivar, wavelength, and_mask, _ = image.data
    about = of_lamost(image.header)
    return [build_spectrum(wavelength, flux, ivar, and_mask, at_rest=False, **about)]
