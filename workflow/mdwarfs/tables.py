"""Reading and writing the workflow's tables.

Every column carries a unit and a description (`mdwarfs.columns`), every file says
which run made it and whether that run is simulated, and writing is atomic: a file is
either whole or not there. The same table gives the same bytes.
"""

import os
import warnings
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from astropy.table import Table
from astropy.units import UnitsWarning

from mdwarfs.columns import describe
from mdwarfs.errors import InputError


@contextmanager
def atomic(path):
    """Give a temporary path beside `path`; rename it to `path` if all went well.

    Parameters
    ----------
    path : path-like
        The file to write; missing folders are made.

    Yields
    ------
    Path
        Where to write. It keeps the suffixes of `path`, so that writers which look
        at them choose the same format.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".part-{os.getpid()}-{path.name}")
    try:
        yield part
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def write(table, path, stamp):
    """Write a table as FITS or ECSV, by the suffix of the path.

    Parameters
    ----------
    table : astropy.table.Table
        Its columns must be in the vocabulary of `mdwarfs.columns`, or carry a
        description of their own. Floats are null where NaN, strings where empty.
    path : path-like
        Ends in .fits or .ecsv.
    stamp : dict
        `run` (name) and `simulated` (bool); they go into the header.

    Raises
    ------
    InputError
        If a column has no description, or the suffix is not known.
    """
    path = Path(path)
    table = describe(table.copy(copy_data=False))
    table.meta = {**table.meta, **header(stamp)}
    with atomic(path) as part, warnings.catch_warnings():
        warnings.simplefilter("ignore", UnitsWarning)
        if path.suffix == ".fits":
            table.write(part, format="fits", overwrite=True)
        elif path.suffix == ".ecsv":
            table.write(part, format="ascii.ecsv", overwrite=True)
        else:
            raise InputError(f"{path}: tables are written as .fits or .ecsv")


def read(path, columns=None):
    """Read a table that `write` made.

    Parameters
    ----------
    path : path-like
        A .fits or .ecsv file.
    columns : sequence of str, optional
        Columns that must be there; the table holds these alone. Default: all.

    Returns
    -------
    astropy.table.Table
        Strings as str; floats that are null as NaN, unmasked.

    Raises
    ------
    InputError
        If the file is missing or unreadable, or lacks one of `columns`.
    """
    path = Path(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UnitsWarning)
            if path.suffix == ".ecsv":
                table = Table.read(path, format="ascii.ecsv")
            else:
                table = Table.read(
                    path, format="fits", character_as_bytes=False, mask_invalid=False
                )
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read as a table: {error}") from error
    for name in table.colnames:
        column = table[name]
        if column.dtype.kind == "f" and hasattr(column, "mask"):
            table[name] = column.filled(np.nan)
        elif column.dtype.kind == "U" and hasattr(column, "mask"):
            table[name] = column.filled("")
    if columns is None:
        return table
    missing = [name for name in columns if name not in table.colnames]
    if missing:
        raise InputError(f"{path} lacks the column(s) {', '.join(missing)}")
    return table[list(columns)]


def header(stamp):
    """Header keywords that say which run made a file, and whether it is simulated."""
    return {"RUN": stamp["run"], "SIMULATD": bool(stamp["simulated"])}
