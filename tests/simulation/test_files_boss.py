import hashlib

import numpy as np
import pytest
from astropy.io import fits

from mdwarfs.catalogues.releases import RELEASES
from mdwarfs.errors import InputError
from mdwarfs.simulation.files import boss
from mdwarfs.simulation.instrument import Observation
from mdwarfs.spectra.readers import mwm_star

RNG = np.random.default_rng([20, 25])
FLUX = RNG.normal(size=boss.N_PIXELS).astype("f4")


def write(path, **columns):
    ivar = np.ones(boss.N_PIXELS)
    flags = np.arange(boss.N_PIXELS) % 3
    boss.write_mwm_star(path, {"sdss_id": 54321, **columns}, FLUX, ivar, flags)


def test_spectrum_comes_back_on_the_rest_frame_grid(tmp_path):
    path = tmp_path / boss.spectrum_path(54321, RELEASES[19])
    write(path, snr=12.5, telescope="apo25m", v_rad=-30.0)
    with fits.open(path) as hdus:
        names = ["PRIMARY", "BOSS/APO", "BOSS/LCO", "APOGEE/APO", "APOGEE/LCO"]
        assert [hdu.name for hdu in hdus] == names
        assert hdus[0].header["SIMULATD"] is True
        assert [len(hdu.data) for hdu in hdus[1:]] == [1, 0, 0, 0]
        assert hdus[1].header["CRVAL"] == 3.5523
        assert hdus[3].header["NPIXELS"] == 8575
        star = hdus[1].data[0]
    np.testing.assert_array_equal(star["flux"], FLUX)
    np.testing.assert_array_equal(star["pixel_flags"], np.arange(4648) % 3)
    grid = 10 ** (3.5523 + 1e-4 * np.arange(4648))
    np.testing.assert_allclose(star["wavelength"], grid, rtol=1e-7)
    assert star["sdss_id"] == 54321 and star["snr"] == 12.5
    assert star["telescope"] == "apo25m" and star["release"] == ""
    assert np.isnan(star["xcsao_teff"]) and star["n_visits"] == -1


def test_same_spectrum_gives_the_same_bytes(tmp_path):
    digests = set()
    for name in ("a.fits", "b.fits"):
        write(tmp_path / name)
        digests.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert len(digests) == 1


def test_spectrum_of_another_length_is_refused(tmp_path):
    pixels = np.ones(4000)
    with pytest.raises(InputError, match="4648 pixels"):
        boss.write_mwm_star(tmp_path / "x.fits", {"sdss_id": 1}, pixels, pixels, pixels)


def test_list_holds_arrays_and_blank_padded_classes(tmp_path):
    path = tmp_path / "spAll.fits.gz"
    boss.write_spall(
        path,
        {
            "SDSS_ID": np.array([1, 2]),
            "CLASS": ["STAR", "QSO"],
            "SN_MEDIAN": np.arange(10.0).reshape(2, 5),
        },
    )
    with fits.open(path) as hdus:
        data = hdus["SPALL"].data
        np.testing.assert_array_equal(data["SN_MEDIAN"][1], [5, 6, 7, 8, 9])
        assert data.view(np.recarray)["CLASS"].tobytes() == b"STAR  QSO   "
        assert data["SDSS5_TARGET_FLAGS"].shape == (2, 57)
        assert list(data["GAIA_ID"]) == [-999, -999]


def test_a_spectrum_lies_where_the_reader_of_its_format_says(tmp_path):
    pixels = np.ones(boss.N_PIXELS)
    seen = Observation(pixels, pixels, pixels.astype(int), pixels, pixels)
    for release, version in ((19, "0.6.0"), (20, "0.8.1")):
        boss.write_spectrum(tmp_path, 54321, seen, 7.0, -3.0, RELEASES[release])
        path = tmp_path / mwm_star.path(54321, version)
        assert path == tmp_path / boss.spectrum_path(54321, RELEASES[release])
        with fits.open(path) as hdus:
            assert hdus[0].header["V_ASTRA"] == version
            assert hdus[1].data["v_rad"][0] == -3
