"""Simulated stars, one below the other."""

from collections.abc import Sequence

import numpy as np
from astropy.table import Table


def stacked(tables: Sequence[Table]) -> Table:
    """Tables of the same columns, one below the other.

    The columns of simulated stars say nothing of themselves: astropy's `vstack` would
    look for it, and take longer for that than the stars take to be drawn.
    """
    first, *_ = tables
    return Table(
        {
            name: np.concatenate([np.asarray(table[name]) for table in tables])
            for name in first.colnames
        }
    )
