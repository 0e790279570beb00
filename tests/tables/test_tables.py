import os
import shutil
from errno import ENOSPC

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.tables.tabulate import annotate


@pytest.fixture
def table():
    table = Table(
        {
            "source_id": np.array([2**62 + 1, 5]),
            "teff": [3200.5, np.nan],
            "feh": [-0.1, 0.2],
            "reason": ["", "no parallax"],
            "candidate": [True, False],
            "age": [1.0, 5.0],
        }
    )
    said = {"candidate": ("", "It was chosen"), "age": ("Gyr", "Age of the star")}
    return annotate(table, said)


@pytest.mark.parametrize("suffix", [".fits", ".ecsv"])
def test_a_table_comes_back_as_it_was_written(table, stamp, tmp_path, suffix):
    path = tmp_path / f"t{suffix}"
    tables.write(table, path, stamp)
    back = tables.read(path)
    assert back["source_id"].tolist() == [2**62 + 1, 5]
    assert back["teff"][0] == 3200.5 and np.isnan(back["teff"][1])
    assert back["reason"].tolist() == ["", "no parallax"]
    assert back["candidate"].tolist() == [True, False]
    assert back["teff"].unit == "K"
    assert back["feh"].unit == "dex"
    assert back["teff"].info.description == "Effective temperature"
    assert back["candidate"].info.description == "It was chosen"
    assert back["age"].unit == "Gyr" and back["age"].description == "Age of the star"
    assert back.meta["RUN"] == "test" and back.meta["SIMULATD"] in (True, "True")


@pytest.mark.parametrize("suffix", [".fits", ".ecsv"])
def test_what_columns_say_goes_on_from_file_to_file(table, stamp, tmp_path, suffix):
    tables.write(table, tmp_path / f"a{suffix}", stamp)
    again = tables.read(tmp_path / f"a{suffix}", ["source_id", "age", "candidate"])
    again = again[again["candidate"]]
    tables.write(again, tmp_path / "b.fits", stamp)
    header = fits.getheader(tmp_path / "b.fits", 1)
    assert (header["TCOMM2"], header["TUNIT2"]) == ("Age of the star", "Gyr")
    assert header["TCOMM3"] == "It was chosen"


def test_the_fits_header_says_that_the_run_is_simulated(table, stamp, tmp_path):
    tables.write(table, tmp_path / "t.fits", stamp)
    assert fits.getheader(tmp_path / "t.fits", 1)["SIMULATD"] is True


@pytest.mark.parametrize("suffix", [".fits", ".ecsv"])
def test_the_same_table_gives_the_same_bytes(table, stamp, tmp_path, suffix):
    first, second = (tmp_path / x / f"t{suffix}" for x in "ab")
    tables.write(table, first, stamp)
    tables.write(table, second, stamp)
    assert first.read_bytes() == second.read_bytes()


def test_a_column_without_a_meaning_is_refused(table, stamp, tmp_path):
    table["mystery"] = 1.0
    with pytest.raises(InputError, match=r"t\.fits.*mystery"):
        tables.write(table, tmp_path / "t.fits", stamp)
    assert not list(tmp_path.iterdir())


def test_writing_leaves_the_table_of_the_caller_alone(table, stamp, tmp_path):
    tables.write(table, tmp_path / "t.fits", stamp)
    assert table["teff"].unit is None and table.meta == {}


def test_an_interrupted_write_leaves_nothing_behind(tmp_path):
    path = tmp_path / "t.fits"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        with tables.atomic(path) as part:
            part.write_text("half")
            raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("error", "free"), [(OSError(ENOSPC, "x"), 10**9), (OSError("70 requested"), 10)]
)
def test_a_full_disk_is_said_so(tmp_path, monkeypatch, error, free):
    usage = shutil.disk_usage(tmp_path)._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    said = "a.fits cannot be written: the disk is full.* after 0.5 MB"
    with pytest.raises(InputError, match=said), tables.atomic(tmp_path / "a.fits") as p:
        p.write_bytes(bytes(500_000))
        raise error
    assert list(tmp_path.iterdir()) == []


def test_other_errors_of_writing_are_not_about_the_disk(tmp_path):
    with pytest.raises(OSError, match="something"), tables.atomic(tmp_path / "a"):
        raise OSError("something")


def test_a_missing_column_is_named(table, stamp, tmp_path):
    tables.write(table, tmp_path / "t.fits", stamp)
    with pytest.raises(InputError, match=r"t\.fits lacks .*parallax"):
        tables.read(tmp_path / "t.fits", ["source_id", "parallax"])


def test_a_file_that_is_no_table_is_named(tmp_path):
    (tmp_path / "t.fits").write_text("<html>Service unavailable</html>")
    with pytest.raises(InputError, match=r"t\.fits cannot be read"):
        tables.read(tmp_path / "t.fits")


def test_masked_values_are_written_as_nulls(stamp, tmp_path):
    table = Table({"teff": [1.0, 2.0], "reason": ["a", "b"]}, masked=True)
    table["teff"].mask = table["reason"].mask = [False, True]
    tables.write(table, tmp_path / "t.fits", stamp)
    back = tables.read(tmp_path / "t.fits")
    assert np.isnan(back["teff"][1]) and back["reason"][1] == ""


def test_a_masked_identifier_is_refused(stamp, tmp_path):
    table = Table({"source_id": [1, 2]}, masked=True)
    table["source_id"].mask = [False, True]
    with pytest.raises(InputError, match="source_id"):
        tables.write(table, tmp_path / "t.fits", stamp)


@pytest.mark.parametrize("suffix", [".fits", ".ecsv"])
def test_an_empty_table_is_a_table(table, stamp, tmp_path, suffix):
    tables.write(table[:0], tmp_path / f"t{suffix}", stamp)
    back = tables.read(tmp_path / f"t{suffix}")
    assert len(back) == 0 and back.colnames == table.colnames


def test_only_a_file_is_replaced_by_one(tmp_path):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    for name in ("folder", "fifo"):
        with pytest.raises(InputError, match=f"{name} is not a regular file"):
            tables.write_text(tmp_path / name, "words")
    assert (tmp_path / "fifo").is_fifo() and len(list(tmp_path.iterdir())) == 2
