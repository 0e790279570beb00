"""The part of an archive's table that the workflow reads, in the archive's own form.

An excerpt is a FITS file like the official one: the same table in the same HDU, the
same names, formats and units, but only some of the columns and rows. The readers of
`mdwarfs.catalogues` take either. Its header counts the rows of the whole table.
"""

from __future__ import annotations

import gzip
import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from astropy.io import fits
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.archives.checks import Checks, check_columns, check_rows
from mdwarfs.archives.integrity import CHUNK, Summed
from mdwarfs.catalogues.fits_rows import (
    FITS_BLOCK,
    blocks_of,
    data_size,
    decode,
    find_table,
    select_columns,
)
from mdwarfs.catalogues.raw_file import AGAIN
from mdwarfs.errors import InputError
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from mdwarfs.catalogues.excerpt import Excerpt


N_ROWS = "N_ROWS"
"""Header keyword: rows of the table of which this is an excerpt."""

LEVEL = 4  # of the compression: three times as fast as 6, and 5 % larger


def take_excerpt(
    stream: BinaryIO,
    label: str,
    excerpt: Excerpt,
    path: PathLike,
    source: dict,
    block: int = 100_000,
) -> dict:
    """Filter a FITS table while it streams by.

    Memory holds one block, the disk what is kept. The stream is read to its end, so
    that its own checks (the end of gzip) take place.

    Parameters
    ----------
    stream
        The whole FITS file, unpacked.
    label
        Name of the stream, for messages.
    path
        Gzipped FITS file to write.
    source
        What is known of the number of rows; see `mdwarfs.archives.checks.check_rows`.
    block
        Rows in a block.

    Returns
    -------
    facts
        `rows`, `rows_kept`, `columns` (formats by name), `warnings`.

    Raises
    ------
    InputError
        If the table is not what it has to be.
    """
    unpacked = Path(f"{path}.rows")
    unpacked.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(unpacked, "wb") as kept:
            header, cells, facts = inspect_table(
                stream, label, excerpt, source, kept.write, block
            )
        cards = {N_ROWS: header.get(N_ROWS, facts["rows"])} | facts["counts"]
        head = table_head(header, cells, excerpt.hdu, facts["rows_kept"], cards)
        with open(unpacked, "rb") as kept:
            write_gzip(path, head, kept)
    finally:
        unpacked.unlink(missing_ok=True)
    return facts


def inspect_table(
    stream: BinaryIO,
    label: str,
    excerpt: Excerpt,
    source: dict,
    write: Callable = lambda rows: None,
    block: int = 100_000,
) -> tuple[fits.Header, dict, dict]:
    """Check a FITS table while it streams by, and hand on what is kept of it.

    Parameters
    ----------
    stream, label, excerpt, source, block
        See `take_excerpt`.
    write
        Takes the bytes of the kept rows, the wanted columns alone.

    Returns
    -------
    header
        Of the table.
    cells
        Column and null value by name.
    facts
        `rows`, `rows_kept`, `counts`, `columns`, `warnings`.
    """
    header = find_table(label, stream, excerpt.hdu)
    cells, dtype = select_columns(label, header, list(excerpt.columns))
    check_columns(header, cells, excerpt)
    n_rows = header["NAXIS2"]
    warnings = check_rows(n_rows, source)
    packed = np.dtype([(name, column.dtype) for name, (column, _) in cells.items()])
    checks, counts = Checks(excerpt), dict.fromkeys(excerpt.counts, 0)
    n_kept, data = 0, Summed(stream)
    for found in blocks_of(label, data, n_rows, dtype, block):
        checks.see(found)
        kept = found
        if excerpt.keep is not None:
            seen = Table({c: decode(*cells[c], found[c]) for c in excerpt.keep_columns})
            kept = found[np.asarray(excerpt.keep(seen))]
            for keyword, mask in excerpt.counts.items():
                counts[keyword] += int(np.sum(mask(seen)))
        n_kept += len(kept)
        write(pack(kept, packed))
    drain(data, data_size(header) - n_rows * dtype.itemsize)
    data.check(header)
    checks.end()
    while stream.read(CHUNK):  # to the end of the stream, and of its checks
        pass
    columns = {column.name: column.format for column, _ in cells.values()}
    facts = {"rows": n_rows, "rows_kept": n_kept, "counts": counts, "columns": columns}
    facts["warnings"] = warnings
    return header, cells, facts


def drain(stream: BinaryIO, size: int) -> None:
    """Read on over so many bytes."""
    while size > 0:
        piece = stream.read(min(size, CHUNK))
        if not piece:
            raise InputError(f"the file ends early; {AGAIN}")
        size -= len(piece)


def pack(rows: np.ndarray, packed: np.dtype) -> bytes:
    """Bytes of some columns of rows, as the archive stored them."""
    out = np.empty(len(rows), packed)
    for name in packed.names:
        out[name] = rows[name]
    return out.tobytes()


def table_head(
    header: fits.Header, cells: dict[str, tuple], hdu: int, n_rows: int, cards: dict
) -> str:
    """The bytes of a FITS file before its rows: primary HDU, empty HDUs, header."""
    new = fits.BinTableHDU.from_columns(
        [fits.Column(column.name, column.format) for column, _ in cells.values()],
        nrows=0,
    ).header
    new["NAXIS2"] = n_rows
    names = {header[f"TTYPE{i + 1}"].strip(): i + 1 for i in range(header["TFIELDS"])}
    for number, (column, null) in enumerate(cells.values(), start=1):
        if null is not None:
            new[f"TNULL{number}"] = null
        unit = header.get(f"TUNIT{names[column.name]}")
        if unit is not None:
            new[f"TUNIT{number}"] = unit
    for keyword, value in cards.items():
        new[keyword] = value
    new["COMMENT"] = "An excerpt: some columns and rows of the archive's table."
    others = [fits.PrimaryHDU(), *(fits.BinTableHDU() for _ in range(hdu - 1))]
    parts = [*(other.header for other in others), new]
    return b"".join(part.tostring().encode("ascii") for part in parts)


def write_gzip(path: PathLike, head: bytes, rows: BinaryIO) -> None:
    """Write a FITS file of a head and rows, padded; the same gives the same bytes."""
    with tables.atomic(path) as part, open(part, "wb") as raw:
        with gzip.GzipFile("", "wb", LEVEL, raw, mtime=0) as file:
            file.write(head)
            shutil.copyfileobj(rows, file, CHUNK)
            file.write(bytes(-rows.tell() % FITS_BLOCK))


def write_table(path: PathLike, hdu: int, columns: Table, cards: dict) -> None:
    """Write an archive's answer to a query as an excerpt of the official file.

    Parameters
    ----------
    path
        Gzipped FITS file.
    hdu
        Number of the table.
    columns
        Under the official file's names; without masks.
    cards
        Header keywords: N_ROWS and other counts.
    """
    table = fits.table_to_hdu(Table(columns, meta={}))
    table.header.update(cards)
    table.header["COMMENT"] = "The archive's answer to a query, in its file's form."
    empty = [fits.BinTableHDU() for _ in range(hdu - 1)]
    content = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), *empty, table]).writeto(content)
    content.seek(0)
    write_gzip(path, b"", content)
