"""The catalogue of wide binaries of El-Badry, Rix & Heintz (2021)."""

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

# The file masks nothing: 1e20 stands for a missing real, 0 for a missing identifier
# (both seen in its rows).
NULLS = {"text": "", "int": 0, "float": np.float32(1e20), "bool": False, "bits": 0}


def write_catalogue(path: PathLike, columns: dict[str, ArrayLike]) -> None:
    """Write pairs in the format of `all_columns_catalog.fits.gz`.

    Parameters
    ----------
    columns : each of shape (n,)
        By the file's column names (`source_id1`, `ruwe2`, `sep_AU`, ...).

    Raises
    ------
    InputError
        If a column is not in the format.
    """
    (layout,) = read_layouts("all_columns_catalog")
    rows = records(layout, columns, NULLS)
    write_file(path, [primary_header(), table_hdu(layout, rows)])
