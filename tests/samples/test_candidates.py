import numpy as np
import pandas
import pytest
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.samples.candidates import (
    apply_criteria,
    count_candidates,
    criteria,
    join_gaia,
    place_in_diagram,
)

META = {"N_ROWS": 100, "N_CLASS": 60, "N_MTYPE": 30}
NAN = np.nan


def boss(dr2, snr=None):
    n = len(dr2)
    table = Table(
        {
            "sdss_id": np.arange(1, n + 1),
            "gaia_dr2_source_id": np.array(dr2),
            "snr": np.full(n, 10.0) if snr is None else np.array(snr),
            "ra": np.full(n, 11.0),
            "dec": np.full(n, 41.0),
            "n_spectra": np.ones(n, int),
        }
    )
    table.meta = {**META, "N_STARS": n}
    return table


def gaia(rows):
    names = "gaia_dr2_source_id source_id dec parallax ruwe g bp rp".split()
    table = Table(rows=rows, names=names)
    table["ra"] = 10.0
    for band in ("g", "bp", "rp"):
        table.rename_column(band, f"phot_{band}_mean_mag")
    return table


# An M dwarf at 10 pc, then the same star with something amiss.
DWARF = (40.0, 100.0, 1.0, 9.0, 10.3, 8.0)
STARS = {
    "dwarf": (101, 1, *DWARF),
    "no parallax": (102, 2, 40.0, NAN, 1.0, 9.0, 10.3, 8.0),
    "negative parallax": (103, 3, 40.0, -1.0, 1.0, 9.0, 10.3, 8.0),
    "no colour": (104, 4, 40.0, 100.0, 1.0, 9.0, NAN, 8.0),
    "no dust": (105, 5, -60.0, 100.0, 1.0, 9.0, 10.3, 8.0),
    "giant": (106, 6, 40.0, 100.0, 1.0, -1.0, 1.3, -2.0),
    "white dwarf": (107, 7, 40.0, 100.0, 1.0, 13.0, 13.2, 12.9),
    "over-luminous": (108, 8, 40.0, 100.0, 1.0, 7.0, 8.3, 6.0),
    "bad ruwe": (109, 9, 40.0, 100.0, 2.0, 9.0, 10.3, 8.0),
}


def placed_and_judged(boss, gaia, dust_map, extinction, cuts):
    """Both steps, from the stars to the candidates."""
    return apply_criteria(place_in_diagram(boss, gaia, dust_map, extinction), cuts)


@pytest.fixture(scope="module")
def stars(dust_map, config):
    """The stars above and one that is not in Gaia, through the stage."""
    dr2 = [row[0] for row in STARS.values()] + [0]
    table = placed_and_judged(
        boss(dr2),
        gaia(list(STARS.values())),
        dust_map,
        config["extinction"],
        config["candidates"],
    )
    table["name"] = [*STARS, "not in Gaia"]
    table.add_index("name")
    return table


def test_only_the_dwarf_is_a_candidate(stars):
    assert stars["name"][stars["candidate"]].tolist() == ["dwarf"]


def test_each_criterion_removes_what_it_is_there_to_remove(stars):
    failed = {
        name: [k for k in (1, 2, 3, 4) if not stars.loc[name][f"criterion_{k}"]]
        for name in ("giant", "white dwarf", "over-luminous", "bad ruwe")
    }
    assert failed == {
        "giant": [1, 3],
        "white dwarf": [2],
        "over-luminous": [3],
        "bad ruwe": [4],
    }


def test_a_star_without_a_place_in_the_diagram_says_why(stars):
    reasons = dict(zip(stars["name"], stars["reason"]))
    assert reasons["dwarf"] == reasons["giant"] == ""
    assert reasons["no parallax"] == reasons["negative parallax"] == "no parallax"
    assert reasons["no colour"] == "no colour"
    assert reasons["no dust"] == "no dust"
    assert reasons["not in Gaia"] == "no Gaia source"


def test_positions_are_gaia_s_where_there_is_a_source(stars):
    assert stars.loc["dwarf"]["ra"] == 10.0
    assert stars.loc["not in Gaia"]["ra"] == 11.0


def test_two_boss_stars_of_one_source_are_one_star():
    table = join_gaia(
        boss([101, 102, 0, 0], snr=[5.0, 8.0, 1.0, 2.0]),
        gaia([(101, 1, *DWARF), (102, 1, *DWARF)]),
    )
    assert table["sdss_id"].tolist() == [2, 3, 4]
    assert table["n_spectra"].tolist() == [2, 1, 1]


def test_every_step_to_the_candidates_is_counted(stars):
    counts = count_candidates(stars)
    left = dict(zip(counts["cut"], counts["n_left"]))
    assert left == {
        "entries": 100, "class": 60, "subclass": 30, "stars": 10, "sources": 10,
        "gaia_source": 9, "parallax": 7, "colour": 6, "dust": 5,
        "criterion_1": 4, "criterion_2": 3, "criterion_3": 2, "criterion_4": 1,
    }  # fmt: skip
    alone = dict(zip(counts["cut"], counts["n_alone"].tolist()))
    assert [alone[f"criterion_{k}"] for k in (1, 2, 3, 4)] == [1, 1, 2, 1]


def test_descriptions_follow_the_configuration(dust_map, config):
    own = config["candidates"] | {"ruwe_max": 1.2, "mg0_min": 5.5}
    own["below"] = {"slope": 3.5, "intercept": -7.5}
    stars = gaia(list(STARS.values()))
    table = placed_and_judged(
        boss([row[0] for row in STARS.values()]), stars, dust_map,
        config["extinction"], own,
    )  # fmt: skip
    said = {name: table[name].description for name in table.colnames}
    assert said["criterion_1"] == "Criterion 1: M_G0 > 5.5"
    assert said["criterion_2"].endswith("M_G0 < 3.5 (BP-RP)_0 -7.5")
    assert said["criterion_4"] == "Criterion 4: ruwe < 1.2"
    counts = count_candidates(table)
    assert "Criterion 4: ruwe < 1.2" in counts["description"]


def test_another_cut_asks_for_no_other_place(stars, config):
    """What is placed once is judged by any cuts, and stays as it was."""
    names = [x for x in stars.colnames if x[:9] not in ("criterion", "candidate")]
    placed = stars[names]
    strict = apply_criteria(placed, config["candidates"] | {"ruwe_max": 0.5})
    assert not strict["candidate"].any() and placed.colnames == names
    again = apply_criteria(placed, config["candidates"])
    assert list(again["candidate"]) == list(stars["candidate"])
    assert again.colnames == [*names, *(x for x in stars.colnames if x not in names)]


def test_counts_need_those_of_the_boss_list(stars):
    table = stars.copy()
    del table.meta["N_MTYPE"]
    with pytest.raises(InputError, match="lacks N_MTYPE"):
        count_candidates(table)


def test_a_missing_quantity_meets_no_criterion(config):
    meets = criteria([NAN], [NAN], [NAN], config["candidates"])
    assert not any(verdict[0] for verdict in meets.values())


def test_the_criteria_s_lines_are_the_paper_s(config):
    """Just inside and just outside each line at colour 2, worked by hand."""
    colour = np.full(4, 2.0)
    mg0 = np.array([6.65, 6.67, 14.99, 15.01])
    meets = criteria(mg0, colour, np.ones(4), config["candidates"])
    assert meets["criterion_3"].tolist() == [False, True, True, True]
    assert meets["criterion_2"].tolist() == [True, True, True, False]


def test_real_rows_show_which_criterion_is_which(real, config):
    """Birky+2020, without extinction: criterion 3 takes out 1,583 of 14,828 stars
    and criterion 2 one, so the paper's text has the two the wrong way round."""
    rows = pandas.read_csv(real / "birky2020/Table6_full_sample.csv.gz")
    mg = rows["G_MAG"] + 5 * np.log10(rows["PLX"]) - 10
    meets = criteria(mg, rows["BP_RP"], np.ones(len(rows)), config["candidates"])
    assert len(rows) == 14828
    assert np.sum(~meets["criterion_3"]) == 1583
    assert np.sum(~meets["criterion_2"]) == 1
    over_luminous = ~meets["criterion_3"]
    assert np.median(mg[over_luminous]) < np.median(mg[~over_luminous])


def test_sources_that_astra_names_and_reasons_that_come_first(dust_map, config):
    """Of DR20: the list's names decide nothing, and who has none says why."""
    rows = [(0, 7, *DWARF), (0, 8, *DWARF)]
    table = gaia(rows)
    table.remove_column("gaia_dr2_source_id")
    stars = boss([7, 8, 8, 8, 8])
    stars.remove_column("gaia_dr2_source_id")
    stars["gaia_dr3_source_id"] = [8, 7, 0, 0, 0]
    stars["gaia_reason"] = ["", "", "no Astra entry", "two Gaia sources", ""]
    placed = placed_and_judged(
        stars, table, dust_map, config["extinction"], config["candidates"]
    )
    assert list(placed["source_id"]) == [8, 7, 0, 0, 0]
    assert list(placed["reason"][2:]) == [
        "no Astra entry", "two Gaia sources", "no Gaia source",
    ]  # fmt: skip
    counts = count_candidates(placed)
    removed = dict(zip(counts["cut"], counts["n_removed"]))
    names = ("astra_entry", "two_gaia_sources", "gaia_source")
    assert [removed[name] for name in names] == [1, 1, 1]
