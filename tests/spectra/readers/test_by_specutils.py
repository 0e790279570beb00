"""Files that only specutils knows; without it they are refused, with a hint."""

import importlib.util
from types import SimpleNamespace

import numpy as np
import pytest
from astropy import units
from astropy.io import fits
from astropy.nddata import StdDevUncertainty

from mdwarfs.errors import InputError
from mdwarfs.literature.air import to_vacuum
from mdwarfs.spectra.formats import read
from mdwarfs.spectra.readers import by_specutils

AXIS = np.linspace(9000.0, 6000.0, 31)


def found(header, **change):
    """What specutils makes of a file."""
    flux = np.linspace(1.0, 2.0, 31) * units.Unit("erg / (s cm2 Angstrom)")
    spectrum = {
        "spectral_axis": AXIS / 10 * units.nm, "flux": flux, "mask": None,
        "uncertainty": StdDevUncertainty(np.full(31, 0.5)), "meta": {"header": header},
    }  # fmt: skip
    return SimpleNamespace(**spectrum | change)


def test_its_spectra_become_ours():
    (spectrum,) = by_specutils.spectra_of(found({"AIRORVAC": "vac"}))
    np.testing.assert_allclose(spectrum.wavelength, AXIS[::-1])
    np.testing.assert_allclose(spectrum.flux, np.linspace(2, 1, 31))
    assert (spectrum.ivar == 4).all() and not spectrum.at_rest
    (spectrum,) = by_specutils.spectra_of(found({"CTYPE1": "AWAV"}))
    np.testing.assert_allclose(spectrum.wavelength, to_vacuum(AXIS[::-1]))
    with pytest.raises(InputError, match="in air or in vacuum"):
        by_specutils.spectra_of(found({}))
    with pytest.raises(InputError, match="no errors"):
        by_specutils.spectra_of(found({"AIRORVAC": "vac"}, uncertainty=None))
    masked = found({"VACUUM": True}, mask=np.arange(31) == 0)
    assert list(np.flatnonzero(by_specutils.spectra_of(masked)[0].ivar == 0)) == [30]


@pytest.mark.skipif(
    importlib.util.find_spec("specutils") is not None, reason="specutils is installed"
)
def test_without_it_its_files_say_that_it_would_be_asked(tmp_path):
    fits.PrimaryHDU(np.ones(30)).writeto(tmp_path / "a.fits")
    with pytest.raises(InputError, match=r"extra mdwarfs\[specutils\] knows more"):
        read(tmp_path / "a.fits")


def test_with_it_its_files_are_read(tmp_path):
    pytest.importorskip("specutils")
    hdu = fits.PrimaryHDU(np.linspace(1.0, 2.0, 30))
    hdu.header.update(CTYPE1="AWAV", CUNIT1="Angstrom", CRVAL1=6000.0, CDELT1=2.0)
    hdu.header.update(CRPIX1=1.0, BUNIT="erg / (s cm2 Angstrom)")
    hdu.writeto(tmp_path / "image.fits")
    with pytest.raises(InputError, match="has no errors of its flux"):
        read(tmp_path / "image.fits")
    errors = fits.ImageHDU(np.full(30, 0.5), name="STD")
    fits.HDUList([hdu, errors]).writeto(tmp_path / "whole.fits")
    spectrum = read(tmp_path / "whole.fits")
    assert spectrum.kind == "specutils" and (spectrum.ivar == 4).all()
    air = 6000.0 + 2 * np.arange(30)
    np.testing.assert_allclose(spectrum.wavelength, to_vacuum(air), rtol=1e-9)
    (tmp_path / "odd.fits").write_bytes(b"SIMPLE is none")
    with pytest.raises(InputError):
        read(tmp_path / "odd.fits")
