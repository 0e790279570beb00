"""Identifiers that have been through a real number."""

from decimal import Decimal

import numpy as np
import pytest

from mdwarfs.catalogues.identifiers import integers
from mdwarfs.catalogues.rounded import n_beside, rounding
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
        integers(ids, "source_id")
    with pytest.raises(InputError, match="source_id has been through a real number"):
        integers(ids.astype(str), "source_id")


def test_a_spreadsheet_leaves_fifteen_digits():
    ids = [int(f"{x:.14e}".replace(".", "")[:15]) * 10 ** (len(str(x)) - 15)
           for x in gaia(6)]  # fmt: skip
    assert rounding(ids) == "all 6 end in 3 zeros or more"


def test_what_printed_reals_leave_is_noticed():
    ids = [int(Decimal(f"{x:.16e}")) for x in gaia(20) if x > 10**18]  # 17 digits
    assert rounding(ids) == f"all {len(ids)} end in 2 zeros or more"


def test_what_a_double_holds_is_noticed_where_all_end_in_binary_zeros():
    small = gaia(40) % 2**57  # a double is finer there than Gaia's empty bits
    assert rounding(small) == rounding(small.astype(float)) == ""
    assert rounding(small // 1024 * 1024) == "all 40 are multiples of 1024"
    assert rounding(small[:5] // 1024 * 1024) == ""  # these may be so by accident


def test_rounded_identifiers_lie_beside_the_right_ones():
    ids = gaia(1000)
    rounded = ids.astype(float).astype(np.int64)
    lost = np.sum(rounded != ids)
    assert lost > 300
    assert n_beside(rounded, ids) == n_beside(ids, rounded) == lost
    assert n_beside(ids, gaia(1000, 2)) == n_beside(ids, ids) == n_beside(ids, []) == 0
    mixed = np.where(np.arange(1000) < 50, rounded, ids)  # of some rows alone
    assert rounding(mixed) == "" and 10 < n_beside(mixed, ids) <= 50
    assert n_beside([1, 2], [3, 4]) == 0


def test_what_a_double_holds_exactly_says_nothing():
    assert rounding(np.arange(1000) * 1000) == ""  # identifiers of SDSS, all in 2**53
    assert rounding([0, 0, 0, 0]) == rounding([]) == ""
    ids, _ = integers(gaia(100), "source_id")
    np.testing.assert_array_equal(ids, gaia(100))
