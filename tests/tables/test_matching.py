import numpy as np
import pytest

from mdwarfs.tables.matching import best_of_each, match


def test_each_identifier_is_found_where_it_stands():
    reference = np.array([30, 10, 20])
    assert match([10, 20, 30, 40], reference).tolist() == [1, 2, 0, -1]


def test_nulls_never_match():
    assert match([0, -1, 5], np.array([0, 0, -1, 5])).tolist() == [-1, -1, 3]


def test_neighbouring_64_bit_identifiers_are_told_apart():
    big = 2**61 + 1
    assert match([big], np.array([big - 1, big + 1, big])).tolist() == [2]


def test_identifiers_that_went_through_a_float_are_refused():
    with pytest.raises(TypeError, match="integers"):
        match(np.array([1.0]), np.array([1]))


def test_a_repeated_reference_is_refused():
    with pytest.raises(ValueError, match="7 occurs more than once"):
        match([1], np.array([7, 3, 7]))


def test_nothing_matches_an_empty_reference():
    assert match([1, 2], np.array([], int)).tolist() == [-1, -1]


def test_the_best_row_of_each_identifier():
    ids = [5, 3, 5, 3, 9]
    rows, count = best_of_each(ids, [1.0, np.nan, 4.0, 2.0, np.nan])
    assert rows.tolist() == [2, 3, 4]
    assert count.tolist() == [2, 2, 1]


def test_ties_go_to_the_earlier_row():
    rows, _ = best_of_each(["a", "a", "b"], [1.0, 1.0, 0.0])
    assert rows.tolist() == [0, 2]
