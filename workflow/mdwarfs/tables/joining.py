"""Taking the rows of one table in the order of another."""

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.tables.tabulate import hand_on


def lookup(table: Table, index: ArrayLike) -> Table:
    """Rows of a table in a given order, some of them empty.

    Parameters
    ----------
    index : int, shape (n,)
        Row numbers, as `mdwarfs.tables.matching.match` gives them; -1 gives a row of
        nulls: NaN, 0, False or an empty string.

    Returns
    -------
    out
        n rows, with the columns of `table` and what they say of themselves.
    """
    index = np.asarray(index)
    out = Table()
    for name in table.colnames:
        values = np.asarray(table[name])
        null = np.nan if values.dtype.kind == "f" else values.dtype.type()
        row = np.full((1, *values.shape[1:]), null, values.dtype)
        out[name] = np.concatenate([values, row])[index]
        hand_on(table[name], out[name])
    return out
