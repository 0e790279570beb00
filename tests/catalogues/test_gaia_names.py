"""Gaia sources by Astra: the list of DR20 does not say whose identifiers it has."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.catalogues.boss import read_boss
from mdwarfs.catalogues.gaia_names import clean, read_gaia_names
from mdwarfs.simulation.files.astra import write_summary
from mdwarfs.simulation.files.boss import write_spall

BOSS = {"class": "STAR", "subclass": "M"}
A, B, C, D = (2**60 + 128 * k for k in range(4))  # Gaia DR3 sources
# By SDSS_ID: what the list says, what Astra says, and why there is nothing.
STARS = {
    1: (A, A, ""),  # of DR3
    2: (A, B, ""),  # of DR2; the number is that of another star in DR3
    3: (C, 0, "no Astra entry"),
    4: (D, -1, "no Gaia source"),
    5: (C, (C, D), "two Gaia sources"),
    6: (-999, C, ""),
}


@pytest.fixture
def files(tmp_path):
    """A BOSS list, and Astra's table."""
    listed = [source for source, _, _ in STARS.values()]
    write_spall(
        tmp_path / "spall.fits",
        {
            "SDSS_ID": [*STARS, -999],
            "GAIA_ID": np.array([*listed, A]),
            "CLASS": ["STAR"] * 7,
            "SUBCLASS": ["M4.5:III (123657)"] * 7,
        },
    )
    rows = [
        (sdss_id, one)
        for sdss_id, (_, source, _) in STARS.items()
        for one in (source if isinstance(source, tuple) else (source,))
        if one
    ]
    rows += [(1, A), (9, C), (-1, D)]  # again, of no M type, of no star
    ids, sources = np.array(rows).T
    columns = {"sdss_id": ids, "gaia_dr3_source_id": sources}
    write_summary(tmp_path / "slam.fits", "Slam", columns, "0.8.1")
    return tmp_path


def test_each_star_has_the_source_that_astra_gives_or_a_reason(files):
    names = read_gaia_names(files / "slam.fits")
    stars = read_boss(files / "spall.fits", BOSS, names)
    assert "gaia_dr2_source_id" not in stars.colnames
    found = {
        int(row["sdss_id"]): (int(row["gaia_dr3_source_id"]), str(row["gaia_reason"]))
        for row in stars
    }
    expected = {1: (A, ""), 2: (B, ""), 6: (C, ""), 0: (0, "no Astra entry")}
    expected |= {k: (0, why) for k, (_, _, why) in STARS.items() if why}
    assert found == expected


def test_stars_without_a_source_are_counted_by_reason(files):
    names = read_gaia_names(files / "slam.fits")
    meta = read_boss(files / "spall.fits", BOSS, names).meta
    assert (meta["N_NOASTR"], meta["N_NOGAIA"], meta["N_2GAIA"]) == (2, 1, 1)
    assert meta["N_LISTED"] == 1 and meta["N_STARS"] == 7


def test_without_names_the_list_is_believed_as_in_dr19(files):
    stars = read_boss(files / "spall.fits", BOSS)
    assert "gaia_reason" not in stars.colnames and "N_NOASTR" not in stars.meta
    assert stars["gaia_dr2_source_id"][stars["sdss_id"] == 2] == A


def test_a_null_beside_a_source_is_no_second_source():
    rows = Table({"sdss_id": [5, 5, 5], "gaia_dr3_source_id": [-1, 7, 7]})
    names = clean(rows)
    assert list(names["gaia_dr3_source_id"]) == [7]
    assert list(names["gaia_reason"]) == [""]
