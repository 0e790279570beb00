import numpy as np
import pytest

from mdwarfs.catalogues.nulls import identifier, real, text
from mdwarfs.errors import InputError

LARGE = 3122834441337513729


def test_reals():
    values = [1.5, np.nan, np.inf, 1e20, -9999, -9999.99, -9989]
    expected = [1.5, np.nan, np.nan, np.nan, np.nan, np.nan, -9989]
    np.testing.assert_array_equal(real(values, -9990), expected)
    np.testing.assert_array_equal(real([-9999.0]), [-9999])
    masked = np.ma.array([1.0, 2.0], mask=[False, True])
    np.testing.assert_array_equal(real(masked), [1, np.nan])
    assert real(np.array([1], ">f4")).dtype == np.float64


def test_texts():
    assert list(text([b"STAR  ", b"UNKNOWN"])) == ["STAR", ""]
    assert list(text(["M4 ", "null", "  "])) == ["M4", "", ""]
    assert list(text(np.ma.array(["AAA", "BBB"], mask=[True, False]))) == ["", "BBB"]


def test_identifiers_stay_exact():
    ids, n_bad = identifier([f" {LARGE} ", "0", "", "null", "12"], "id")
    assert list(ids) == [LARGE, 0, 0, 0, 12] and n_bad == 0
    ids, n_bad = identifier(np.array([LARGE, -1, -999, 0]), "id")
    assert list(ids) == [LARGE, 0, 0, 0] and n_bad == 0
    masked = np.ma.array([LARGE, 7], mask=[False, True])
    assert list(identifier(masked, "id")[0]) == [LARGE, 0]


def test_texts_that_are_no_identifiers_are_counted():
    ids, n_bad = identifier(["3.12e18", "Gaia 7", "99999999999999999999", "5"], "id")
    assert list(ids) == [0, 0, 0, 5] and n_bad == 3


def test_identifiers_that_were_reals_are_refused():
    with pytest.raises(InputError, match="source_id are reals"):
        identifier(np.array([3.1e18]), "source_id")
