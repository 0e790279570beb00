"""Lean routes: answers to queries become files that the readers take."""

import re

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.archives import lean, wanted
from mdwarfs.archives.birky import birky
from mdwarfs.archives.vizier import VizierTable, filled, find_column
from mdwarfs.catalogues.birky import read_birky
from mdwarfs.catalogues.lamost import read_lamost
from mdwarfs.catalogues.wide_binaries import read_wide_binaries
from mdwarfs.errors import InputError

OFFICIAL = {"kind": "table", "rows": [4, 4]}
SOURCE = {
    "version": "1", "table": "J/X/1", "slices": 3, "chunk": 2, "rows": [1, 100],
}  # fmt: skip


class Vizier:
    """Serves one table to the queries of `VizierTable`, by VizieR's column names."""

    def __init__(self, table):
        self.table, self.queries = table, []

    def __call__(self, query, ids):
        self.queries.append(query)
        if "TAP_SCHEMA.tables" in query:
            return Table({"table_name": ["J/X/1"], "description": ["stars"]})
        if "TAP_SCHEMA" in query:
            names = self.table.colnames
            return Table({"column_name": names, "unit": names, "description": names})
        if "COUNT(*)" in query:
            return Table({"n_rows": [len(self.table)]})
        rows = self.table
        if ids is not None:
            key = re.search(r'u\.id = t\."(.+?)"', query)[1]
            rows = rows[np.isin(rows[key], ids)]
        if found := re.search(r'MOD\(t\."(.+?)", (\d+)\) = (\d+)', query):
            rows = rows[rows[found[1]] % int(found[2]) == int(found[3])]
        if found := re.search(r't\."(\w+)" < ([\d.]+)', query):
            rows = rows[rows[found[1]] < float(found[2])]
        pairs = re.findall(r't\."([^"]+)" AS (\w+)', query)
        return Table({ours: rows[theirs] for theirs, ours in pairs})


@pytest.fixture
def pairs():
    """Four pairs under the names of J/MNRAS/506/2269."""
    columns = {"Source1": 2**60 + np.arange(4), "Source2": 2**61 + np.arange(4)}
    for k in (1, 2):
        for name in ("Plx", "e_Plx", "RUWE", "Gmag", "BPmag", "RPmag"):
            columns[f"{name}{k}"] = np.arange(4) + k / 10
    for name in ("RAdeg", "DEdeg", "RA2deg", "DE2deg", "sepAU"):
        columns[name] = np.arange(4.0)
    columns |= {"BinType": ["MSMS"] * 4, "R": [0.01, 0.5, 0.05, 0.9]}
    columns["PlxDiff"] = np.ones(4)
    return Table(columns)


def test_wide_binaries_of_m_stars_come_whatever_their_chance(
    tap, service, pairs, tmp_path
):
    tap.answer = Vizier(pairs)
    path = tmp_path / "all_columns_catalog.fits.gz"
    excerpt = wanted.wide_binaries_table()
    m_stars = [2**61 + 1, 2**60 + 2, 5]
    record = lean.wide_binaries(service, SOURCE, OFFICIAL, excerpt, 0.1, m_stars, path)
    found = read_wide_binaries(path)
    assert (found["source_id1"] - 2**60).tolist() == [0, 1, 2]
    assert found["R_chance_align"].tolist() == [0.01, 0.5, 0.05]
    assert found["parallax_error2"].tolist() == pytest.approx([0.2, 1.2, 2.2])
    assert set(found["binary_type"]) == {"MSMS"} and found.meta["N_ROWS"] == 4
    assert record["names"]["ruwe1"] == "RUWE1" and record["rows"] == 3
    assert sum("MOD(" in query for query in record["queries"]) == SOURCE["slices"]
    assert len(set(record["queries"])) == len(record["queries"])
    assert {file.suffix for file in tmp_path.iterdir()} == {".gz", ".json"}
    asked = len(tap.jobs)
    lean.wide_binaries(service, SOURCE, OFFICIAL, excerpt, 0.1, m_stars, path)
    assert len(tap.jobs) == asked
    lean.wide_binaries(service, SOURCE, OFFICIAL, excerpt, 0.2, m_stars, path)
    assert len(tap.jobs) > asked


def test_lamost_spectra_of_a_list_of_stars(tap, service, tmp_path):
    n = 4
    tap.answer = Vizier(
        Table(
            {
                "ObsID": np.arange(n) + 1,
                "GaiaDR3": 2**60 + np.arange(n),
                "snrg": np.linspace(10, 40, n),
                "Teff": np.full(n, 5500.0),
                "e_Teff": np.full(n, 30.0),
                "logg": np.full(n, 4.5),
                "e_logg": np.full(n, 0.1),
                "[Fe/H]": np.linspace(-0.3, 0, n),
                "e_[Fe/H]": np.full(n, 0.05),
            }
        )
    )
    path = tmp_path / "stellar.fits.gz"
    stars = 2**60 + np.array([3, 0, 1, 99])
    lean.lamost(service, SOURCE, OFFICIAL, wanted.lamost_table("fgk"), stars, path)
    found = read_lamost(path, "fgk")
    assert (found["source_id"] - 2**60).tolist() == [0, 1, 3]
    assert found["feh"].tolist() == pytest.approx([-0.3, -0.2, 0.0])
    assert set(found["subclass"]) == {""}


def test_birky_comes_in_the_authors_form(tap, service, tmp_path):
    tap.answer = Vizier(
        Table(
            {
                "_2MASS": ["2MASS J00000001+0100000", "2M00000002-0100000", "other"],
                "TeffC": [3400.0, 3500.0, 3600.0],
                "[Fe/H]C": [-0.1, 0.1, 0.2],
                "Plx": [10.0, np.nan, 12.0],
            }
        )
    )
    path, source = (
        tmp_path / "t.csv",
        {"version": "1", "catalogue": "J/X", "rows": [3, 3]},
    )
    record = birky(service, source, path)
    found = read_birky(path)
    assert found["tmass_designation"].tolist() == [
        "00000001+0100000",
        "00000002-0100000",
    ]
    assert found["teff"].tolist() == [3400, 3500]
    assert np.isnan(found["parallax"][1]) and np.isnan(found["snr_apogee"]).all()
    assert record["table"] == "J/X/1" and record["names"]["FE_H"] == "[Fe/H]C"


def test_a_column_that_cannot_be_told_is_named_with_what_there_is(
    tap, service, tmp_path
):
    tap.answer = Vizier(Table({"Foo": [1], "Bar": [2]}))
    with pytest.raises(InputError, match="no column for teff .*it has Foo, Bar"):
        VizierTable(service, "J/X/1", {"teff": ["Teff"]}, tmp_path)


def test_the_first_pattern_that_fits_one_column_counts():
    there = ["Teff", "TEFFC", "e_Teff", "[Fe/H]"]
    assert find_column(there, ["teff_?c", "teff"]) == "TEFFC"
    assert find_column(there, [".*teff.*", "teff"]) == "Teff"
    assert find_column(there, [r"\[Fe/H\]"]) == "[Fe/H]"
    assert find_column(there, ["logg"]) is None


def test_rows_are_in_one_order_however_they_came():
    """Also those that agree in what they are sorted by first, and with nulls."""
    rows = Table({"a": [2, 1, 1, 1], "b": [0.5, np.nan, np.nan, 3.0], "c": list("wxyz")})
    for order in ([0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]):
        found = rows[order]
        assert found[lean.total_order(found, ["a"])]["c"].tolist() == list("zxyw")


def test_nulls_of_an_answer_become_those_of_the_file():
    rows = Table(
        {"a": np.ma.masked_equal([1, 2], 2), "b": np.ma.masked_equal([1.0, 2], 1)}
    )
    out = filled(rows, {"a": "int", "b": "real", "c": "text"})
    assert out["a"].tolist() == [1, 0] and np.isnan(out["b"][0])
    assert out["c"].tolist() == ["", ""]
    with pytest.raises(InputError, match="no exact identifiers"):
        filled(rows, {"b": "id"})
