import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.literature.extinction import gaia_extinction
from mdwarfs.samples.pairs import BINARY_COLUMNS, fgk_fgk, fgk_m, m_m

# LAMOST stars 1-5 and 30 (too hot), candidates 11-15.
FGK = {1: 5800.0, 2: 5000.0, 3: 4500.0, 4: 6000.0, 5: 5500.0, 30: 7400.0}


@pytest.fixture(scope="module")
def lamost():
    n = len(FGK)
    columns = {
        "source_id": list(FGK),
        "teff": list(FGK.values()),
        "e_teff": np.full(n, 50.0),
        "feh": np.linspace(-0.5, 0.5, n),
        "e_feh": np.array([0.05, 0.3, 0.05, 0.05, 0.05, 0.05]),
        "snrg": np.full(n, 40.0),
        "obsid": np.arange(n) + 1000,
    }
    return Table(columns)


@pytest.fixture(scope="module")
def dwarfs():
    columns = {
        "source_id": [11, 12, 13, 14, 15],
        "sdss_id": [111, 112, 113, 114, 115],
        "snr": [10.0, 20.0, 30.0, 40.0, 50.0],
        "mg0": [8.0, 9.0, 10.0, 11.0, 12.0],
        "bp_rp0": [2.0, 2.2, 2.4, 2.6, 2.8],
    }
    return Table(columns)


def binaries(rows):
    """Pairs from (source_id1, source_id2, R_chance_align, ruwe1, ruwe2)."""
    n = len(rows)
    table = Table({name: np.full(n, 10.0) for name in BINARY_COLUMNS})
    names = ("source_id1", "source_id2", "R_chance_align", "ruwe1", "ruwe2")
    for name, values in zip(names, zip(*rows)):
        table[name] = values
    table["dec1"] = table["dec2"] = 40.0
    table["ra1"] = table["source_id1"] * 1.0
    table["ra2"] = table["source_id2"] * 1.0
    return table


GOOD = (0.01, 1.0, 1.0)


@pytest.fixture(scope="module")
def stage(lamost, dwarfs, dust_map, config):
    def run(rows):
        pairs, counts = fgk_m(
            binaries(rows), lamost, dwarfs, config["pairs"], dust_map,
            config["extinction"],
        )  # fmt: skip
        return pairs, {row["cut"]: row for row in counts}

    return run


def test_the_fgk_star_is_component_1_in_whichever_order_it_is_listed(stage):
    pairs, _ = stage([(1, 11, 0.01, 1.1, 1.2), (12, 3, 0.01, 1.3, 1.1)])
    assert pairs["source_id1"].tolist() == [1, 3]
    assert pairs["source_id2"].tolist() == [11, 12]
    assert pairs["swapped"].tolist() == [False, True]
    assert pairs["ruwe1"].tolist() == [1.1, 1.1]
    assert pairs["ruwe2"].tolist() == [1.2, 1.3]
    assert pairs["ra1"].tolist() == [1.0, 3.0]


def test_each_component_brings_its_own_data(stage):
    pairs, _ = stage([(12, 3, *GOOD)])
    row = pairs[0]
    assert (row["teff_fgk"], row["obsid"]) == (4500.0, 1002)
    assert (row["sdss_id"], row["snr"], row["mg02"]) == (112, 20.0, 9.0)


def test_neither_a_hot_star_nor_a_stranger_makes_a_pair(stage):
    pairs, counts = stage([(30, 11, *GOOD), (1, 99, *GOOD), (99, 11, *GOOD)])
    assert len(pairs) == 0
    assert counts["catalogue"]["n_left"] == 3


def test_the_primary_is_dereddened(stage, lamost, dwarfs, dust_map, config):
    """Parallax 10 mas, the map's E(B-V) of 0.1: A_V = 0.31."""
    table = binaries([(1, 11, *GOOD)])
    a_g, a_bp, a_rp = gaia_extinction(1.0, 0.31)
    table["phot_g_mean_mag1"] = 10.0 + a_g
    table["phot_bp_mean_mag1"] = 10.4 + a_bp
    table["phot_rp_mean_mag1"] = 9.4 + a_rp
    pairs, _ = fgk_m(
        table, lamost, dwarfs, config["pairs"], dust_map, config["extinction"]
    )
    assert pairs["mg01"][0] == pytest.approx(5.0, abs=1e-3)
    assert pairs["bp_rp01"][0] == pytest.approx(1.0, abs=1e-3)


def test_the_cuts_are_counted_alone_and_in_sequence(stage):
    """One good pair, one that fails each cut, and one that fails the first two."""
    pairs, counts = stage(
        [
            (1, 11, *GOOD),
            (2, 12, 0.5, 1.0, 1.0),
            (3, 13, 0.1, 1.0, 1.0),
            (4, 14, 0.01, 1.4, 1.0),
            (5, 15, 0.01, 1.0, 1.5),
        ]
    )
    cuts = ["feh_err", "r_chance_align", "ruwe1", "ruwe2"]
    assert [counts[cut]["n_alone"] for cut in cuts] == [1, 2, 1, 1]
    assert [counts[cut]["n_removed"] for cut in cuts] == [1, 1, 1, 1]
    assert [counts[cut]["n_left"] for cut in cuts] == [4, 3, 2, 1]
    assert pairs["source_id2"][pairs["selected"]].tolist() == [11]
    assert len(pairs) == 5


def test_an_m_dwarf_in_two_pairs_stays_in_the_likelier_one(stage):
    pairs, counts = stage([(1, 11, 0.05, 1.0, 1.0), (11, 4, *GOOD)])
    assert pairs["source_id1"].tolist() == [4]
    assert counts["fgk_m"]["n_left"] == 2
    assert counts["distinct"]["n_left"] == 1


def test_a_missing_quantity_passes_no_cut(stage):
    pairs, _ = stage([(1, 11, np.nan, np.nan, 1.0)])
    assert not pairs["cut_r_chance_align"][0]
    assert not pairs["cut_ruwe1"][0]
    assert pairs["cut_ruwe2"][0]
    assert not pairs["selected"][0]


def test_two_stars_that_could_be_either_keep_the_catalogue_s_order(
    dwarfs, lamost, dust_map, config
):
    lamost = lamost.copy()
    lamost["source_id"][:2] = 11, 12
    pairs, counts = fgk_m(
        binaries([(11, 12, *GOOD)]), lamost, dwarfs, config["pairs"], dust_map,
        config["extinction"],
    )  # fmt: skip
    assert (pairs["source_id1"][0], pairs["swapped"][0], len(pairs)) == (11, False, 1)
    assert counts["n_left"][1] == 1


def test_the_order_of_the_catalogue_s_rows_does_not_matter(stage):
    rows = [(1, 11, *GOOD), (14, 2, *GOOD), (3, 13, 0.2, 1.0, 1.0)]
    one, _ = stage(rows)
    other, _ = stage(rows[::-1])
    for name in one.colnames:
        assert np.array_equal(one[name], other[name]), name


def test_pairs_of_two_m_dwarfs(dwarfs, config):
    rows = [
        (11, 12, *GOOD),
        (14, 13, 0.01, 1.0, 1.5),
        (1, 15, *GOOD),
    ]
    pairs, counts = m_m(binaries(rows), dwarfs, config["pairs"])
    assert pairs["source_id1"].tolist() == [11, 14]
    assert pairs["selected"].tolist() == [True, False]
    assert pairs["sdss_id2"].tolist() == [112, 113]
    assert pairs["snr1"].tolist() == [10.0, 40.0]
    assert pairs["mg01"].tolist() == [8.0, 11.0]
    assert counts["cut"][-3:].tolist() == ["r_chance_align", "ruwe1", "ruwe2"]
    assert counts["n_left"][-1] == 1


def test_each_m_dwarf_is_in_one_m_m_pair(dwarfs, config):
    rows = [(11, 12, 0.05, 1.0, 1.0), (12, 13, *GOOD)]
    pairs, _ = m_m(binaries(rows), dwarfs, config["pairs"])
    assert pairs["source_id1"].tolist() == [12]


def test_pairs_of_two_fgk_stars_need_only_be_bound(lamost, config):
    rows = [(1, 3, 0.01, 9.0, 9.0), (4, 2, 0.3, 1.0, 1.0), (5, 30, *GOOD)]
    pairs, counts = fgk_fgk(binaries(rows), lamost, config["pairs"])
    assert pairs["source_id1"].tolist() == [4, 1]
    assert pairs["selected"].tolist() == [False, True]
    assert pairs["teff1"].tolist() == [6000.0, 5800.0]
    assert pairs["teff2"].tolist() == [5000.0, 4500.0]
    assert counts["n_left"].tolist() == [3, 2, 2, 1]
