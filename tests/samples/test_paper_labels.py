"""Training labels from the paper's own table, for the stars that are candidates."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.samples.lost_pairs import CRITERIA, STEPS
from mdwarfs.samples.paper_labels import take_paper_labels
from mdwarfs.samples.split import split_sample
from mdwarfs.tables import absent
from tests.made_up import described

N = 20
LABELS = {"feh": 0.1, "feh_niu": 0.2, "teff": 3400.0, "logg": 4.8, "alpha_m": 0.05}


@pytest.fixture
def theirs():
    table = Table({"row": np.arange(1, N + 1)})
    table["source_id1"], table["source_id2"] = 100 + np.arange(N), 300 - np.arange(N)
    for name in ("ra1", "dec1", "ra2", "dec2"):
        table[name] = np.arange(N) * 1.0
    for name, value in LABELS.items():
        table[name] = value + 0.001 * np.arange(N)
        if name != "feh_niu":
            table[f"e_{name}"] = 0.01 * value
    table["snr"], table["role"] = 30.0, np.full(N, "", "U5")
    return table


@pytest.fixture
def m_type(theirs):
    """All of them candidates but three: not there, criterion 4, without dust."""
    stars = Table({"source_id": theirs["source_id2"][1:].copy()})
    stars["gaia_dr2_source_id"] = stars["source_id"]
    stars["sdss_id"], stars["snr"] = np.arange(1, N), 7.5
    stars["mg0"], stars["bp_rp0"], stars["ruwe"] = 8.0, 2.5, 1.0
    stars["reason"] = np.full(N - 1, "", "U20")
    stars["reason"][1] = "no dust"
    for name in CRITERIA:
        stars[name] = True
    stars["criterion_4"][0] = False
    stars["candidate"] = (stars["reason"] == "") & stars["criterion_4"]
    return stars


def test_labels_are_theirs_and_the_spectrum_ours(theirs, m_type):
    labels, _ = take_paper_labels(theirs, m_type)
    assert len(labels) == N - 3 and labels["labelled"].all()
    assert (np.diff(labels["source_id"]) > 0).all()
    place = [theirs["source_id2"].tolist().index(star) for star in labels["source_id"]]
    for name in LABELS:
        np.testing.assert_array_equal(labels[name], theirs[name][place])
    np.testing.assert_array_equal(labels["e_feh_niu"], theirs["e_feh"][place])
    assert (labels["snr"] == 7.5).all() and (labels["sdss_id"] > 0).all()


def test_the_columns_are_those_of_the_own_labels(theirs, m_type):
    labels, _ = take_paper_labels(theirs, m_type)
    wanted = {"source_id1", "ra1", "dec1", "source_id", "sdss_id", "ra", "dec", "snr"}
    wanted |= {*LABELS, *(f"e_{name}" for name in LABELS), "labelled", "reason"}
    assert set(labels.colnames) == wanted


def test_every_pair_that_is_not_used_has_its_reason(theirs, m_type):
    theirs["teff"][5] = np.nan
    labels, stars = take_paper_labels(theirs, m_type)
    assert stars["row"].tolist() == theirs["row"].tolist()
    assert stars["used"].sum() == labels["labelled"].sum() == N - 4
    assert ((stars["reason"] == "") == stars["used"]).all()
    assert stars["reason"][0] == STEPS["boss"]
    assert stars["reason"][1].startswith(STEPS["criterion_4"])
    assert "no dust" in stars["reason"][2]
    assert stars["reason"][5] == "no APOGEE Net Teff"


def test_a_label_that_no_dwarf_can_have_is_not_trained_on(theirs, m_type):
    theirs["logg"][6] = 1.2
    _, stars = take_paper_labels(theirs, m_type)
    assert not stars["used"][6] and "logg outside" in stars["reason"][6]


def test_their_division_is_kept_if_they_give_one(theirs, m_type):
    theirs["role"] = np.where(np.arange(N) < 12, "train", "test")
    labels, _ = take_paper_labels(theirs, m_type)
    divided = split_sample(labels, {"train": 1, "test": 1}, 7)
    assert (divided["role"] == "train").sum() == 9
    assert (divided["role"] == "test").sum() == 8
    trained = set(divided["source_id"][divided["role"] == "train"])
    assert trained == set(theirs["source_id2"][3:12])


def test_a_division_of_some_stars_alone_is_none(theirs, m_type):
    theirs["role"][4:] = "train"
    labels, _ = take_paper_labels(theirs, m_type)
    assert "role" not in labels.colnames
    assert set(split_sample(labels, {"train": 1, "test": 1}, 7)["role"]) == {
        "train",
        "test",
    }


def test_without_the_table_it_stops_and_says_why_and_what_to_do(theirs, m_type):
    nothing = absent.note(theirs[:0], "NADC did not give it")
    with pytest.raises(InputError, match="(?s)published.*NADC did not give it.*own"):
        take_paper_labels(nothing, m_type)


def test_a_table_without_a_label_stops_by_its_name(theirs, m_type):
    theirs.meta["LACKS"] = "ra1, e_teff, alpha_m"
    with pytest.raises(InputError, match="no column for e_teff, alpha_m"):
        take_paper_labels(theirs, m_type)


def test_a_table_of_other_stars_stops(theirs, m_type):
    theirs["source_id2"] += 10_000
    with pytest.raises(InputError, match="none of the pairs"):
        take_paper_labels(theirs, m_type)


def test_the_script_writes_labels_and_the_fate_of_every_pair(
    run_script, theirs, m_type, tmp_path, stamp
):
    for name, table in (("theirs", theirs), ("m_type", m_type)):
        tables.write(described(table), tmp_path / f"{name}.fits", stamp)
    run_script(
        "take_paper_labels",
        {"paper_pairs": tmp_path / "theirs.fits", "m_type": tmp_path / "m_type.fits"},
        {"labels": tmp_path / "labels.fits", "stars": tmp_path / "stars.fits"},
    )
    assert len(tables.read(tmp_path / "labels.fits")) == N - 3
    stars = tables.read(tmp_path / "stars.fits")
    assert len(stars) == N and stars["used"].sum() == N - 3
