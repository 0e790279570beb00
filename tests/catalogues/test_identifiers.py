"""Identifiers of archives: exact, missing, bad in single rows, and of no use at all."""

import logging

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.catalogues.identifiers import identifiers, integers
from mdwarfs.catalogues.nulls import cards, from_cards
from mdwarfs.errors import InputError

LARGE = 3122834441337513729
SOUND = [str(LARGE + k) for k in range(20)]


def read(values, **options):
    rows = Table({"gaia_id": np.ma.asarray(values)})
    found, lost = identifiers(rows, {"source_id": "gaia_id"}, **options)
    return found["source_id"].tolist(), lost


def test_they_stay_exact_and_what_is_missing_is_0():
    ids, bad = integers([f" {LARGE} ", "0", "", "null", "12", "-9999", "--"], "id")
    assert list(ids) == [LARGE, 0, 0, 0, 12, 0, 0] and not bad.any()
    ids, bad = integers(np.array([LARGE, -1, -999, 0]), "id")
    assert list(ids) == [LARGE, 0, 0, 0] and not bad.any()
    masked = np.ma.array([LARGE, 7], mask=[False, True])
    assert list(integers(masked, "id")[0]) == [LARGE, 0]


def test_single_bad_rows_are_counted_with_their_reason(caplog):
    with caplog.at_level(logging.WARNING):
        ids, lost = read([*SOUND, "Gaia 7", "9" * 20, ""])
    assert ids == [*map(int, SOUND), 0, 0, 0]
    (one,) = lost
    assert str(one) == "2 of 22 source_id: no identifier, such as 'Gaia 7'"
    assert str(one) in caplog.text and not one.is_fill
    assert from_cards(cards(lost)) == lost


@pytest.mark.parametrize("word", ["4.47e18", "4.47E+18", "4470000000000000000.0"])
def test_texts_of_reals_are_refused_with_column_and_value(word):
    text = rf"21 of 21 values of gaia_id .* first is '{word}', a real number".replace(
        "+", r"\+"
    )
    with pytest.raises(InputError, match=text):
        read([word] * 21)
    _, lost = read([*SOUND, word])  # one of many is a bad row
    assert lost[0].n == 1


def test_a_column_of_something_else_is_refused():
    with pytest.raises(InputError, match="12 of 32 .* 'M4', no number"):
        read([*SOUND, *["M4"] * 12])
    with pytest.raises(InputError, match="1 of 1 values of gaia_id"):
        read(["M4"])


@pytest.mark.parametrize(
    "values", [np.array([3.1e18]), np.ma.array([3.1e18, 1], mask=[False, True])]
)
def test_reals_are_refused(values):
    with pytest.raises(InputError, match="gaia_id are reals"):
        read(values)


def test_rows_of_which_none_has_the_key_are_refused_and_no_rows_are_not():
    assert read(np.zeros(3, int)) == ([0, 0, 0], [])
    with pytest.raises(InputError, match="none of 3 rows has an identifier in gaia_id"):
        read(np.zeros(3, int), keys=["source_id"])
    assert read(np.zeros(0, int), keys=["source_id"]) == ([], [])
