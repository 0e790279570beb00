"""The paper's own catalogue of FGK+M pairs, its Table 3."""

import numpy as np
from numpy.typing import ArrayLike

from mdwarfs.simulation.files.columns.layout import read_layouts
from mdwarfs.simulation.files.fits_table import (
    primary_header,
    records,
    table_hdu,
    write_file,
)
from mdwarfs.types import PathLike

NULLS = {"text": "", "int": 0, "float": np.nan, "bool": False, "bits": 0}


def write_paper_pairs(path: PathLike, columns: dict[str, ArrayLike]) -> None:
    """Write pairs in the form of `LAMOST_FGK_BOSS_M_dwarfs.fits`.

    Parameters
    ----------
    columns : each of shape (n,)
        By the names that the paper prints (`source_id1`, `FeH_niu`, ...).

    Raises
    ------
    InputError
        If a column is not in the paper's list.
    """
    (layout,) = read_layouts("LAMOST_FGK_BOSS_M_dwarfs")
    rows = records(layout, columns, NULLS)
    write_file(path, [primary_header(), table_hdu(layout, rows)])
