import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.samples.split import split_sample

SIZES = {"train": 870, "test": 250}


def labels(n):
    source_id = np.random.default_rng(0).permutation(10 * n)[:n] + 1
    table = Table({"source_id": source_id, "sdss_id": source_id + 7})
    table["labelled"] = np.ones(n, bool)
    return table


def roles(stars):
    return dict(zip(stars["source_id"].tolist(), stars["role"].tolist()))


def test_the_paper_s_sample_is_divided_as_in_the_paper():
    found = split_sample(labels(1120), SIZES, 1)
    assert np.sum(found["role"] == "train") == 870
    assert np.sum(found["role"] == "test") == 250
    assert len(set(found["source_id"])) == 1120


@pytest.mark.parametrize("n, n_test", [(1112, 248), (112, 25), (10, 2), (3, 1)])
def test_another_sample_is_divided_in_the_same_proportion(n, n_test):
    assert np.sum(split_sample(labels(n), SIZES, 1)["role"] == "test") == n_test


def test_the_division_does_not_depend_on_the_order_of_the_rows():
    table = labels(100)
    assert roles(split_sample(table[::-1], SIZES, 1)) == roles(
        split_sample(table, SIZES, 1)
    )


def test_the_division_depends_on_the_seed():
    table = labels(100)
    assert roles(split_sample(table, SIZES, 1)) == roles(split_sample(table, SIZES, 1))
    assert roles(split_sample(table, SIZES, 1)) != roles(split_sample(table, SIZES, 2))


def test_test_stars_are_spread_over_the_sample():
    """Drawn at random, not cut off at one end: their mean rank is near the middle."""
    rank = np.flatnonzero(split_sample(labels(1120), SIZES, 1)["role"] == "test")
    assert np.mean(rank) == pytest.approx(560, abs=4 * 1120 / np.sqrt(12 * 250))


def test_stars_without_all_labels_are_left_out():
    table = labels(20)
    table["labelled"][::2] = False
    found = split_sample(table, SIZES, 1)
    assert set(found["source_id"]) == set(table["source_id"][1::2])
    assert np.array_equal(found["sdss_id"], found["source_id"] + 7)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_too_few_stars_are_refused(n):
    with pytest.raises(InputError, match=f"{n} labelled stars cannot be divided"):
        split_sample(labels(n), SIZES, 1)
