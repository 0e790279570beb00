"""Value-added catalogues of DR20, in the forms that their data models give."""

import numpy as np
import pytest
from astropy.io import fits

from mdwarfs.catalogues.value_added import read_active, read_contin
from mdwarfs.errors import InputError
from mdwarfs.simulation.files.literature import write_active, write_contin

LARGE = 3122834441337513729


def test_the_best_spectrum_of_each_star_with_its_labels(tmp_path):
    path = tmp_path / "contin.fits"
    write_contin(
        path,
        {
            "sdss_id": [7, 7, 8, -1],
            "gaia_dr3_source_id": np.array([LARGE, LARGE, -1, 3]),
            "snr": [5.0, 9.0, 3.0, 50.0],
            "zgr_teff": [3400.0, 3500.0, -9999.0, 3600.0],
            "zgr_e_teff": [40.0, 41.0, -9999.0, 42.0],
            "zgr_fe_h": [0.1, -0.2, np.nan, 0.0],
            "zgr_quality_flags": [0, 8, -1, 0],
            "zwarning_flags": [4, 0, -1, 0],
        },
    )
    stars = read_contin(path)
    assert list(stars["sdss_id"]) == [7, 8]
    assert list(stars["source_id"]) == [LARGE, 0]
    assert list(stars["n_spectra"]) == [2, 1]
    np.testing.assert_allclose(stars["teff"], [3500, np.nan])
    np.testing.assert_allclose(stars["feh"], [-0.2, np.nan], atol=1e-6)
    assert list(stars["xp_quality_flags"]) == [8, 0]
    assert stars.meta["N_ROWS"] == 4 and stars.meta["N_STARS"] == 2
    assert "1 of 4 teff: fill value" in str(stars.meta)


def test_activity_has_nulls_where_the_header_says_so(tmp_path):
    path = tmp_path / "active.fits"
    write_active(
        path,
        {
            "sdssid": np.array([7, 8], "i4"),
            "gaiadr3_source": np.array([LARGE, 4]),
            "ha_ew": [-9999.0, 2.5],
            "st": [3.0, 4.0],
            "mc": [-9999.0, -9999.0],
        },
    )
    stars = read_active(path)
    assert list(stars["source_id"]) == [LARGE, 4]
    np.testing.assert_array_equal(stars["ha_ew"], [np.nan, 2.5])
    np.testing.assert_array_equal(stars["spectral_type"], [3, 4])
    assert np.isnan(stars["mc"]).all()


def test_the_layouts_are_those_of_the_data_models(tmp_path):
    write_active(tmp_path / "a.fits", {"sdssid": np.array([7], "i4")})
    with fits.open(tmp_path / "a.fits") as hdus:
        assert hdus[0].header["NAXIS1"] == 900 and hdus[0].header["SIMULATD"]
        assert hdus[1].header["NAXIS1"] == 60 and hdus[1].header["TFIELDS"] == 9
    write_contin(tmp_path / "c.fits", {"sdss_id": [7]})
    assert fits.getheader(tmp_path / "c.fits", 1)["EXTNAME"] == "META"


def test_a_catalogue_of_other_columns_is_refused(tmp_path):
    write_active(tmp_path / "a.fits", {"sdssid": np.array([7], "i4")})
    with pytest.raises(InputError, match="lacks the column.*sdss_id"):
        read_contin(tmp_path / "a.fits")
