"""Identifiers that have been through a real number."""

import numpy as np
import pytest

from mdwarfs.catalogues.nulls import identifier
from mdwarfs.catalogues.rounded import rounding
from mdwarfs.errors import InputError

PROXIMA = 5853498713190525696


def gaia(n, seed=1):
    """Identifiers as Gaia's: a HEALPix number, a running number, 7 empty bits."""
    rng = np.random.default_rng(seed)
    pixel = rng.integers(1, 12 * 4**12, n)
    return (pixel << 35) + (rng.integers(0, 2**20, n) << 7)


def test_those_of_gaia_are_sound_at_any_number():
    assert PROXIMA % 128 == 0
    assert rounding([PROXIMA]) == ""
    for n in (1, 5, 40, 5000):
        for seed in range(20):
            assert rounding(gaia(n, seed)) == ""


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_a_column_that_went_through_reals_is_noticed(kind):
    ids = gaia(100).astype(kind).astype(np.int64)
    assert "multiples" in rounding(ids)
    with pytest.raises(InputError, match="source_id has been through a real number"):
        identifier(ids, "source_id")
    with pytest.raises(InputError, match="source_id has been through a real number"):
        identifier(ids.astype(str), "source_id")


def test_a_spreadsheet_leaves_fifteen_digits():
    ids = [int(f"{x:.14e}".replace(".", "")[:15]) * 10 ** (len(str(x)) - 15)
           for x in gaia(6)]  # fmt: skip
    assert rounding(ids) == "all 6 end in 3 zeros or more"


def test_what_a_double_holds_exactly_says_nothing():
    assert rounding(np.arange(1000) * 1000) == ""  # identifiers of SDSS, all in 2**53
    assert rounding([0, 0, 0, 0]) == rounding([]) == ""
    ids, _ = identifier(gaia(100), "source_id")
    np.testing.assert_array_equal(ids, gaia(100))
