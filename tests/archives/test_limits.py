"""How much an answer may have, and what a size and a number of rows may be."""

import math

import pytest

from mdwarfs.archives.checks import check_rows
from mdwarfs.archives.patience import Transient
from mdwarfs.archives.settings import source_of
from mdwarfs.archives.transfer import content_length, retry_after
from mdwarfs.config import read_config
from mdwarfs.errors import InputError


@pytest.fixture
def archives(root):
    """The section of config/dr19.yaml."""
    return read_config([root / "config" / "dr19.yaml"])["archives"]


def test_an_exact_size_leaves_little_room_and_a_rough_one_much(limits):
    exact = limits.of({"kind": "hdf5", "bytes": 727_902_836, "megabytes": 728})
    assert 727_902_836 < exact.largest < 1.05 * 727_902_836
    rough = limits.of({"kind": "fits", "megabytes": 70})
    assert rough.largest > 5 * 70e6
    # A packed table that is unpacked on the way is a few times as large.
    packed = limits.of({"kind": "table", "bytes": 1_151_416_719, "megabytes": 1151})
    assert packed.largest > 3 * 1_151_416_719
    assert limits.largest == math.inf and exact.attempts == limits.attempts


def test_every_answer_to_the_real_run_is_capped(archives, limits):
    for key, entry in archives["inputs"].items():
        for route in {"download", "query"} & entry.keys():
            largest = limits.of(source_of(archives, key, route)).largest
            assert 1e6 < largest < 2e10, (key, route)


def test_every_script_that_fetches_caps_what_comes(root):
    scripts = list((root / "scripts").glob("retrieve_*.py"))
    asking = [path.read_text() for path in scripts if "Limits(" in path.read_text()]
    capped = [text for text in asking if ").of(" in text]
    of_library = "deliver_file(", "fetch_listed(", "deliver_member("
    by_the_library = [text for text in asking if any(x in text for x in of_library)]
    assert len(capped) + len(by_the_library) >= len(asking) > 8


@pytest.mark.parametrize(
    ("said", "size"), [(None, None), ("0", 0), ("12", 12), ("12, 12", 12)]
)
def test_a_size_is_what_an_answer_says(said, size):
    assert content_length(said) == size


@pytest.mark.parametrize("said", ["abc", "-12", "", "12, 13", "1e3", "\u0661"])
def test_a_size_that_is_none_is_a_broken_answer(said):
    with pytest.raises(Transient, match="broken answer: its Content-Length is"):
        content_length(said)


@pytest.mark.parametrize("n_rows", [0, 9, 21])
def test_a_certain_number_of_rows_is_an_error(n_rows):
    with pytest.raises(InputError, match=f"has {n_rows} rows"):
        check_rows(n_rows, {"rows": [10, 20]})
    assert check_rows(15, {"rows": [10, 20]}) == []


def test_an_uncertain_number_of_rows_is_a_warning_and_none_an_error(caplog):
    expected = {"rows_expected": [10, 20]}
    assert check_rows(15, expected) == [] and not caplog.text
    words = "the table has 21 rows, 10 to 20 were expected"
    assert check_rows(21, expected) == [words] and words in caplog.text
    with pytest.raises(InputError, match="has 0 rows"):
        check_rows(0, expected)


@pytest.mark.parametrize(
    ("said", "wait"),
    [("12", 12), (" 7 ", 7), ("\u00b2", 0), ("\u0661", 0), ("soon", 0)],
)
def test_a_wait_is_a_number_in_plain_digits(said, wait):
    assert retry_after(said) == wait
