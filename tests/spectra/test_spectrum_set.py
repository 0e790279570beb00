import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.spectra.spectrum_set import SpectrumSet


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
    return SpectrumSet(np.linspace(6000, 6010, p), flux, ivar, stars, 3 * flux)


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


def test_planes_of_another_shape_are_refused(spectra):
    with pytest.raises(ValueError, match="ivar"):
        SpectrumSet(spectra.wavelength, spectra.flux, spectra.ivar[:2], spectra.stars)
