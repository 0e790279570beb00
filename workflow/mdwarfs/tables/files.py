"""Reading and writing the workflow's tables.

Every column carries a unit and a description, every file says which run made it and
whether that run is simulated, and writing is atomic: a file is either whole or not
there. The same table gives the same bytes. What columns say of themselves is read with
them.
"""

import os
import shutil
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from errno import EDQUOT, ENOSPC
from pathlib import Path
from socket import gethostname

import numpy as np
from astropy import units as u
from astropy.io import fits
from astropy.table import Column, Table

from mdwarfs.errors import InputError
from mdwarfs.tables.columns import describe
from mdwarfs.types import PathLike

LITTLE = 2**20  # of a disk, when it is full [bytes]


@contextmanager
def atomic(path: PathLike) -> Iterator[Path]:
    """Give a temporary path beside `path`; rename it to `path` if all went well.

    Parameters
    ----------
    path
        The file to write; missing folders are made.

    Yields
    ------
    path
        Where to write. It keeps the suffixes of `path`, so that writers which look
        at them choose the same format.

    Raises
    ------
    InputError
        If `path` is there and no file: a folder, a device, a socket. If the disk is
        full, with how much was written.
    """
    path = Path(path)
    if path.exists() and not path.is_file():
        raise InputError(f"{path} is no file, and is not replaced by one")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = part_of(path)
    try:
        yield part
        os.replace(part, path)
    except OSError as error:
        if not is_full(error, path.parent):
            raise
        size = part.stat().st_size / 1e6 if part.exists() else 0
        raise InputError(
            f"{path} cannot be written: the disk is full, or the quota used up, after "
            f"{size:.1f} MB of it. Make room and run again: what is finished is kept"
        ) from error
    finally:
        part.unlink(missing_ok=True)


def is_full(error: OSError, folder: Path) -> bool:
    """Whether a disk or a quota being full is why nothing could be written."""
    # NumPy and astropy say so in words, without the number
    little_left = shutil.disk_usage(folder).free < LITTLE
    return error.errno in (ENOSPC, EDQUOT) or little_left


def part_of(path: Path) -> Path:
    """Where `atomic` writes what is to be `path`: the name says whose it is."""
    return path.with_name(f".part-{os.getpid()}@{gethostname()}-{path.name}")


def require_writable(path: PathLike) -> None:
    """Refuse a path to which `atomic` could not write, before the work is done.

    Raises
    ------
    InputError
        If it is a folder, a device or the like, its folder is missing or read-only, or
        its name is too long or cannot be encoded.
    """
    path = Path(path)
    if not path.name or path.is_dir() or (path.exists() and not path.is_file()):
        raise InputError(f"{str(path)!r} is no name of a file")
    if not path.parent.is_dir():
        raise InputError(f"there is no folder {str(path.parent)!r}")
    try:
        part = part_of(path)
        part.open("wb").close()
        part.unlink()
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        why = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"nothing can be written to {str(path)!r}: {why}") from error


def write_text(path: PathLike, text: str) -> None:
    """Write a text file, whole or not at all."""
    with atomic(path) as part:
        part.write_text(text, encoding="utf-8")


def write(table: Table, path: PathLike, stamp: dict) -> None:
    """Write a table as FITS or ECSV, by the suffix of the path.

    Parameters
    ----------
    table
        Its columns must carry descriptions (`mdwarfs.tables.tabulate.annotate`), but
        for the names of `mdwarfs.tables.columns`. Floats are null where NaN, strings
        where empty.
    path
        Ends in .fits or .ecsv.
    stamp
        `run` (name) and `simulated` (bool); they go into the header.

    Raises
    ------
    InputError
        If a column has no description, or the suffix is not known.
    """
    path = Path(path)
    table = describe(table.copy(copy_data=False), path)
    table.meta = {**table.meta, **header(stamp)}
    with atomic(path) as part:
        if path.suffix == ".fits":
            fits.HDUList([fits.PrimaryHDU(), to_hdu(table)]).writeto(part)
        elif path.suffix == ".ecsv":
            table.write(part, format="ascii.ecsv")
        else:
            raise InputError(f"{path}: tables are written as .fits or .ecsv")


def to_hdu(table: Table, name: str | None = None) -> fits.BinTableHDU:
    """Make a FITS extension whose header carries units and descriptions.

    Units stand in TUNITn, also those that FITS does not know (dex), descriptions in
    TCOMMn, where TOPCAT and its like look for them.

    Parameters
    ----------
    name
        Name of the extension.
    """
    plain = Table(
        [np.asarray(filled(table[column])) for column in table.colnames],
        names=table.colnames,
        meta=table.meta,
    )
    hdu = fits.table_to_hdu(plain, name=name)
    for number, column in enumerate(table.colnames, start=1):
        info = table[column].info
        place = f"TFORM{number}"
        if info.description:
            hdu.header.set(f"TCOMM{number}", info.description, after=place)
        if info.unit is not None and str(info.unit):
            hdu.header.set(f"TUNIT{number}", fits_unit(info.unit), after=place)
    return hdu


def fits_unit(unit: u.UnitBase) -> str:
    """A unit as FITS writes it, or, where FITS lacks it, as astropy does."""
    try:
        return unit.to_string("fits")
    except ValueError:
        return str(unit)


def from_hdu(hdu: fits.BinTableHDU) -> Table:
    """Read what `to_hdu` made: strings as str, units and descriptions restored."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", u.UnitsWarning)  # dex is not a unit of FITS
        table = Table.read(hdu, character_as_bytes=False, mask_invalid=False)
    table.meta = {
        key: value
        for key, value in table.meta.items()
        if not key.startswith(("TCOMM", "TUNIT"))
    }
    for number, column in enumerate(table.colnames, start=1):
        info = table[column].info
        info.description = hdu.header.get(f"TCOMM{number}")
        unit = hdu.header.get(f"TUNIT{number}")
        info.unit = None if unit is None else u.Unit(unit, parse_strict="silent")
    return table


def read(path: PathLike, columns: Collection[str] | None = None) -> Table:
    """Read a table that `write` made.

    Parameters
    ----------
    path
        A .fits or .ecsv file.
    columns
        Columns that must be there; the table holds these alone. Default: all.

    Returns
    -------
    table
        Strings as str; floats that are null as NaN, unmasked.

    Raises
    ------
    InputError
        If the file is missing or unreadable, or lacks one of `columns`.
    """
    path = Path(path)
    try:
        if path.suffix == ".ecsv":
            table = Table.read(path, format="ascii.ecsv")
        else:
            with fits.open(path, memmap=False) as hdus:
                table = from_hdu(hdus[1])
    except (OSError, ValueError, IndexError) as error:
        raise InputError(f"{path} cannot be read as a table: {error}") from error
    for name in table.colnames:
        table[name] = filled(table[name])
    if columns is None:
        return table
    missing = [name for name in columns if name not in table.colnames]
    if missing:
        raise InputError(f"{path} lacks the column(s) {', '.join(missing)}")
    return table[list(columns)]


def filled(column: Column) -> Column:
    """A column without a mask: NaN and the empty string are the nulls.

    Raises
    ------
    InputError
        If a value of another type is masked: integers have no null of their own.
    """
    if not hasattr(column, "mask"):
        return column
    if column.dtype.kind in "fUS":
        return column.filled(np.nan if column.dtype.kind == "f" else "")
    if np.any(column.mask):
        raise InputError(f"column {column.name!r} has nulls, and its type has none")
    return column.filled()


def header(stamp: dict) -> dict:
    """Header keywords that say which run made a file, and whether it is simulated."""
    return {"RUN": stamp["run"], "SIMULATD": bool(stamp["simulated"])}


def primary_hdu(stamp: dict) -> fits.PrimaryHDU:
    """A primary HDU without data whose header carries the stamp."""
    hdu = fits.PrimaryHDU()
    hdu.header.update(header(stamp))
    return hdu
