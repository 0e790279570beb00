"""FITS files with tables, written from a column list.

The bytes are made here rather than by `astropy.io.fits` so that thousands of small
files take milliseconds each and the same columns give the same bytes; astropy makes
the headers.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from astropy.io import fits
from numpy.typing import ArrayLike

from mdwarfs.errors import InputError
from mdwarfs.tables import atomic
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from mdwarfs.simulation.files.columns.layout import Layout
    from mdwarfs.tables.fits_format import Column


BLOCK = 2880
END = f"{'END':80}"
MARK = ("SIMULATD", True, "simulated, not observed")
COMMENT = "Simulated in the archive's format by mdwarfs; no survey data."
KINDS = {"A": "text", "L": "bool", "B": "bits", "E": "float", "D": "float"}


def records(layout: Layout, columns: dict[str, ArrayLike], nulls: dict) -> np.ndarray:
    """Rows of a table: the given columns, and nulls in all others.

    Parameters
    ----------
    layout
        The table's columns.
    columns
        Values by column name; scalars are repeated. At least one must have the
        length of the table.
    nulls
        The archive's null value for each of "text", "int", "float", "bool", "bits".

    Returns
    -------
    of layout.dtype

    Raises
    ------
    InputError
        If a column is not in the layout, a text is too long, or an integer column is
        given as anything but integers.
    """
    unknown = sorted(set(columns) - set(layout.names))
    if unknown:
        raise InputError(f"the format has no column {', '.join(unknown)}")
    columns = {name: np.asarray(values) for name, values in columns.items()}
    n_rows = max((len(values) for values in columns.values() if values.ndim), default=1)
    rows = np.empty(n_rows, layout.dtype)
    for column in layout.columns:
        values = columns.get(column.name)
        if values is None:
            values = np.asarray(nulls[KINDS.get(column.code, "int")])
        rows[column.name] = encode(column, values)
    return rows


def encode(column: Column, values: np.ndarray) -> np.ndarray:
    """Values of one column as FITS stores them; text is padded with blanks."""
    if column.code == "A":
        text = values.astype("S") if values.dtype.kind == "S" else to_ascii(values)
        if text.dtype.itemsize > column.repeat:
            raise InputError(f"{column.name}: a text is longer than {column.repeat}")
        return np.char.ljust(text, column.repeat)
    if column.code == "L":
        return np.where(values.astype(bool), ord("T"), ord("F"))
    if column.code in "BIJK" and values.dtype.kind not in "iub":
        raise InputError(f"{column.name} must be integers, not {values.dtype}")
    return values


def to_ascii(values: np.ndarray) -> np.ndarray:
    """Strings as bytes."""
    return np.char.encode(values.astype(str), "ascii")


def table_header(layout: Layout, n_rows: int, cards: Sequence[tuple] = ()) -> bytes:
    """Header of a table HDU, as bytes; `cards` are added at its end."""
    # The cards of `fits.BinTableHDU.from_columns`, which takes ten times as long for
    # the hundreds of columns of an archive's table.
    structure = [
        ("XTENSION", "BINTABLE", "binary table extension"),
        ("BITPIX", 8, "array data type"),
        ("NAXIS", 2, "number of array dimensions"),
        ("NAXIS1", layout.dtype.itemsize, "length of dimension 1"),
        ("NAXIS2", n_rows, "length of dimension 2"),
        ("PCOUNT", 0, "number of group parameters"),
        ("GCOUNT", 1, "number of groups"),
        ("TFIELDS", len(layout.columns), "number of table fields"),
    ]
    named = [("EXTNAME", layout.extname, "extension name")] if layout.extname else []
    text = _text(structure) + _columns(layout) + _text([*named, *cards]) + END
    return text.ljust(-(-len(text) // BLOCK) * BLOCK).encode("ascii")


@cache
def _columns(layout):
    """The cards of a table's columns, which are most of its header."""
    cards = []
    for number, column in enumerate(layout.columns, start=1):
        cards.append((f"TTYPE{number}", column.name))
        cards.append((f"TFORM{number}", column.format))
        if column.unit:
            cards.append((f"TUNIT{number}", column.unit))
    return _text(cards)


def _text(cards):
    """Cards of a header, which does not end with them."""
    return fits.Header(cards).tostring(endcard=False, padding=False)


def primary_header(cards: Sequence[tuple] = ()) -> bytes:
    """Header of the primary HDU, as bytes, with the mark of simulated data."""
    header = fits.PrimaryHDU().header
    header.extend([*cards, MARK])
    header["COMMENT"] = COMMENT
    return header.tostring().encode("ascii")


def padded(rows: np.ndarray) -> bytes:
    """Rows as bytes, filled up to a whole number of FITS blocks."""
    return b"".join(_blocks(rows))


def table_hdu(layout: Layout, rows: np.ndarray, cards: Sequence[tuple] = ()) -> bytes:
    """A whole table HDU, as bytes."""
    return b"".join([table_header(layout, len(rows), cards), *_blocks(rows)])


def _blocks(rows):
    """The bytes of rows, which are not copied, and what fills up the last block."""
    return rows.view(np.uint8), bytes(-rows.nbytes % BLOCK)


def empty(layout: Layout) -> np.ndarray:
    """No rows of a table."""
    return np.empty(0, layout.dtype)


def write_file(path: PathLike, parts: Iterable[bytes]) -> None:
    """Write bytes to a file, compressed where its name ends in .gz.

    Parameters
    ----------
    path
        Missing folders are made.
    parts
        The content. The same content gives the same file.
    """
    with atomic(path) as part, open(part, "wb") as raw:
        if part.suffix != ".gz":
            raw.writelines(parts)
            return
        with gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as packed:
            for piece in parts:
                packed.write(piece)
