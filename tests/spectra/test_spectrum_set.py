from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.spectra.weighting import weighted
from tests.made_up import described


@pytest.fixture
def spectra():
    rng = np.random.default_rng(1)
    n, p = 4, 11
    stars = Table(
        {
            "source_id": np.array([40, 10, 30, 20]) + 2**60,
            "sdss_id": np.arange(4) + 100,
            "file": ["a.fits", "b.fits", "", "d.fits"],
            "snr": [5.0, np.nan, 7.0, 8.0],
            "n_good": [11, 11, 0, 9],
            "status": ["ok", "ok", "no such file", "ok"],
        }
    )
    flux = rng.normal(1, 0.1, (n, p)).astype(np.float32)
    ivar = np.full((n, p), 100, np.float32)
    flux[2], ivar[2] = 1, 0
    wavelength = np.linspace(6000, 6010, p)
    return SpectrumSet(wavelength, flux, ivar, described(stars), 3 * flux)


def test_reading_gives_back_what_was_written(spectra, stamp, tmp_path):
    path = tmp_path / "folder" / "normalised.fits"
    spectra.write(path, stamp)
    again = SpectrumSet.read(path)
    for plane in ("wavelength", "flux", "ivar", "continuum"):
        np.testing.assert_array_equal(getattr(again, plane), getattr(spectra, plane))
    for name in spectra.stars.colnames:
        np.testing.assert_array_equal(again.stars[name], spectra.stars[name])
    np.testing.assert_array_equal(again.ok, [True, True, False, True])


def test_the_file_has_the_same_bytes_each_time(spectra, stamp, tmp_path):
    for name in ("1.fits", "2.fits"):
        spectra.write(tmp_path / name, stamp)
    assert (tmp_path / "1.fits").read_bytes() == (tmp_path / "2.fits").read_bytes()


def test_select_follows_the_given_order(spectra):
    ids = np.array([20, 40]) + 2**60
    chosen = spectra.select(ids)
    np.testing.assert_array_equal(chosen.stars["source_id"], ids)
    np.testing.assert_array_equal(chosen.flux, spectra.flux[[3, 0]])


def test_select_names_a_star_that_is_absent(spectra):
    with pytest.raises(InputError, match="source_id 77"):
        spectra.select(np.array([20 + 2**60, 77]))


def test_a_file_of_another_kind_is_refused(stamp, tmp_path):
    path = tmp_path / "not.fits"
    path.write_text("nothing of the sort")
    with pytest.raises(InputError, match="not.fits"):
        SpectrumSet.read(path)
    with pytest.raises(InputError, match="absent.fits"):
        SpectrumSet.read(tmp_path / "absent.fits")


def test_planes_of_another_type_are_refused(spectra, stamp, tmp_path):
    path = tmp_path / "double.fits"
    spectra.write(path, stamp)
    with fits.open(path, mode="update") as hdus:
        hdus["FLUX"].data = hdus["FLUX"].data.astype(float)
    with pytest.raises(InputError, match="double.fits.*float32"):
        with SpectrumSet.open(path):
            pass


def test_planes_of_another_shape_are_refused(spectra):
    with pytest.raises(ValueError, match="ivar"):
        SpectrumSet(spectra.wavelength, spectra.flux, spectra.ivar[:2], spectra.stars)


def test_an_open_file_gives_the_rows_that_are_asked_for(spectra, stamp, tmp_path):
    path = tmp_path / "normalised.fits"
    spectra.write(path, stamp)
    with SpectrumSet.open(path) as opened:
        assert len(opened) == 4
        for plane in ("flux", "ivar", "continuum"):
            rows, whole = getattr(opened, plane), getattr(spectra, plane)
            for which in (
                slice(1, 3),
                slice(3, 9),
                slice(4, 9),
                [3, 0, 1],
                whole[:, 0] < 1,
            ):
                found = rows[which]
                assert found.dtype == np.float32 and found.dtype.isnative
                np.testing.assert_array_equal(found, whole[which])
        chosen = opened.select(np.array([20, 40]) + 2**60)
    np.testing.assert_array_equal(chosen.flux, spectra.flux[[3, 0]])


def test_threads_may_read_an_open_file_at_once(spectra, stamp, tmp_path):
    path = tmp_path / "normalised.fits"
    many = spectra.take(np.tile(np.arange(4), 100))
    many.write(path, stamp)
    with SpectrumSet.open(path) as opened, ThreadPoolExecutor(8) as pool:
        parts = [slice(i, i + 3) for i in range(0, 400, 3)] * 4
        for part, found in zip(parts, pool.map(opened.flux.__getitem__, parts)):
            np.testing.assert_array_equal(found, many.flux[part])


def test_weights_of_an_open_file_are_those_of_one_in_memory(spectra, stamp, tmp_path):
    path = tmp_path / "normalised.fits"
    spectra.write(path, stamp)
    with SpectrumSet.open(path) as opened:
        for weighting in ("ivar", "astra-0.6.0"):
            found = weighted(opened, weighting)
            expected = weighted(spectra, weighting).ivar
            assert found.ivar.shape == expected.shape and len(found.ivar) == 4
            np.testing.assert_array_equal(found.ivar[1:4], expected[1:4])


def test_a_file_that_ends_too_early_is_refused(spectra, stamp, tmp_path):
    path = tmp_path / "normalised.fits"
    spectra.write(path, stamp)
    with SpectrumSet.open(path) as opened, open(path, "r+b") as file:
        file.truncate(path.stat().st_size - 2880)
        with pytest.raises(InputError, match="normalised.fits ends too early"):
            opened.continuum[0:4]
