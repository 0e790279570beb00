import gzip

import numpy as np
import pytest
from astropy.io.votable import parse

from mdwarfs.errors import InputError
from mdwarfs.simulation.files import gaia

LARGE = 3122834441337513729


def rows(n=3):
    """Rows without nulls."""
    table = {}
    for name, dtype, _ in gaia.COLUMNS:
        kind = np.dtype(dtype).kind
        values = {"i": LARGE + np.arange(n), "f": np.arange(n) + 0.5, "S": ["abc"] * n}
        table[name] = np.array(values[kind], dtype)
    return table


def test_result_is_a_whole_tap_answer_with_units_and_masked_nulls(tmp_path):
    path = tmp_path / "result.vot.gz"
    table = rows()
    table["ruwe"][1] = np.nan
    table["tmass_designation"] = ["00003379+7940362", "", "00004701+1624101"]
    gaia.write_result(path, table)
    votable = parse(path)
    assert "Simulated" in votable.description
    infos = {info.name: info.value for info in votable.resources[0].infos}
    assert infos["QUERY_STATUS"] == "OK"
    first = votable.get_first_table()
    assert [field.name for field in first.fields] == [c[0] for c in gaia.COLUMNS]
    datatypes = {field.name: field.datatype for field in first.fields}
    assert datatypes["source_id"] == "long" and datatypes["ruwe"] == "float"
    assert datatypes["ra"] == "double" and datatypes["ph_qual"] == "char"
    read = first.to_table()
    assert list(read["source_id"]) == [LARGE, LARGE + 1, LARGE + 2]
    assert list(read["ruwe"].mask) == [False, True, False]
    assert read["pmra"].unit == "mas / yr" and read["parallax"].unit == "mas"
    assert read["tmass_designation"][2] == "00004701+1624101"


def test_same_rows_give_the_same_bytes(tmp_path):
    for name in ("a.vot.gz", "b.vot.gz"):
        gaia.write_result(tmp_path / name, rows())
    first, second = (tmp_path / f"{name}.vot.gz" for name in "ab")
    assert first.read_bytes() == second.read_bytes()
    assert b"BINARY2" in gzip.decompress(first.read_bytes())


def test_columns_must_be_those_of_the_query(tmp_path):
    table = rows()
    table["colour"] = table.pop("ruwe")
    with pytest.raises(InputError, match="colour, ruwe"):
        gaia.write_result(tmp_path / "x.vot", table)
