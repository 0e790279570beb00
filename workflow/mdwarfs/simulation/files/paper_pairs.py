"""The paper's own catalogue of FGK+M pairs, its Table 3."""

import numpy as np

from mdwarfs.simulation.files.columns.layout import read_layouts
from mdwarfs.simulation.files.fits_table import (
    primary_header,
    records,
    table_hdu,
    write_file,
)

NULLS = {"text": "", "int": 0, "float": np.nan, "bool": False, "bits": 0}


def write_paper_pairs(path, columns):
    """Write pairs in the form of `LAMOST_FGK_BOSS_M_dwarfs.fits`.

    Parameters
    ----------
    path : path-like
    columns : dict of str to array_like, shape (n,)
        By the names that the paper prints (`source_id1`, `FeH_niu`, ...).

    Raises
    ------
    InputError
        If a column is not in the paper's list.
    """
    (layout,) = read_layouts("LAMOST_FGK_BOSS_M_dwarfs")
    rows = records(layout, columns, NULLS)
    write_file(path, [primary_header(), table_hdu(layout, rows)])
