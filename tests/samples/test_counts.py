import numpy as np
import pytest

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.samples.counts import count_cuts, require_stars

STAGES = [("all", "Everything", 10), ("some", "Some of it", 4)]


def table():
    first = np.array([True, True, False, False])
    second = np.array([True, False, False, True])
    return count_cuts(STAGES, [("a", "First", first), ("b", "Second", second)])


def test_what_each_cut_removes_alone_and_in_sequence():
    assert table()["n_alone"].tolist() == [0, 6, 2, 2]
    assert table()["n_removed"].tolist() == [0, 6, 2, 1]
    assert table()["n_left"].tolist() == [10, 4, 2, 1]


def test_the_order_of_cuts_matters_in_sequence_only():
    keep, drop = np.array([True] * 4), np.array([False] * 4)
    one = count_cuts(STAGES, [("a", "", drop), ("b", "", drop), ("c", "", keep)])
    assert one["n_removed"].tolist()[2:] == [4, 0, 0]
    assert one["n_alone"].tolist()[2:] == [4, 4, 0]


def test_stages_alone_are_counts_too():
    assert count_cuts(STAGES, [])["n_left"].tolist() == [10, 4]


def test_verdicts_on_another_sample_are_refused():
    with pytest.raises(ValueError, match="cut a: 3 verdicts, 4 members"):
        count_cuts(STAGES, [("a", "First", np.ones(3, bool))])


def test_the_table_survives_a_file(tmp_path, stamp):
    tables.write(table(), tmp_path / "counts.ecsv", stamp)
    again = tables.read(tmp_path / "counts.ecsv")
    assert again["n_alone"].tolist() == [0, 6, 2, 2]
    assert again["cut"].tolist() == ["all", "some", "a", "b"]


def test_a_step_that_leaves_nothing_stops_there_with_the_numbers():
    require_stars(table(), "star", "the cuts")
    none = np.zeros(4, bool)
    counts = count_cuts(
        STAGES, [("a", "First", ~none), ("b", "Second", none), ("c", "", none)]
    )
    said = (
        "no star is left after the step b: Everything, 10; Some of it, 4; First, 4; "
        "Second, 0. See the cuts"
    )
    with pytest.raises(InputError, match=said):
        require_stars(counts, "star", "the cuts")
