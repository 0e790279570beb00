"""Identifiers that were stored as real numbers and lost their last digits.

A double keeps 53 bits, a single 24, a spreadsheet 15 decimal digits. The result is a
whole number of the right size again, but of hardly any star. A single value shows
nothing. A column does, because all its values end in binary or decimal zeros; and
another table with the right identifiers of the same stars has one close to each.
"""

import numpy as np
from numpy.typing import ArrayLike

EXACT = 2**53  # a double holds every whole number up to here
OF_GAIA = 7  # bits of a component number at the end, which are 0 of nearly all
ACCIDENT = 1e-8  # so rarely is a sound column taken for a rounded one
BESIDE = 5000  # what 15 decimal digits, or a double, take off an identifier of Gaia


def rounding(ids: ArrayLike) -> str:
    """How identifiers have been rounded; empty if nothing says so.

    Parameters
    ----------
    ids : int64, shape (n,)
        Numbers up to 2**53 say nothing and are passed over.

    Returns
    -------
    words
        Such as "all 870 are multiples of 512". Identifiers are taken for rounded if
        they all end in binary zeros (beyond the 7 of Gaia's), in the zeros that doubles
        of their size have, or in decimal zeros, and a sound column would do so with a
        probability below 1e-8.
    """
    ids = np.unique(np.asarray(ids, np.int64))
    ids = ids[ids > EXACT]
    if not len(ids):
        return ""
    decimal = _zeros(ids, 10)
    if _is_no_accident(len(ids) * decimal, 5):  # of even numbers, one in five ends in 0
        return f"all {len(ids)} end in {decimal} zeros or more"
    binary = _zeros(ids, 2)
    if _is_no_accident(len(ids) * (binary - OF_GAIA), 2):
        return f"all {len(ids)} are multiples of {2**binary}"
    of_doubles = np.log2(np.spacing(ids.astype(float))).astype(int)
    coarse, of_doubles = ids[of_doubles > OF_GAIA], of_doubles[of_doubles > OF_GAIA]
    sound = np.any(coarse % 2**of_doubles)
    if not sound and _is_no_accident(np.sum(of_doubles - OF_GAIA), 2):
        least = 2 ** of_doubles.min()
        return f"all {len(coarse)} are multiples of {least}, as doubles are"
    return ""


def n_beside(ids: ArrayLike, reference: ArrayLike) -> int:
    """How many identifiers are not in a list, but nearly: one of the two was rounded.

    Those of two stars are so close only if they are neighbours in the sky and in Gaia's
    running number; more than a few of a table are not.

    Parameters
    ----------
    ids, reference : int64, shapes (n,) and (m,)
        Numbers up to 2**53 are passed over.
    """
    ids, reference = (np.unique(np.asarray(x, np.int64)) for x in (ids, reference))
    ids, reference = ids[ids > EXACT], reference[reference > EXACT]
    if not len(reference):
        return 0
    ids = ids[~np.isin(ids, reference)]
    place = np.searchsorted(reference, ids)
    beside = [reference[np.clip(place - k, 0, len(reference) - 1)] for k in (0, 1)]
    return int(np.sum(np.min([np.abs(ids - x) for x in beside], axis=0) <= BESIDE))


def _zeros(ids, base):
    """In how many zeros all identifiers end."""
    n = 0
    while not np.any(ids % base ** (n + 1)):
        n += 1
    return n


def _is_no_accident(digits, base):
    """Whether so many digits are 0 more rarely than an accident happens."""
    return -digits * np.log(base) < np.log(ACCIDENT)
