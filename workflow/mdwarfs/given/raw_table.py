"""Columns of a table of any format, as they are: CSV, ECSV, FITS and VOTable."""

from __future__ import annotations

import contextlib
import csv
import gzip
import logging
import re
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from xml.etree import ElementTree

import astropy.units as u
import numpy as np
from astropy.io import fits
from astropy.table import Column, Table
from astropy.table.meta import get_header_from_yaml
from astropy.utils.exceptions import AstropyWarning

from mdwarfs.catalogues.fits_rows import data_size, skip
from mdwarfs.catalogues.raw_file import open_raw
from mdwarfs.errors import InputError, MissingColumn
from mdwarfs.given.equality import as_number
from mdwarfs.types import PathLike

logger = logging.getLogger(__name__)

FITS, ECSV, CSV, VOTABLE = "fits", "ascii.ecsv", "ascii.csv", "votable"
SUFFIXES = {
    ".csv": CSV, ".ecsv": ECSV, ".vot": VOTABLE, ".votable": VOTABLE, ".xml": VOTABLE,
}  # fmt: skip
"""FITS, and ECSV of any suffix, are known by their first bytes."""

LISTED = 40  # columns of a table that a message names at most


def read_columns(
    path: PathLike, names: Mapping[str, str], rows: np.ndarray | None = None
) -> Table:
    """Read columns of a table of any format, as they are.

    Of a FITS table, nothing else is in memory than what is asked for.

    Parameters
    ----------
    path
        CSV, ECSV, FITS (its first table) or VOTable; gzipped or not.
    names
        Of the columns, by the key of the configuration that says so. Upper and lower
        case are the same, unless the table has both.
    rows
        Their numbers, from 0. Default: all.

    Returns
    -------
    table
        Under the names that were asked for.

    Raises
    ------
    InputError
        If the file is missing or cannot be read or has lost its end, lacks a column,
        or has two of one name.
    """
    path = Path(path)
    rows = slice(None) if rows is None else rows
    with readable(path) as form:
        if form == FITS:
            return from_fits(path, names, rows)
        has = NAMES[form](path)
        places = placed(path, has, names)
        if form == VOTABLE:
            table = Table.read(path, format=form, use_names_over_ids=True)
        else:
            check_end(path)
            table = Table.read(lines_of(path), format=form)
    columns = list(table.itercols())
    return Table({name: plain(columns[k])[rows] for name, k in places.items()})


def names_of(path: PathLike) -> list[str]:
    """Names of the columns of a table, as it has them.

    Of most tables only the beginning is read. Raises InputError as `read_columns` does.
    """
    with readable(Path(path)) as form:
        return NAMES[form](Path(path))


def require(path: PathLike, names: Mapping[str, str]) -> None:
    """Raise InputError if a table lacks a column; see `read_columns`."""
    placed(Path(path), names_of(path), names)


@contextlib.contextmanager
def readable(path: Path) -> Iterator[str]:
    """The format of a table; whatever goes wrong while it is read is an InputError."""
    if not path.is_file():
        raise InputError(f"{path}: there is no such file")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", AstropyWarning)
            yield format_of(path)
    except InputError:
        raise
    except Exception as error:  # astropy has many for what is no such table
        raise InputError(
            f"{path} cannot be read as a table ({' '.join(str(error).split())[:200]}); "
            "tables are CSV, ECSV, FITS or VOTable, by their suffix"
        ) from error


def format_of(path: Path) -> str:
    """By the first bytes, or else by the suffix; raises InputError if by neither."""
    with open_raw(path) as stream:
        start = stream.read(9)
    if start == b"SIMPLE  =":
        return FITS
    if start.startswith(b"# %ECSV"):
        return ECSV
    suffix = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    form = SUFFIXES.get(suffix.lower())
    if form is None:
        raise InputError(
            f"{path} is of no known format: tables are CSV, ECSV, FITS or VOTable, and "
            "end in .csv, .ecsv, .fits, .vot or .xml"
        )
    return form


def is_fits(path: Path) -> bool:
    """Whether a file, gzipped or not, is FITS."""
    with open_raw(path) as stream:
        return stream.read(9) == b"SIMPLE  ="


def placed(path: Path, has: Sequence[str], names: Mapping[str, str]) -> dict[str, int]:
    """Where a table has the columns that are asked for: their numbers, from 0.

    Raises
    ------
    MissingColumn
        Naming the key that asks for it, what it may be, and what the table has.
    InputError
        If it has two of one name.
    """
    lower = [name.lower() for name in has]
    found, missing = {}, []
    for key, name in names.items():
        places = [k for k, one in enumerate(has) if one == name]
        places = places or [k for k, one in enumerate(lower) if one == name.lower()]
        if len(places) > 1:
            raise twice(path, has, places, f"which of them {key} means is not clear")
        if places:
            found[name] = places[0]
        else:
            close = get_close_matches(name, has, n=1) or [
                has[lower.index(x)] for x in get_close_matches(name.lower(), lower, n=1)
            ]
            hint = f"; did you mean {close[0]}?" if close else ""
            missing.append(f"{name} ({key}{hint})")
    if missing:
        more = f", ... ({len(has)} in all)" if len(has) > LISTED else ""
        if len(has) == 1 and re.search("[;\t|]", has[0]):
            more = ". Columns of CSV are divided by commas here"
        raise MissingColumn(
            f"{path} has no column {', '.join(missing)}; it has "
            f"{', '.join(has[:LISTED])}{more}"
        )
    return found


def twice(
    path: Path, has: Sequence[str], places: Sequence[int], why: str
) -> InputError:
    """That a table has columns of one name."""
    alike = ", ".join(f"{has[k]} (column {k + 1})" for k in places)
    return InputError(f"{path} has {alike}: {why}; give them different names")


def plain(column: object) -> Column:
    """A column of numbers or texts: what ECSV keeps as times, say, becomes texts."""
    return column if isinstance(column, Column) else Column(list(map(str, column)))


def text_of(path: Path) -> str:
    """A text file, unpacked."""
    with open_raw(path) as stream:
        data = stream.read()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{path}: line {line} has a character that is not UTF-8 (byte "
            f"{data[error.start]:#x}): save the table as UTF-8"
        ) from error


def lines_of(path: Path) -> list[str]:
    """Lines of a text; of CSV, from that of the names on.

    Raises
    ------
    InputError
        If a line of CSV behind the names begins with #.
    """
    lines = text_of(path).splitlines()
    if lines and lines[0].startswith("# %ECSV"):
        return lines
    first = next((k for k, x in enumerate(lines) if x.strip() and not is_note(x)), 0)
    for number, line in enumerate(lines[first + 1 :], start=first + 2):
        if is_note(line):
            raise InputError(
                f"{path}: line {number} begins with #: is it a star, or a comment? "
                "Put the first cell into quotation marks, or delete the line; only "
                "lines before the names of the columns are comments"
            )
    return lines[first:]


def check_end(path: Path) -> None:
    """Say of a text that ends without a line break that it may have lost its end.

    Raises
    ------
    InputError
        If its last line has fewer cells than the one before.
    """
    text = text_of(path)
    if text.endswith(("\n", "\r")):
        return
    lines = text.splitlines()
    delimiter = "," if any("," in line for line in lines[-2:-1]) else " "
    cells = [len(row) for row in csv.reader(lines[-2:], delimiter=delimiter)]
    if cells and cells[-1] < cells[0]:
        raise InputError(
            f"{path} has lost its end: its last line has {cells[-1]} cells, the one "
            f"before it {cells[0]}; get it again"
        )
    logger.warning(
        "%s does not end in a line break: if it has lost its end, the last value of "
        "line %d is wrong, and lines may be missing",
        path,
        len(lines),
    )


def is_note(line: str) -> bool:
    """Whether a line begins with #."""
    return line.lstrip().startswith("#")


def names_of_csv(path: Path) -> list[str]:
    """Those of its first line that is no comment."""
    return [name.strip() for name in next(csv.reader(lines_of(path)), [])]


def names_of_ecsv(path: Path) -> list[str]:
    """Those of its header."""
    with open_raw(path) as stream:
        head = [line[2:] for line in to_names(stream)]
    return [column["name"] for column in get_header_from_yaml(head)["datatype"]]


def to_names(stream: Iterator[bytes]) -> Iterator[str]:
    """The lines of an ECSV file before the names of its columns."""
    for line in stream:
        if not line.startswith(b"#"):
            return
        yield line.decode("utf-8").rstrip("\r\n")


def names_of_votable(path: Path) -> list[str]:
    """Those of its first table."""
    names = []
    with open_raw(path) as stream:
        for _, node in ElementTree.iterparse(stream, ["start"]):
            what = node.tag.rpartition("}")[2]
            if what == "FIELD":
                names.append(node.get("name") or node.get("ID") or "")
            elif what == "DATA":
                break
    return names


def names_of_fits(path: Path) -> list[str]:
    """Those of its first table, of which the header alone is read."""
    with open_raw(path) as stream:
        while True:
            try:
                header = fits.Header.fromfile(stream)
                if header.get("XTENSION") in ("BINTABLE", "TABLE"):
                    break
                skip(stream, data_size(header))
            except EOFError as error:
                raise InputError(f"{path} has no table") from error
    numbers = range(1, header["TFIELDS"] + 1)
    return [str(header.get(f"TTYPE{k}", "")).strip() for k in numbers]


NAMES = {
    FITS: names_of_fits,
    ECSV: names_of_ecsv,
    CSV: names_of_csv,
    VOTABLE: names_of_votable,
}


def table_of(path: Path, hdus: fits.HDUList) -> fits.BinTableHDU | fits.TableHDU:
    """The first table of a FITS file; raises InputError if it has none."""
    for hdu in hdus:
        if isinstance(hdu, fits.BinTableHDU | fits.TableHDU):
            return hdu
    raise InputError(f"{path} has no table")


def from_fits(path: Path, names: Mapping[str, str], rows: np.ndarray | slice) -> Table:
    """Columns of the first table of a FITS file."""
    with unpacked(path) as file, fits.open(file, memmap=True) as hdus:
        hdu, table = table_of(path, hdus), Table()
        has = hdu.columns.names
        places = placed(path, has, names)
        for name in has:
            if has.count(name) > 1:
                same = [k for k, one in enumerate(has) if one == name]
                raise twice(path, has, same, "such a table cannot be read")
        for name, place in places.items():
            values, column = np.array(hdu.data.field(place)[rows]), hdu.columns[place]
            if values.dtype.kind == "O" and len({np.shape(x) for x in values}) == 1:
                values = np.stack(values)  # of variable length, and all alike
            if values.dtype.kind in "iuf":
                values = values.astype(values.dtype.newbyteorder("="))
            null = as_number(column.null)
            if null is not None and values.dtype.kind in "iuf":
                null = null * (column.bscale or 1) + (column.bzero or 0)
                values = np.ma.array(values, mask=values == null)
            table[name] = values
            if column.unit:
                table[name].info.unit = u.Unit(column.unit, parse_strict="silent")
    return table


@contextlib.contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The path of a file that is not gzipped: a copy for a while, if need be."""
    with open_raw(path) as stream:
        if not isinstance(stream, gzip.GzipFile):
            yield path
            return
        with tempfile.NamedTemporaryFile(suffix=".fits") as copy:
            shutil.copyfileobj(stream, copy, 2**22)
            copy.flush()
            yield Path(copy.name)
