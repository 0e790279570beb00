"""The Gaia query in chunks, on a TAP server of loopback."""

import gzip
import json

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.archives import gaia
from mdwarfs.archives.uploads import uploads
from mdwarfs.catalogues.gaia import COLUMNS, read_gaia
from mdwarfs.errors import InputError

SOURCE = {"version": "DR3", "gaia_release": 2, "chunk": 2, "rows": [1, 10]}


def rows(ids):
    """What the archive knows of some DR2 sources: the same source in DR3, plus 1."""
    n = len(ids)
    table = Table({name: np.full(n, 1.5) for name in COLUMNS})
    table["dr2_source_id"], table["source_id"] = ids, ids + 1
    table["tmass_designation"] = np.full(n, "01234567+0123456")
    table["ph_qual"] = np.full(n, "AAA")
    return table


@pytest.fixture
def archive(tap, service):
    tap.answer = lambda query, ids: rows(ids)
    return service


def test_identifiers_go_up_once_each_in_chunks_and_without_nulls():
    pieces = uploads([5, 3, 2**62 + 1, 5, 0, -1], 2)
    assert [piece.tolist() for piece in pieces] == [[3, 5], [2**62 + 1]]


def test_the_rows_of_all_chunks_come_as_one_file_that_the_reader_takes(
    archive, tap, tmp_path
):
    path, ids = tmp_path / "g.vot.gz", [1, 2, 3, 4, 2**62 + 1]
    source = SOURCE
    record = gaia.deliver_rows(ids, path, archive, source)
    assert record["rows"] == 5 and record["jobs"] == 3
    assert "dr2_neighbourhood" in record["request"]["query"]
    assert read_gaia(path)["source_id"].tolist() == [2, 3, 4, 5, 2**62 + 2]
    assert gzip.open(path).read(5) == b"<?xml"
    assert {file.name for file in tmp_path.iterdir()} == {"g.vot.gz", "g.vot.gz.json"}
    gaia.deliver_rows(ids[::-1], path, archive, source)
    assert len(tap.jobs) == 3
    assert json.loads((tmp_path / "g.vot.gz.json").read_text()) == record


def test_an_interrupted_run_asks_only_for_what_is_lacking(archive, tap, tmp_path):
    def failing(query, ids):
        if 3 in ids:
            tap.status = "ERROR"
        return rows(ids)

    path, source = tmp_path / "g.vot.gz", SOURCE
    tap.answer = failing
    with pytest.raises(InputError):
        gaia.deliver_rows([1, 2, 3, 4], path, archive, source)
    assert not path.exists()
    tap.answer, tap.status = (lambda query, ids: rows(ids)), "OK"
    gaia.deliver_rows([1, 2, 3, 4], path, archive, source)
    asked = [job["ids"].tolist() for job in tap.jobs.values()]
    assert asked == [[1, 2], [3, 4], [3, 4]]


def test_sources_that_the_archive_does_not_know_stop_the_run(archive, tap, tmp_path):
    tap.answer = lambda query, ids: rows(ids[:1])
    with pytest.raises(InputError, match="knew only 10% of 10"):
        gaia.deliver_rows(
            range(1, 11), tmp_path / "g.vot.gz", archive, SOURCE | {"chunk": 10}
        )


def test_an_unexpected_number_of_rows_is_a_warning(archive, tmp_path):
    source = SOURCE | {"rows_expected": [10, 20]}
    record = gaia.deliver_rows([1, 2, 3], tmp_path / "g.vot.gz", archive, source)
    assert record["warnings"] == ["the table has 3 rows, 10 to 20 were expected"]


def test_a_wrong_number_of_rows_stops_the_run(archive, tmp_path):
    with pytest.raises(InputError, match="3 rows, 10 to 20 are right"):
        gaia.deliver_rows(
            [1, 2, 3], tmp_path / "g.vot.gz", archive, SOURCE | {"rows": [10, 20]}
        )


def test_a_result_put_there_by_hand_is_used(archive, tap, tmp_path):
    path = tmp_path / "g.vot.gz"
    gaia.write_votable(rows(np.array([7, 8])), path)
    record = gaia.deliver_rows([7, 8], path, archive, SOURCE)
    assert record["url"] == "by hand" and not tap.jobs
