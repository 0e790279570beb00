"""From files to normalised spectra: every spectrum has a row or a reason."""

from types import SimpleNamespace

import numpy as np
import pytest

from mdwarfs.errors import InputError
from mdwarfs.spectra import formats
from mdwarfs.spectra import load as loading
from mdwarfs.spectra.load import load, load_all
from mdwarfs.spectra.spectrum import build_spectrum
from tests.spectra.observed import LOGLAM, write_lamost

WAVELENGTH = 10**LOGLAM


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A LAMOST file, a file of three spectra of which one is blind, and a page."""

    def read(content):
        flux = 20 * (WAVELENGTH / 7000) ** 2 * (1 + 0.1 * np.sin(WAVELENGTH / 40))
        ivar = np.full(len(flux), 4.0)
        return [
            build_spectrum(
                WAVELENGTH, flux, ivar, at_rest=True, snr=30.0, name="first"
            ),
            build_spectrum(WAVELENGTH, flux, 0 * ivar, at_rest=True, name="blind"),
            build_spectrum(WAVELENGTH, flux, ivar, at_rest=False, name="lost"),
        ]

    module = SimpleNamespace(
        NAME="three", TITLE="three", read=read,
        recognises=lambda content: content.data == b"three",
    )  # fmt: skip
    known = formats.formats()
    monkeypatch.setattr(formats, "formats", lambda: (*known, module))
    write_lamost(tmp_path / "one.fits", 1e-4, SNRI=40.0)
    (tmp_path / "three.dat").write_text("three")
    (tmp_path / "page.html").write_text("<html>")
    return tmp_path


def test_all_spectra_of_all_files_have_rows_of_their_own(folder, settings):
    names = ["one.fits", "three.dat", "page.html"]
    spectra = load_all([folder / name for name in names], settings)
    stars = spectra.stars
    three = [f"three.dat[{number}]" for number in (1, 2, 3)]
    sources = [str(folder / name) for name in ("one.fits", *three, "page.html")]
    assert list(stars["file"]) == sources
    assert list(stars["name"]) == ["", "first", "blind", "lost", ""]
    assert list(stars["kind"]) == ["lamost", "three", "three", "three", ""]
    assert list(spectra.ok) == [True, True, False, False, False]
    assert stars["status"][2] == "only 0 of 1740 pixels are good"
    assert stars["status"][3].startswith("its radial velocity is not known: give it")
    assert "files.velocity: others" in stars["status"][3]
    assert stars["status"][4].startswith("is not a FITS file")
    np.testing.assert_array_equal(stars["snr"], [40, 30, np.nan, np.nan, np.nan])
    assert (spectra.flux[2:] == 1).all() and (spectra.ivar[2:] == 0).all()
    assert list(stars["n_good"] > 0) == [True, True, False, False, False]


def test_one_spectrum_of_each_file_has_to_be_chosen(folder, settings):
    names = ["three.dat[1]", "three.dat", "one.fits", "three.dat[9]"]
    spectra = load([folder / name for name in names], settings)
    assert list(spectra.ok) == [True, False, True, False]
    assert "holds 3 spectra (first, blind, lost): choose" in spectra.stars["status"][1]
    assert spectra.stars["status"][3].startswith("has no spectrum 9")
    assert len(spectra) == 4


def test_the_way_to_the_velocity_is_handed_over(folder, settings):
    def way(spectrum):
        if spectrum.name == "blind":
            raise InputError("no velocity for the blind")
        return spectrum if spectrum.at_rest else spectrum.shifted(12.0)

    stars = load_all([folder / "three.dat", folder / "one.fits"], settings, way).stars
    assert list(stars["status"]) == ["ok", "no velocity for the blind", "ok", "ok"]
    np.testing.assert_array_equal(stars["v_rad"], [np.nan, np.nan, 12, 12])


def test_the_number_of_processes_does_not_matter(folder, settings):
    files = [folder / "one.fits", folder / "three.dat", folder / "absent.fits"] * 3
    alone, both = (load_all(files, settings, threads=n) for n in (1, 2))
    assert len(alone) == len(both) == 15
    np.testing.assert_array_equal(alone.flux, both.flux)
    np.testing.assert_array_equal(alone.ivar, both.ivar)
    assert list(alone.stars["status"]) == list(both.stars["status"])


def test_algebra_that_fails_costs_one_row(folder, settings, monkeypatch):
    def prepare(spectrum, settings):
        if spectrum.name == "first":
            raise np.linalg.LinAlgError("singular")
        return prepared(spectrum, settings)

    prepared = loading.prepare
    monkeypatch.setattr(loading, "prepare", prepare)
    stars = load_all([folder / "three.dat", folder / "one.fits"], settings).stars
    assert stars["status"][0] == "cannot be normalised (singular)"
    assert stars["status"][3] == "ok"


def test_no_files_are_no_spectra(settings):
    spectra = load([], settings)
    assert len(spectra) == 0 and spectra.stars["status"].dtype.kind == "U"
