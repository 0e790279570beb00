"""Reading some columns, and some rows, of a large FITS table.

The archives' tables have gigabytes, gzipped, but only a few columns of some rows are
needed. They are read block by block, so that memory holds one block and what is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from astropy.io import fits
from astropy.table import Table

from mdwarfs.catalogues.raw_file import AGAIN, open_raw
from mdwarfs.errors import InputError, MissingColumn, MissingTable
from mdwarfs.run.progress import Progress
from mdwarfs.tables.fits_format import Column, row_type
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from gzip import GzipFile


FITS_BLOCK = 2880
NEXT = b"XTENSION"  # what another part of a file begins with
CHUNK = 2**24


def read_columns(
    path: PathLike,
    hdu: int,
    names: Sequence[str],
    keep: Callable | None = None,
    block: int = 100_000,
) -> Table:
    """Read columns of a FITS table, gzipped or not.

    Parameters
    ----------
    hdu
        Number of the table, 1 for the first extension.
    names
        Columns to read; upper and lower case are the same.
    keep
        Of a block of rows (Table), which to keep (mask). Default: all.
    block
        Rows in a block.

    Returns
    -------
    table
        The columns under the given names; texts as stripped strings, logical columns
        as bool, integers equal to the file's TNULL as 0. `meta["N_ROWS"]` is the
        number of rows in the archive's file: an excerpt of it (see
        `mdwarfs.archives.excerpt`) counts them in its header, as N_ROWS, and possibly
        other rows, as N_*, which are in `meta` too.

    Raises
    ------
    InputError
        If the file is not FITS or ends early, or lacks the table or a column.
    """
    with open_raw(path) as stream:
        header = find_table(path, stream, hdu)
        columns, dtype = select_columns(path, header, names)

        def table_of(rows):
            return Table({n: decode(*columns[n], rows[n]) for n in names})

        n_rows, parts = header["NAXIS2"], []
        for rows in blocks_of(path, stream, n_rows, dtype, block):
            part = table_of(rows)
            parts.append(part if keep is None else part[keep(part)])
        check_end(path, stream, header, dtype.itemsize * n_rows)
    parts = parts or [table_of(np.empty(0, dtype))]
    table = Table({name: np.concatenate([p[name] for p in parts]) for name in names})
    counts = {key: header[key] for key in header if key.startswith("N_")}
    table.meta = {"N_ROWS": n_rows} | counts
    return table


def blocks_of(
    label: PathLike, stream: BinaryIO | GzipFile, n_rows: int, dtype: np.dtype,
    block: int,
) -> Iterator[np.ndarray]:  # fmt: skip
    """Yield the rows of a table, from a stream that is at the first of them.

    Parameters
    ----------
    label
        What messages call the table.
    dtype
        Of a row.
    block
        Rows that are yielded together.

    Raises
    ------
    InputError
        If the stream ends before.
    """
    progress = Progress(n_rows, f"rows of {label}")
    for start in range(0, n_rows, block):
        n = min(block, n_rows - start)
        data = stream.read(n * dtype.itemsize)
        if len(data) < n * dtype.itemsize:
            raise InputError(f"{label} is truncated; {AGAIN}")
        yield np.frombuffer(data, dtype)
        progress.step(n)


@contextmanager
def of_header(path: PathLike) -> Iterator[None]:
    """Let whatever is wrong with the cards of a header be an InputError."""
    try:
        yield
    except InputError:
        raise
    except (LookupError, TypeError, ValueError, fits.VerifyError) as error:
        why = " ".join(str(error).strip("'\"").split())
        raise InputError(f"{path}: its header is damaged ({why}); {AGAIN}") from error


def find_table(path: PathLike, stream: BinaryIO | GzipFile, hdu: int) -> fits.Header:
    """Header of a table; the stream is left at the first byte of its rows."""
    with of_header(path):
        header = header_of(path, stream, hdu)
        list(header.values())  # astropy reads a card when it is asked for
        return header


def header_of(path: PathLike, stream: BinaryIO | GzipFile, hdu: int) -> fits.Header:
    """What `find_table` gives, of a file with sound headers."""
    for number in range(hdu + 1):
        try:
            header = fits.Header.fromfile(stream)
        except EOFError as error:
            raise InputError(
                f"{path} has no HDU {hdu}, or is truncated; {AGAIN}"
            ) from error
        except (OSError, ValueError) as error:
            raise InputError(f"{path} is not a FITS file; {AGAIN}") from error
        if number == 0 and "SIMPLE" not in header:
            raise InputError(f"{path} is not a FITS file; {AGAIN}")
        if number < hdu:
            skip(stream, data_size(header))
    if header.get("XTENSION") != "BINTABLE":
        raise MissingTable(f"{path}: HDU {hdu} is not a table")
    return header


def check_end(
    path: PathLike, stream: BinaryIO | GzipFile, header: fits.Header, size: int
) -> None:
    """Hold what comes after the rows against the FITS standard (4.0, section 3.3).

    A piece that was lost or doubled among the rows moves all that follow, and takes
    their end from what fills the last block, which is zeros.

    Parameters
    ----------
    stream
        At the first byte behind the rows.
    header
        Of the table.
    size
        Of the rows [bytes].

    Raises
    ------
    InputError
        If the last block is not whole, is not filled with zeros, or is followed by
        anything but another part of the file.
    """
    try:
        skip(stream, header.get("PCOUNT", 0))
    except EOFError as error:
        raise InputError(f"{path} is truncated; {AGAIN}") from error
    fill = -(size + header.get("PCOUNT", 0)) % FITS_BLOCK
    rest = stream.read(fill)
    if len(rest) < fill:
        raise InputError(f"{path} is truncated; {AGAIN}")
    if rest.strip(b"\0") or stream.read(len(NEXT)) not in (b"", NEXT):
        raise InputError(
            f"{path}: its rows do not end where its header says: a piece is lost, or "
            f"there twice; {AGAIN}"
        )


def data_size(header: fits.Header) -> int:
    """Bytes of an HDU's data, padding included (FITS standard 4.0, equation 2)."""
    axes = [header[f"NAXIS{i + 1}"] for i in range(header["NAXIS"])]
    n = int(np.prod(axes)) if axes else 0
    groups, heap = header.get("GCOUNT", 1), header.get("PCOUNT", 0)
    size = abs(header["BITPIX"]) // 8 * groups * (n + heap)
    return -(-size // FITS_BLOCK) * FITS_BLOCK


def skip(stream: BinaryIO | GzipFile, size: int) -> None:
    """Read on over a number of bytes."""
    while size > 0:
        piece = stream.read(min(size, CHUNK))
        if not piece:
            raise EOFError
        size -= len(piece)


def select_columns(
    path: PathLike, header: fits.Header, names: Sequence[str]
) -> tuple[dict[str, tuple], np.dtype]:
    """Column and TNULL of each name, and the type of a row of these columns alone."""
    with of_header(path):
        return columns_of(path, header, names)


def columns_of(
    path: PathLike, header: fits.Header, names: Sequence[str]
) -> tuple[dict[str, tuple], np.dtype]:
    """What `select_columns` gives, of a sound header."""
    columns = [
        Column(header[f"TTYPE{i}"].strip(), header[f"TFORM{i}"].strip())
        for i in range(1, header["TFIELDS"] + 1)
    ]
    numbers = {column.name.lower(): i for i, column in enumerate(columns)}
    missing = [name for name in names if name.lower() not in numbers]
    if missing:
        raise MissingColumn(f"{path} lacks the column(s) {', '.join(missing)}")
    if sum(column.width for column in columns) != header["NAXIS1"]:
        raise InputError(f"{path}: the columns do not make up a row; {AGAIN}")
    chosen = {name: numbers[name.lower()] for name in names}
    for i in chosen.values():
        if header.get(f"TSCAL{i + 1}", 1) != 1 or header.get(f"TZERO{i + 1}", 0) != 0:
            name = columns[i].name
            raise InputError(f"{path}: column {name} is scaled (TSCAL, TZERO)")
    try:
        dtype = row_type(columns, chosen)
    except ValueError as error:
        raise InputError(f"{path}: {error}") from error
    cells = {n: (columns[i], header.get(f"TNULL{i + 1}")) for n, i in chosen.items()}
    return cells, dtype


def decode(column: Column, null: int | None, values: np.ndarray) -> np.ndarray:
    """Values of one column, from its stored bytes."""
    if column.code == "A":
        return np.char.strip(np.char.decode(values, "ascii", "replace"))
    if column.code == "L":
        return values == ord("T")
    values = values.astype(values.dtype.newbyteorder("="))
    if null is not None:
        values[values == null] = 0
    return values
