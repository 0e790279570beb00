"""Tables that are written rows by rows."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.tables import absent
from mdwarfs.tables.streamed import gather, head, streamed

STAMP = {"run": "small", "simulated": True}


def some(rows):
    """A table of all kinds of columns."""
    table = Table(
        {
            "source_id": np.arange(rows) + 10**18,
            "good": np.arange(rows) % 2 == 0,
            "feh": np.arange(3.0 * rows).reshape(rows, 3).astype(np.float32),
        }
    )
    table["good"].info.description = "Whether it is even"
    return table


@pytest.fixture
def parts(tmp_path):
    """Files of five rows, of none and of two, and the whole as a table."""
    whole, paths = some(7), []
    for k, pieces in enumerate([[(0, 3), (3, 5)], [], [(5, 7)]]):
        paths.append(tmp_path / f"{k}.fits")
        with streamed(paths[-1], whole[:0], STAMP) as append:
            for first, last in pieces:
                append(whole[first:last])
    return paths, whole


def test_it_is_the_file_that_would_be_written_at_once(parts, tmp_path):
    paths, whole = parts
    gather(paths, tmp_path / "rows" / "all.fits", STAMP)
    tables.write(whole, tmp_path / "all.fits", STAMP)
    one, other = (tmp_path / "rows" / "all.fits", tmp_path / "all.fits")
    same = tables.read(one)
    for name in whole.colnames:
        np.testing.assert_array_equal(same[name], tables.read(other)[name])
        assert same[name].unit == tables.read(other)[name].unit
    assert one.stat().st_size == other.stat().st_size


def test_columns_of_no_rows_say_what_they_are(parts):
    found = head(parts[0][1])
    assert len(found) == 0 and found["feh"].shape == (0, 3)
    assert found["feh"].unit == "dex" and found.meta["RUN"] == "small"
    assert found["good"].info.description == "Whether it is even"


def test_without_rows_it_says_why(parts, tmp_path):
    path = tmp_path / "none.fits"
    gather([parts[0][1]], path, STAMP, "nobody came")
    assert absent.why(tables.read(path)) == "nobody came"
    gather(parts[0], path, STAMP, "nobody came")
    assert absent.why(tables.read(path)) == "" and len(tables.read(path)) == 7


def test_parts_of_other_columns_are_refused(parts, tmp_path):
    other = tmp_path / "other.fits"
    with streamed(other, some(0)["source_id", "good"], STAMP):
        pass
    with pytest.raises(InputError, match="other columns than"):
        gather([parts[0][0], other], tmp_path / "all.fits", STAMP)
    with pytest.raises(InputError, match="cannot be read"):
        head(tmp_path / "missing.fits")
    assert not (tmp_path / "all.fits").exists()
