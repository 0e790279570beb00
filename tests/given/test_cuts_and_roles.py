import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.given.cuts import criterion, failures, holds, select
from mdwarfs.given.roles import identities, roles, stars_of

SIZES = {"train": 3, "test": 1}


@pytest.fixture
def table():
    return Table({"snr": [10.0, 40.0, np.nan, 90.0], "type": ["M0", "G5", "", "K7"]})


@pytest.mark.parametrize(
    ("cut", "passes"),
    [
        ({"column": "snr", "above": 40}, [0, 0, 0, 1]),
        ({"column": "snr", "at_least": 40}, [0, 1, 0, 1]),
        ({"column": "snr", "below": 40}, [1, 0, 0, 0]),
        ({"column": "snr", "at_most": 40}, [1, 1, 0, 0]),
        ({"column": "snr", "in": [10, 90]}, [1, 0, 0, 1]),
        ({"column": "snr", "finite": True}, [1, 1, 0, 1]),
        ({"column": "type", "starts_with": ["M", "K"]}, [1, 0, 0, 1]),
        ({"column": "type", "not_in": ["G5"]}, [1, 0, 1, 1]),
        ({"column": "type", "finite": True}, [1, 1, 0, 1]),
    ],
)
def test_conditions_hold_where_they_say(table, cut, passes):
    found = holds(cut, np.asarray(table[cut["column"]]))
    np.testing.assert_array_equal(found, np.array(passes, bool))


def test_rows_that_are_selected_are_counted(table):
    rows, counts = select(
        table, [{"column": "snr", "finite": True}, {"column": "snr", "above": 20}]
    )
    assert list(rows) == [1, 3]
    assert list(counts["n_removed"]) == [0, 1, 1]
    assert list(counts["n_left"]) == [4, 3, 2]
    assert criterion({"column": "type", "not_in": ["a", "b"]}) == "type not in a, b"


def test_every_failure_has_its_words(table):
    found = failures(
        table,
        [
            {"column": "snr", "above": 40},
            {"column": "type", "starts_with": ["M"], "reason": "no M dwarf"},
        ],
    )
    assert found == [
        ["snr 10 is not above 40"],
        ["snr 40 is not above 40", "no M dwarf"],
        ["snr is not known", "no M dwarf"],
        ["no M dwarf"],
    ]


def test_a_text_is_not_compared_as_a_number(table):
    with pytest.raises(InputError, match="type holds text"):
        holds({"column": "type", "above": 3}, np.asarray(table["type"]))


SINGLE = np.array([0.1, 0.7, 40], "f4").astype(float)
"""As a column in single precision is read."""


@pytest.mark.parametrize(
    ("values", "cut", "passes"),
    [
        (SINGLE, {"in": [0.1, 40]}, [1, 0, 1]),
        (SINGLE, {"not_in": [0.7]}, [1, 0, 1]),
        (SINGLE, {"at_least": 0.7}, [0, 1, 1]),
        (SINGLE, {"above": 0.1}, [0, 1, 1]),
        (SINGLE, {"at_most": 0.1}, [1, 0, 0]),
        (SINGLE, {"in": ["0.1"]}, [1, 0, 0]),
        (np.array([2**53 + 1, 2**53, 7]), {"in": [2**53 + 1, "7"]}, [1, 0, 1]),
        (np.array([16777216.0, 16777217.0]), {"in": [16777217]}, [0, 1]),
        (np.array(["1", "1.0", "one"]), {"in": [1, "one"]}, [1, 1, 1]),
        (np.array(["M0", "3"]), {"not_in": [3, "K7"]}, [1, 0]),
    ],
)
def test_a_value_is_the_same_however_it_is_stored(values, cut, passes):
    found = holds({"column": "x"} | cut, values)
    np.testing.assert_array_equal(found, np.array(passes, bool))


def test_a_number_is_not_compared_with_a_word():
    with pytest.raises(InputError, match="in: 'M' is not a number, but the column x"):
        holds({"column": "x", "in": [3, "M"]}, SINGLE)


def test_roles_that_folds_would_ignore_are_refused():
    given, labelled = ["train", "test", "", "test"], np.array([True, True, True, False])
    words = r"1 labelled rows have the role test \(the first is row 12\)"
    with pytest.raises(InputError, match=words):
        roles(given, labelled, np.zeros(4, int), 3, SIZES, 1, 10 + np.arange(4))
    given[1] = "train"
    role, _ = roles(given, labelled, np.zeros(4, int), 3, SIZES, 1)
    assert list(role) == ["train"] * 3 + ["predict"]


def test_rows_get_identifiers_of_their_own_where_they_have_none():
    assert list(identities([7, 7, 0, 9, 4])) == [1, 2, 3, 9, 4]
    assert list(identities([2, 0, 5])) == [2, 1, 5]
    assert len(set(identities([0] * 5 + [3, 3, 1]).tolist())) == 8


def test_rows_of_one_star_share_fold_and_role():
    star_id = np.array([5, 6, 5, 0, 0, 8, 9, 6])
    assert list(stars_of(star_id)) == [0, 1, 0, 2, 3, 4, 5, 1]
    given, labelled = np.full(8, ""), np.ones(8, bool)
    role, fold = roles(given, labelled, star_id, "leave-one-out", SIZES, 1)
    assert set(role) == {"train"} and len(set(fold.tolist())) == 6
    assert fold[0] == fold[2] and fold[1] == fold[7]
    role, fold = roles(given, labelled, star_id, "split", SIZES, 1)
    assert role[0] == role[2] and role[1] == role[7] and set(fold) == {-1}
    assert set(role) == {"train", "test"}


def test_given_roles_are_kept_and_the_unfit_are_predicted():
    given = np.array(["train", "test", "", "train", "test"])
    labelled = np.array([True, True, False, True, False])
    role, fold = roles(given, labelled, np.zeros(5, int), "split", SIZES, 1)
    assert list(role) == ["train", "test", "predict", "train", "predict"]
    with pytest.raises(InputError, match="no labelled star has the role test"):
        roles(np.full(5, "train"), labelled, np.zeros(5, int), "split", SIZES, 1)


def test_too_few_stars_for_the_folds_are_named():
    labelled = np.array([True, True, False])
    with pytest.raises(InputError, match="2 stars .* 3 folds"):
        roles(np.full(3, ""), labelled, np.zeros(3, int), 3, SIZES, 1)
    with pytest.raises(InputError, match="no star is fit"):
        roles(np.full(3, ""), ~labelled & False, np.zeros(3, int), 3, SIZES, 1)


def test_a_star_is_never_trained_on_and_a_test():
    labelled, star_id = np.ones(4, bool), [7, 7, 8, 9]
    with pytest.raises(
        InputError, match="row 1 has the role train and row 2 the role test"
    ):
        roles(["train", "test", "test", "train"], labelled, star_id, "split", SIZES, 1)
    for seed in range(20):
        given, ids = ["train", "", "test", ""], [7, 7, 8, 8]
        role, _ = roles(given, labelled, ids, "split", SIZES, seed)
        assert role.tolist() == ["train", "train", "test", "test"]
