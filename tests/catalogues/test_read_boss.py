import numpy as np
import pytest

from mdwarfs.catalogues.boss import COLUMNS, read_boss
from mdwarfs.catalogues.fits_rows import read_columns
from mdwarfs.errors import InputError
from mdwarfs.simulation.files.boss import write_spall

BOSS = {"class": "STAR", "subclass": "M"}
LARGE = 3122834441337513729

ROWS = {
    "SDSS_ID": np.array([11, 12, 11, 13, 14, -999, -999, 15]),
    "GAIA_ID": np.array([LARGE, -999, LARGE, 3, 4, 0, 6, 7]),
    "CATALOGID": np.arange(1, 9) * 10**10,
    "FIELD": np.full(8, 15000),
    "MJD": np.full(8, 59146),
    "SPEC_FILE": [f"spec-015000-59146-{i}.fits" for i in range(8)],
    "OBS": ["APO", "LCO"] * 4,
    "CLASS": ["STAR", "STAR", "STAR", "STAR", "QSO", "STAR", "STAR", "STAR"],
    "SUBCLASS": [
        "M1 (204445)", "M2III (169305)", "M2III (169305)", "K5 (1)", "M1 (204445)",
        "M6III (148783)", "M8IIIe (84748)", "Mystery",
    ],
    "SN_MEDIAN_ALL": np.array([3.0, 5.0, 9.0, 50.0, 8.0, 2.0, 2.0, np.nan]),
    "ZWARNING": np.array([0, 4, 0, 0, 0, 0, 0, 0]),
    "RACAT": np.linspace(0.1, 350, 8),
    "DECCAT": np.linspace(-20, 80, 8),
}  # fmt: skip


@pytest.fixture
def path(tmp_path):
    write_spall(tmp_path / "spAll-lite-v6_1_3.fits.gz", ROWS)
    return tmp_path / "spAll-lite-v6_1_3.fits.gz"


def test_m_type_stars_are_chosen_by_class_and_subclass_and_counted(path):
    stars = read_boss(path, BOSS)
    assert stars.meta == {"N_ROWS": 8, "N_CLASS": 7, "N_MTYPE": 6, "N_STARS": 5}
    assert list(stars["sdss_id"]) == [12, 11, 0, 0, 15]


def test_best_spectrum_of_a_star_is_taken(path):
    stars = read_boss(path, BOSS)
    star = stars[stars["sdss_id"] == 11][0]
    assert star["snr"] == 9.0 and star["n_spectra"] == 2
    assert star["spec_file"] == "spec-015000-59146-2.fits"
    assert star["subclass"] == "M2III (169305)"


def test_nulls_are_nulls_and_identifiers_exact(path):
    stars = read_boss(path, BOSS)
    assert list(stars["gaia_dr2_source_id"]) == [0, LARGE, 0, 6, 7]
    assert np.isnan(stars["snr"][4])
    assert stars["field"][0] == 15000 and stars["obs"][0] == "LCO"
    np.testing.assert_allclose(stars["ra"][0], ROWS["RACAT"][1], rtol=1e-15)


def test_round_trip_of_every_column(path):
    rows = read_columns(path, 1, COLUMNS)
    for name in COLUMNS:
        expected = np.asarray(ROWS[name])
        if name == "SN_MEDIAN_ALL":
            expected = expected.astype("f4")
        np.testing.assert_array_equal(rows[name], expected, err_msg=name)


def test_list_without_m_stars(path):
    with pytest.raises(InputError, match="of 8 spectra, 0 are of CLASS GALAXY, none"):
        read_boss(path, {"class": "GALAXY", "subclass": "M"})


def test_list_that_lacks_a_column(tmp_path):
    from astropy.table import Table

    Table({"SDSS_ID": [1]}).write(tmp_path / "short.fits")
    with pytest.raises(InputError, match="short.fits lacks the column.*GAIA_ID"):
        read_boss(tmp_path / "short.fits", BOSS)
