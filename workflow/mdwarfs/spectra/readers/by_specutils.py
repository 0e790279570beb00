"""What specutils reads, where it is installed (the extra `specutils`).

It is asked last. As it does not know whether wavelengths are in air or in vacuum, the
header of the file has to say it; nor does it know a velocity.
"""

import importlib.util
import warnings
from typing import Any

import numpy as np
from astropy import units
from astropy.nddata import InverseVariance

from mdwarfs.errors import InputError
from mdwarfs.literature import air
from mdwarfs.spectra.files import Content, error_text
from mdwarfs.spectra.medium import find_medium
from mdwarfs.spectra.spectrum import Spectrum, build_spectrum
from mdwarfs.spectra.table_columns import REFERENCE, is_per_frequency

NAME = "specutils"
TITLE = "what specutils reads, if mdwarfs[specutils] is installed"
RANK = 2


def installed() -> bool:
    """Whether specutils is there."""
    return importlib.util.find_spec("specutils") is not None


def recognises(content: Content) -> bool:
    """Whether specutils is there and has a reader for a file."""
    if not installed() or not str(content.path):
        return False
    from specutils.io.registers import identify_spectrum_format

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return bool(identify_spectrum_format(str(content.path)))


def read(content: Content) -> list[Spectrum]:
    """The spectra, as they were observed and of unknown velocity."""
    from specutils import SpectrumList

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = SpectrumList.read(str(content.path))
        except Exception as error:  # of any of its readers
            raise InputError(
                "holds no spectrum of a known format, and specutils cannot read it "
                f"({error_text(error)})"
            ) from error
        return [spectrum for each in found for spectrum in spectra_of(each)]


def spectra_of(found: Any) -> list[Spectrum]:
    """The spectra of one `specutils.Spectrum`, whose flux may have a row for each."""
    said = found.meta.get("header", found.meta)
    about = {str(key).lower(): value for key, value in dict(said).items()}
    wavelength = found.spectral_axis.to_value(units.AA, units.spectral())
    if find_medium(about, axis=str(about.get("ctype1", ""))) == "air":
        wavelength = air.to_vacuum(wavelength)
    if found.uncertainty is None:
        raise InputError("has no errors of its flux")
    ivar = np.asarray(found.uncertainty.represent_as(InverseVariance).array, float)
    flux = np.asarray(found.flux.value, float)
    if is_per_frequency(found.flux.unit):
        scale = (REFERENCE / wavelength) ** 2
        flux, ivar = flux * scale, ivar / scale**2
    mask = np.zeros(flux.shape) if found.mask is None else np.asarray(found.mask)
    if wavelength[0] > wavelength[-1]:
        wavelength, flux, ivar, mask = (
            plane[..., ::-1] for plane in (wavelength, flux, ivar, mask)
        )
    rows = zip(*map(np.atleast_2d, (flux, ivar, mask)))
    return [build_spectrum(wavelength, *planes, at_rest=False) for planes in rows]
