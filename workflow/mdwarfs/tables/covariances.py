"""Covariances of labels as columns, one for each two labels."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from astropy import units as u
from astropy.table import Table

from mdwarfs.tables.columns import meaning


def covariance_columns(
    names: Sequence[str], covariance: np.ndarray, prefix: str, text: str
) -> Table:
    """The covariances of n stars' labels; the variances are the squares of the errors.

    Parameters
    ----------
    names : length d
        Labels, in the order of the matrices.
    covariance : shape (n, d, d)
    prefix
        Of the columns' names, before those of the two labels.
    text
        Description, in which {a} and {b} are replaced by the two.

    Returns
    -------
    table
        d (d - 1) / 2 columns, such as covariance_feh_teff.
    """
    table = Table()
    for (i, a), (j, b) in combinations(enumerate(names), 2):
        column = f"{prefix}_{a}_{b}"
        table[column] = covariance[:, i, j]
        units = [(meaning(name) or ("",))[0] for name in (a, b)]
        table[column].info.unit = u.Unit(units[0]) * u.Unit(units[1])
        table[column].info.description = text.format(a=a, b=b)
    return table
