"""Identifiers that have been through a real number and lost their last digits.

A double keeps 53 bits, a single 24, a spreadsheet 15 decimal digits. What comes out is
a whole number again, of the right size, and of nearly no star. No single one betrays
itself; a column does, since all of them end in zeros, binary or decimal.
"""

import numpy as np
from numpy.typing import ArrayLike

EXACT = 2**53  # a double holds every whole number up to here
OF_GAIA = 128  # its identifiers end in a component number, which is 0 of nearly all
ACCIDENT = 1e-9  # so rarely is a sound column taken for a rounded one
DECIMAL = 1000  # what no column of identifiers is a multiple of by accident
FEWEST = 4  # so many of them, at least


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
        they all are multiples of what the last binary digit of a double of their size
        stands for (those of Gaia are multiples of 128 by themselves), and a sound
        column would be so with a probability below 1e-9; or if they all, and at least
        4, end in three decimal zeros.
    """
    ids = np.unique(np.asarray(ids, np.int64))
    ids = ids[ids > EXACT]
    if len(ids) >= FEWEST and np.all(ids % DECIMAL == 0):
        return f"all {len(ids)} end in {len(str(DECIMAL)) - 1} zeros or more"
    spacing = np.spacing(ids.astype(float)).astype(np.int64)
    told, spacing = ids[spacing > OF_GAIA], spacing[spacing > OF_GAIA]
    chance = np.sum(np.log(OF_GAIA / spacing))
    if len(told) and np.all(told % spacing == 0) and chance < np.log(ACCIDENT):
        return f"all {len(told)} are multiples of {spacing.min()}, as doubles are"
    return ""
