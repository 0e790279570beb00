import numpy as np
import pytest
from astropy.io import fits

from mdwarfs.errors import InputError
from mdwarfs.simulation.files.boss import write_mwm_star
from mdwarfs.spectra.formats import read
from mdwarfs.spectra.readers.mwm_star import path as path_of
from mdwarfs.spectra.sdss_masks import BRIGHTSKY
from tests.spectra.observed import LOGLAM, SODIUM, depth_centre, flux_with_lines


def test_mwm_star_is_at_rest_and_keeps_its_grid(tmp_path):
    path = tmp_path / "mwmStar-0.6.0-7.fits"
    flux = flux_with_lines(10**LOGLAM, 0.0)
    flux[:50] = np.nan
    ivar = np.full(len(flux), 4.0)
    ivar[60] = 0
    flags = np.zeros(len(flux), int)
    flags[70], flags[80] = BRIGHTSKY, 1 << 19
    write_mwm_star(path, {"sdss_id": 7, "snr": 9.5, "v_rad": 31.0}, flux, ivar, flags)
    spectrum = read(path)
    assert spectrum.kind == "mwmStar" and spectrum.at_rest
    assert spectrum.v_rad == 31 and spectrum.snr == 9.5
    np.testing.assert_allclose(np.log10(spectrum.wavelength), LOGLAM, atol=1e-12)
    bad = np.r_[0:50, 60, 70]
    np.testing.assert_array_equal(np.flatnonzero(spectrum.ivar == 0), bad)
    assert depth_centre(spectrum, SODIUM) == pytest.approx(SODIUM, abs=0.01)


def test_mwm_star_without_a_boss_spectrum_is_refused(tmp_path):
    path = tmp_path / "mwmStar.fits"
    empty = np.zeros(0, [("flux", "f4", 8), ("snr", "f4")])
    hdus = [fits.BinTableHDU(empty, name=f"BOSS/{place}") for place in ("APO", "LCO")]
    fits.HDUList([fits.PrimaryHDU(), *hdus]).writeto(path)
    with pytest.raises(InputError, match="no BOSS spectrum"):
        read(path)


@pytest.mark.parametrize(
    ("sdss_id", "path"),
    [
        (54321, "star/43/21/mwmStar-0.6.0-54321.fits"),
        (103020000, "star/00/00/mwmStar-0.6.0-103020000.fits"),
        (7, "star/00/07/mwmStar-0.6.0-7.fits"),
    ],
)
def test_folders_of_a_star_are_its_last_digits(sdss_id, path):
    assert str(path_of(sdss_id, "0.6.0")) == path
    assert str(path_of(np.int64(sdss_id), "0.6.0")) == path
    assert str(path_of(sdss_id, "0.8.1")) == path.replace("0.6.0", "0.8.1")
