"""Birky+2020 and Behmard+2025."""

import gzip

import numpy as np
import pytest

from mdwarfs.catalogues.behmard import read_behmard
from mdwarfs.catalogues.birky import read_birky
from mdwarfs.errors import InputError
from mdwarfs.simulation.files import literature as files

LARGE = 3122834441337513729


@pytest.mark.parametrize(
    ("name", "n"),
    [("Table6_full_sample.csv.gz", 14828), ("Table6_safe_sample.csv.gz", 5875)],
)
def test_real_tables_of_birky(real, name, n):
    stars = read_birky(real / "birky2020" / name)
    assert len(stars) == stars.meta["N_ROWS"] == n
    assert {len(name) for name in stars["tmass_designation"]} == {16}
    assert np.nanmin(stars["teff"]) > 2000 and np.nanmax(stars["teff"]) < 5000
    assert np.isfinite(stars["parallax"]).mean() > 0.9


def test_first_row_of_birky_is_what_the_authors_print(real):
    star = read_birky(real / "birky2020" / "Table6_full_sample.csv.gz")[0]
    assert star["tmass_designation"] == "00003379+7940362"
    assert star["teff"] == 3335.20964376352 and star["snr_apogee"] == 137.007


def test_birky_round_trip(tmp_path):
    path = tmp_path / "Table6_full_sample.csv"
    files.write_birky(
        path,
        {
            "APOGEE_ID": ["2M00003379+7940362", "AP000", "2M00003379+7940362"],
            "TEFF": [3300.25, 3000.0, 3400.0],
            "FE_H": [-0.1, 0.0, np.nan],
            "SNR": [100.0, 50.0, 120.0],
            "PLX": [10.0, 1.0, -9999.99],
        },
    )
    stars = read_birky(path)
    assert stars.meta == {
        "N_ROWS": 3,
        "N_NOT2M": 1,
        "N_STARS": 1,
        "NULLED1": "1 of 3 feh: fill value -9999",
        "NULLED2": "1 of 3 parallax: fill value -9999.99",
    }
    star = stars[0]
    assert star["teff"] == 3400.0 and star["n_spectra"] == 2
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(InputError, match="ends within a line; delete it and fetch"):
        read_birky(path)
    assert np.isnan(star["feh"]) and np.isnan(star["parallax"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html>", "web page"),
        (b"APOGEE_ID,TEFF\n2M1,3000\n", r"lacks the column\(s\) FE_H, PLX, SNR"),
        (b"a,b\n1,2\n1,2,3\n", "not a table"),
        (gzip.compress(b"APOGEE_ID\n" + b"2M1\n" * 9999, mtime=0)[:-20], "truncated"),
    ],
)
def test_file_that_is_not_birkys_table(tmp_path, content, message):
    path = tmp_path / "Table6.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"Table6.csv .*{message}"):
        read_birky(path)


def test_behmard_round_trip(tmp_path):
    path = tmp_path / "mdwarf_abundances-1.0.2.fits"
    files.write_behmard(
        path,
        {
            "gaia_dr3_source_id": np.array([LARGE, LARGE, 3, -1]),
            "name": np.array([7, 7, -1, 9]),
            "Teff_cannon": [3300.0, 3400.0, 3500.0, 3600.0],
            "fe_h_cannon": [0.1, 0.2, 0.3, np.nan],
            "fe_h_err": [0.01, 0.02, 0.03, 0.04],
            "spec_chisq": [5.0, 2.0, 1.0, np.nan],
        },
    )
    stars = read_behmard(path)
    assert stars.meta == {"N_ROWS": 4, "N_STARS": 2}
    assert list(stars["sdss_id"]) == [7, 9] and list(stars["source_id"]) == [LARGE, 0]
    np.testing.assert_array_equal(stars["teff"], [3400, 3600])
    np.testing.assert_array_equal(stars["feh"], [0.2, np.nan])
    np.testing.assert_array_equal(stars["e_feh"], [0.02, 0.04])
    assert np.isnan(stars["e_teff"]).all()
