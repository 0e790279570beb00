"""Lean routes: answers to queries become files that the readers take."""

import re
import sqlite3

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.archives import queries, wanted
from mdwarfs.archives.birky import birky
from mdwarfs.archives.vizier import (
    GAIA_END,
    VizierTable,
    filled,
    find_column,
    ranges,
    remainders,
)
from mdwarfs.catalogues.birky import read_birky
from mdwarfs.catalogues.lamost import read_lamost
from mdwarfs.catalogues.wide_binaries import read_wide_binaries
from mdwarfs.errors import InputError
from tests.archives.test_slices import gaia_ids

OFFICIAL = {"kind": "table", "rows": [4, 4]}
SOURCE = {
    "version": "1", "table": "J/X/1", "slices": 3, "chunk": 2, "rows": [1, 100],
}  # fmt: skip


class Vizier:
    """Serves one table to the queries of `VizierTable`, by VizieR's column names."""

    TYPES = {"i": "BIGINT", "f": "REAL", "U": "VARCHAR"}
    remainder = staticmethod(lambda ids, n: ids % n)

    def __init__(self, table):
        self.table, self.queries = table, []

    def __call__(self, query, ids):
        self.queries.append(query)
        if "TAP_SCHEMA.tables" in query:
            return Table({"table_name": ["J/X/1"], "description": ["stars"]})
        if "TAP_SCHEMA" in query:
            names = self.table.colnames
            types = [self.table[n].dtype.kind for n in names]
            return Table(
                {
                    "column_name": names,
                    "datatype": [self.TYPES[kind] for kind in types],
                    "unit": names,
                    "description": names,
                }
            )
        rows = self.table
        if "TOP 1" in query:
            name, n = re.search(r'MOD\(t\."(.+?)", (\d+)\)', query).groups()
            ids = rows[name][:1]
            return Table({"id": ids, "remainder": self.remainder(ids, int(n))})
        if ids is not None:
            key = re.search(r'u\.id = t\."(.+?)"', query)[1]
            assert ids.dtype.kind == rows[key].dtype.kind
            rows = rows[np.isin(rows[key], ids.astype(rows[key].dtype))]
        if found := re.search(r'MOD\(t\."(.+?)", (\d+)\) = (\d+)', query):
            rows = rows[rows[found[1]] % int(found[2]) == int(found[3])]
        for name, sign, bound in re.findall(r't\."(\w+)" (>=|<) ([\d.]+)', query):
            below = rows[name] < (float(bound) if "." in bound else int(bound))
            rows = rows[below if sign == "<" else ~below]
        if "COUNT(*)" in query:
            return Table({"n_rows": [len(rows)]})
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
        columns[name] = np.arange(1.0, 5.0)
    columns |= {"BinType": ["MSMS"] * 4, "R": [0.01, 0.5, 0.05, 0.9]}
    columns["PlxDiff"] = np.ones(4)
    return Table(columns)


@pytest.mark.dag
def test_wide_binaries_of_m_stars_come_whatever_their_chance(
    tap, service, pairs, tmp_path
):
    tap.answer = Vizier(pairs)
    path = tmp_path / "all_columns_catalog.fits.gz"
    query = queries.Query(path, service, SOURCE, OFFICIAL, wanted.wide_binaries_table())
    m_stars = [2**61 + 1, 2**60 + 2, 5]
    record = queries.wide_binaries(query, 0.1, m_stars)
    found = read_wide_binaries(path)
    assert (found["source_id1"] - 2**60).tolist() == [0, 1, 2]
    assert found["R_chance_align"].tolist() == [0.01, 0.5, 0.05]
    assert found["parallax_error2"].tolist() == pytest.approx([0.2, 1.2, 2.2])
    assert set(found["binary_type"]) == {"MSMS"} and found.meta["N_ROWS"] == 4
    assert record["names"]["ruwe1"] == "RUWE1" and record["rows"] == 3
    assert sum(") = " in query for query in record["queries"]) == SOURCE["slices"]
    assert len(set(record["queries"])) == len(record["queries"])
    assert {file.suffix for file in tmp_path.iterdir()} == {".gz", ".json"}
    asked = len(tap.jobs)
    queries.wide_binaries(query, 0.1, m_stars)
    assert len(tap.jobs) == asked
    queries.wide_binaries(query, 0.2, m_stars)
    assert len(tap.jobs) > asked


@pytest.mark.dag
def test_where_mod_is_not_to_be_had_ranges_give_the_same_bytes(
    tap, service, pairs, tmp_path
):
    excerpt = wanted.wide_binaries_table()
    pairs["Source1"] = np.array([0, 2**61, 2**62, 3 * 2**61 - 128]) + 5
    written = []
    for mod in ("right", "refused", "wrong"):
        tap.answer, path = Vizier(pairs), tmp_path / mod / "pairs.fits.gz"
        tap.refuses = "MOD(" if mod == "refused" else ""
        if mod == "wrong":
            tap.answer.remainder = lambda ids, n: (ids.astype(float) + 512) % n
        query = queries.Query(path, service, SOURCE, OFFICIAL, excerpt)
        record = queries.wide_binaries(query, 0.9, [2**61 + 2])
        sliced = [q for q in record["queries"] if "TOP 1" not in q]
        ranged = sum('"Source1" <' in q or '"Source1" >=' in q for q in sliced)
        assert any("MOD(" in query for query in sliced) == (mod == "right")
        assert ranged == (0 if mod == "right" else 3) and record["rows"] == 3
        written.append(path.read_bytes())
    assert written[0] == written[1] == written[2]


@pytest.mark.parametrize("divide", [remainders, ranges])
@pytest.mark.parametrize("slices", [1, 3, 7])
def test_slices_leave_nothing_out_and_take_nothing_twice(divide, slices):
    """By SQL: at the bounds, at the ends of the integers, and nulls."""
    cuts = [GAIA_END * k // 7 + d for k in range(8) for d in (-1, 0, 1) if k or d >= 0]
    ids = [*cuts, 2**63 - 1, None]
    database = sqlite3.connect(":memory:")
    database.create_function("MOD", 2, lambda x, n: None if x is None else x % n)
    database.execute("CREATE TABLE t (id INTEGER)")
    database.executemany("INSERT INTO t VALUES (?)", [(i,) for i in ids])
    parts = divide("id", slices)
    assert len(parts) == slices
    found = [database.execute(f"SELECT id FROM t WHERE {p}").fetchall() for p in parts]
    came = [i for part in found for (i,) in part]
    assert sorted(came, key=str) == sorted(ids, key=str)


def test_ranges_are_equal_areas_of_the_sky():
    rng = np.random.default_rng(4)
    ids = gaia_ids(100_000, rng)
    cuts = [GAIA_END * k // 7 for k in range(8)]
    sizes = np.histogram(ids, cuts)[0]
    assert sizes.sum() == len(ids) and sizes.max() < 1.15 * sizes.min()


def test_slices_that_lack_rows_stop_the_run(tap, service, pairs, tmp_path):
    class Losing(Vizier):
        def __call__(self, query, ids):
            rows = super().__call__(query, ids)
            return rows[1:] if "= 1)" in query else rows

    tap.answer = Losing(pairs)
    path, excerpt = tmp_path / "pairs.fits.gz", wanted.wide_binaries_table()
    query = queries.Query(path, service, SOURCE, OFFICIAL, excerpt)
    with pytest.raises(InputError, match="3 slices have 2 rows together, 3 are right"):
        queries.wide_binaries(query, 0.9, [2**61])


@pytest.mark.parametrize("text", [False, True])
def test_identifiers_go_up_as_the_table_has_them(tap, service, tmp_path, text):
    """V/162 may have GaiaDR3 as a text, with blanks and words in it."""
    ids = 2**60 + np.arange(4)
    columns = dict.fromkeys(queries.LAMOST, np.arange(4.0))
    columns |= {"obsid": np.arange(4) + 1, "subclass": ["G2"] * 4}
    columns["gaia_source_id"] = ["", *map(str, ids[1:])] if text else ids
    tap.answer, path = Vizier(Table(columns)), tmp_path / "stellar.fits.gz"
    query = queries.Query(path, service, SOURCE, OFFICIAL, wanted.lamost_table("fgk"))
    record = queries.lamost(query, ids[[1, 3]])
    assert record["types"]["gaia_source_id"] == ("VARCHAR" if text else "BIGINT")
    assert read_lamost(path, "fgk")["source_id"].tolist() == ids[[1, 3]].tolist()


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
    query = queries.Query(path, service, SOURCE, OFFICIAL, wanted.lamost_table("fgk"))
    queries.lamost(query, stars)
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
        tmp_path / "t.csv.gz",
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
    assert record["rows"] == 3 and record["warnings"] == []
    assert path.read_bytes()[:8] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00"  # no time in it


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
    b = [0.5, np.nan, np.nan, 3.0]
    rows = Table({"a": [2, 1, 1, 1], "b": b, "c": list("wxyz")})
    for order in ([0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]):
        found = rows[order]
        assert found[queries.total_order(found, ["a"])]["c"].tolist() == list("zxyw")


def test_nulls_of_an_answer_become_those_of_the_file():
    rows = Table(
        {"a": np.ma.masked_equal([1, 2], 2), "b": np.ma.masked_equal([1.0, 2], 1)}
    )
    out = filled(rows, {"a": "int", "b": "real", "c": "text"})
    assert out["a"].tolist() == [1, 0] and np.isnan(out["b"][0])
    assert out["c"].tolist() == ["", ""]
    with pytest.raises(InputError, match="no exact identifiers"):
        filled(rows, {"b": "id"})


def test_integers_may_come_as_texts():
    rows = Table({"a": np.ma.array([" 12", "", "3"], mask=[False, False, True])})
    assert filled(rows, {"a": "int"})["a"].tolist() == [12, 0, 0]
    for word in ("x", "1.5", "9" * 20):
        with pytest.raises(InputError, match="a came as a text that is no integer"):
            filled(Table({"a": ["1", word]}), {"a": "int"})
