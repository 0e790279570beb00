"""Tables that are written some rows at a time, so that they never fill the memory."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from astropy.io import fits
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.tables import absent
from mdwarfs.tables.columns import describe
from mdwarfs.tables.files import (
    atomic,
    commented,
    extension_name,
    header,
    primary_hdu,
)
from mdwarfs.tables.hdu import from_hdu, to_hdu
from mdwarfs.types import PathLike

CARD, BLOCK = 80, 2880  # of FITS [bytes]
AT_ONCE = 2**22  # bytes that are in memory together


@contextmanager
def streamed(
    path: PathLike, empty: Table, stamp: dict
) -> Iterator[Callable[[Table], None]]:
    """Write a FITS table like `mdwarfs.tables.write`, rows by rows.

    Parameters
    ----------
    path
        Ends in .fits.
    empty
        A table without rows, whose columns say what they are. They have numbers or
        vectors of numbers: texts would need one width for all rows.
    stamp
        What `mdwarfs.tables.header` says of the run.

    Yields
    ------
    append
        It takes a table of such columns and writes its rows.
    """
    with _opened(path, empty, stamp) as (file, count_rows):

        def append(table: Table) -> None:
            columns = [table[name].astype(empty[name].dtype) for name in empty.colnames]
            rows = Table(columns, names=empty.colnames)
            buffer = io.BytesIO()
            fits.HDUList([fits.PrimaryHDU(), fits.table_to_hdu(rows)]).writeto(buffer)
            content = buffer.getvalue()
            with fits.open(io.BytesIO(content)) as hdus:
                place = hdus[1].fileinfo()["datLoc"]
                size = hdus[1].header["NAXIS1"] * len(rows)
            file.write(content[place : place + size])
            count_rows(len(rows))

        yield append


def head(path: PathLike) -> Table:
    """The columns of a FITS table and what it says of itself, without its rows.

    Raises
    ------
    InputError
        If the file is missing, or has no table.
    """
    try:
        said = fits.getheader(path, 1)
        said["NAXIS2"] = 0
        content = fits.PrimaryHDU().header.tostring() + said.tostring()
        with fits.open(io.BytesIO(content.encode("ascii"))) as hdus:
            return from_hdu(hdus[1])
    except (OSError, IndexError, KeyError) as error:
        raise InputError(f"{path} cannot be read as a table: {error}") from error


def gather(
    parts: Sequence[PathLike], path: PathLike, stamp: dict, none: str = ""
) -> None:
    """Write the rows of several such files as one, in their order.

    Parameters
    ----------
    parts
        Files that `streamed` wrote. What the first says of itself holds for all.
    path, stamp
        As for `streamed`.
    none
        Why, if there are no rows; see `mdwarfs.tables.absent`.

    Raises
    ------
    InputError
        If a part is missing, or has other columns.
    """
    empty = head(parts[0])
    if not any(fits.getheader(part, 1)["NAXIS2"] for part in parts):
        absent.note(empty, none)
    with _opened(path, empty, stamp) as (file, count_rows):
        expected = _form(fits.getheader(parts[0], 1))
        for part in parts:
            with open(part, "rb") as source, fits.open(source, memmap=False) as hdus:
                said, place = hdus[1].header, hdus[1].fileinfo()["datLoc"]
                if _form(said) != expected:
                    raise InputError(
                        f"{part} has other columns than {parts[0]}: make both anew"
                    )
                left = said["NAXIS1"] * said["NAXIS2"]
                source.seek(place)
                while left and (block := source.read(min(left, AT_ONCE))):
                    file.write(block)
                    left -= len(block)
                count_rows(said["NAXIS2"])


@contextmanager
def _opened(path, empty, stamp):
    """A file with the headers of a table, and the function that counts rows written."""
    path = Path(path)
    empty = describe(empty.copy(), path)
    empty.meta = {**empty.meta, **header(stamp)}
    hdu, count = to_hdu(empty, extension_name(path)), 0
    commented(hdu.header)

    def count_rows(rows):
        nonlocal count
        count += rows

    with atomic(path) as part:
        fits.HDUList([primary_hdu(stamp), hdu]).writeto(part)
        with fits.open(part) as hdus:
            head = hdus[1].fileinfo()["hdrLoc"]
        with open(part, "r+b") as file:
            file.seek(0, io.SEEK_END)
            start = file.tell()
            yield file, count_rows
            file.write(bytes(-(file.tell() - start) % BLOCK))
            hdu.header["NAXIS2"] = count
            file.seek(head + CARD * hdu.header.index("NAXIS2"))
            file.write(hdu.header.cards["NAXIS2"].image.encode("ascii"))


def _form(said):
    """Names and types of the columns that a header tells of."""
    return [
        (said[f"TTYPE{k}"], said[f"TFORM{k}"]) for k in range(1, said["TFIELDS"] + 1)
    ]
