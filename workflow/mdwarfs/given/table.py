"""The table of a given sample: its columns under our names, in our units."""

from __future__ import annotations

import contextlib
import gzip
import logging
import re
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import astropy.units as u
import numpy as np
from astropy.io import fits
from astropy.table import Column as TableColumn
from astropy.table import Table
from astropy.utils.exceptions import AstropyWarning

from mdwarfs.catalogues.raw_file import open_raw
from mdwarfs.columns import meaning
from mdwarfs.errors import InputError, MissingColumn
from mdwarfs.given.settings import TEXTS, Column
from mdwarfs.labels import LABELS
from mdwarfs.physical import ERRORS, OF_LABELS
from mdwarfs.types import PathLike

logger = logging.getLogger(__name__)

TEXT_FORMATS = {".csv": "ascii.csv", ".ecsv": "ascii.ecsv"}
VOTABLES = (".vot", ".votable", ".xml")
GAIA = re.compile(r"(?:gaia\s+e?dr[23]\s+)?(\d+)", re.IGNORECASE)
"""An identifier as a text, alone or as Simbad writes it."""

LOGARITHM = re.compile(r"^(dex|log|\[)", re.IGNORECASE)
"""How units of a logarithm begin in tables: dex, log(cm.s**-2), [cm/s2], [Sun]."""

COLUMNS = {
    "source_id": ("", "Identifier: that of the table, or the number of its row"),
    "star_id": ("", "Identifier that the table has; 0 if none. Rows may share it"),
    "id": ("", "What the table calls the star or the spectrum"),
    "file": ("", "File of the spectrum, below the folder of the run's spectra"),
    "v_rad": ("km / s", "Radial velocity"),
}
"""What the columns that are known here mean; labels have their own words."""


def read_given(path: PathLike, columns: dict[str, Any]) -> tuple[Table, dict]:
    """Read the columns of a table that the configuration names.

    Parameters
    ----------
    path
        CSV, ECSV, FITS (its first table) or VOTable; gzipped, if it is FITS.
    columns
        Of the configuration, by our names.

    Returns
    -------
    table
        Under our names, `e_x` being the error of `x`; floats null where NaN, texts
        where empty. `source_id` (int) is 0 where there is none.
    wrong
        By label, for each row what is wrong with its value; empty if nothing is. Such
        values are null.

    Raises
    ------
    InputError
        If the table cannot be read, lacks a column, or a column is not what it has to
        be.
    """
    chosen = {name: Column.of(said) for name, said in columns.items()}
    for name, column in list(chosen.items()):
        if column.error is not None:
            chosen[f"e_{name}"] = column._replace(name=column.error, error=None)
    raw = read_columns(path, [column.name for column in chosen.values()])
    table, wrong = Table(), {}
    for name, column in chosen.items():
        said = raw[column.name]
        try:
            values, unit, trouble = converted(said, name, column)
        except InputError as error:
            raise InputError(
                f"{path}: column {column.name} (files.columns.{name}): {error}"
            ) from error
        table[name] = TableColumn(values)
        table[name].info.description = described(name, column)
        if unit:
            table[name].info.unit = unit
        if name in LABELS:
            wrong[name] = trouble
        elif any(trouble):
            first = next(k for k, word in enumerate(trouble) if word)
            logger.warning(
                "%s: column %s: %d value(s) are null, the first in row %d: %s",
                path, column.name, sum(map(bool, trouble)), first + 1, trouble[first],
            )  # fmt: skip
    return table, wrong


def described(name: str, column: Column) -> str:
    """What a column means."""
    known = meaning(name, COLUMNS) or meaning(name)
    return known[1] if known else f"Column {column.name} of the table that was given"


def converted(
    said: TableColumn, name: str, column: Column
) -> tuple[np.ndarray, str, list[str]]:
    """The values of a column as we have them.

    Parameters
    ----------
    said
        As the table has it.
    name
        Ours.

    Returns
    -------
    values : shape (n,)
    unit
        "" if there is none.
    trouble
        For each row what is wrong with its value; empty if nothing is.

    Raises
    ------
    InputError
        If the column cannot be what it is said to be.
    """
    if said.ndim != 1:
        raise InputError(f"has {said.shape[1:]} values in each row; one is needed")
    fine = [""] * len(said)
    if name == "source_id":
        return identifiers(said, column), "", fine
    if name in TEXTS:
        return texts(said, column), "", fine
    ours = meaning(name, COLUMNS) or meaning(name)
    if ours is None and kind_of(said) == "text":
        return texts(said, column), "", fine
    if ours is None and said.dtype.kind in "iub" and not masked(said, column).any():
        return np.asarray(said), unit_of(said, column), fine
    values, trouble = numbers(said, column)
    unit = ours[0] if ours else unit_of(said, column)
    if ours and ours[0]:
        values = in_unit(values, unit_of(said, column), ours[0])
    right = OF_LABELS.get(name) or ERRORS.get(name.removeprefix("e_"))
    if right is not None:
        outside = np.isfinite(values) & ~right.holds(values)
        for k in np.flatnonzero(outside):
            trouble[k] = f"{values[k]:g} is not possible ({right})"
        values[outside] = np.nan
    return values, unit, trouble


def kind_of(said: TableColumn) -> str:
    """Whether a column holds texts or numbers."""
    return "text" if said.dtype.kind in "OUS" else "number"


def masked(said: TableColumn, column: Column) -> np.ndarray:
    """Which rows of a column have no value: bool, shape (n,)."""
    none = np.array(np.ma.getmaskarray(np.ma.asarray(said)))
    values = np.ma.getdata(np.ma.asarray(said))
    if column.missing is not None:
        if values.dtype.kind in "OUS":
            none |= plain(values) == str(column.missing)
        elif isinstance(column.missing, (int, float)):
            none |= values == column.missing
    return none


def plain(values: np.ndarray) -> np.ndarray:
    """Texts as str, without blanks on either side."""
    words = [
        x.decode("utf-8", "replace") if isinstance(x, bytes) else x for x in values
    ]
    return np.array([str(word).strip() for word in words], str)


def texts(said: TableColumn, column: Column) -> np.ndarray:
    """A column as texts; empty where it has no value."""
    values = np.ma.getdata(np.ma.asarray(said))
    return np.where(masked(said, column), "", plain(values)).astype(str)


def numbers(said: TableColumn, column: Column) -> tuple[np.ndarray, list[str]]:
    """A column as floats, NaN where it has no value, and what is no number in it."""
    none, trouble = masked(said, column), [""] * len(said)
    if kind_of(said) == "number":
        values = np.array(np.ma.getdata(np.ma.asarray(said)), float)
        values[none | ~np.isfinite(values)] = np.nan
        return values, trouble
    values = np.full(len(said), np.nan)
    for k, word in enumerate(texts(said, column)):
        try:
            values[k] = float(word) if word else np.nan
        except ValueError:
            trouble[k] = f"{str(word)!r} is no number"
    values[~np.isfinite(values)] = np.nan
    return values, trouble


def identifiers(said: TableColumn, column: Column) -> np.ndarray:
    """A column as identifiers: int64, 0 where there is none.

    Raises
    ------
    InputError
        If they are floats, which have lost their last digits, or no numbers.
    """
    none = masked(said, column)
    values = np.ma.getdata(np.ma.asarray(said))
    if values.dtype.kind in "iu":
        return np.where(none, 0, values).astype(np.int64)
    if values.dtype.kind == "f":
        if np.isnan(values).all():
            return np.zeros(len(values), np.int64)
        raise InputError(
            "holds floating-point numbers, which cannot hold the digits of an "
            "identifier; write it as an integer, or as a text"
        )
    found = np.zeros(len(values), np.int64)
    for k, word in enumerate(texts(said, column)):
        match = GAIA.fullmatch(word)
        if word and (match is None or int(match[1]) > np.iinfo(np.int64).max):
            raise InputError(
                f"{str(word)!r} (row {k + 1}) is no number: source_id is one; a name "
                "is mapped as id"
            )
        found[k] = int(match[1]) if match else 0
    return found


def unit_of(said: TableColumn, column: Column) -> str:
    """The unit of a column: as configured, or as the table has it."""
    if column.unit is not None:
        return column.unit
    return "" if said.info.unit is None else str(said.info.unit)


def in_unit(values: np.ndarray, unit: str, ours: str) -> np.ndarray:
    """Values of one unit in another; raises InputError if that cannot be.

    Parameters
    ----------
    unit
        Empty: it is ours.
    """
    if not unit or unit == ours:
        return values
    if ours == "dex" and LOGARITHM.match(unit):
        return values
    try:
        factor = u.Unit(unit).to(u.Unit(ours))
    except (ValueError, TypeError, u.UnitConversionError) as error:
        raise InputError(
            f"its unit {unit!r} cannot be converted to {ours}: give the right one as "
            "`unit` of the column"
        ) from error
    return values if factor == 1 else values * factor


def read_columns(
    path: PathLike, names: Sequence[str], rows: np.ndarray | None = None
) -> Table:
    """Read columns of a table of any format, as they are.

    Of a FITS table, nothing else is in memory than what is asked for.

    Parameters
    ----------
    path
        See `read_given`.
    names
        As the table has them; upper and lower case are the same, unless the table has
        both.
    rows
        Their numbers, from 0. Default: all.

    Returns
    -------
    table
        Under the names that were asked for.

    Raises
    ------
    InputError
        If the file is missing, cannot be read, or lacks a column.
    """
    path = Path(path)
    rows = slice(None) if rows is None else rows
    suffix = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    suffix = suffix.lower()
    if not path.is_file():
        raise InputError(f"{path}: there is no such file")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", AstropyWarning)
            if is_fits(path):
                return from_fits(path, names, rows)
            if suffix in VOTABLES:
                table = Table.read(path, format="votable")
            else:
                table = from_text(path, suffix)
    except InputError:
        raise
    except Exception as error:  # astropy has many for what is no such table
        raise InputError(
            f"{path} cannot be read as a table ({' '.join(str(error).split())[:200]}); "
            "tables are CSV, ECSV, FITS or VOTable, by their suffix"
        ) from error
    places = placed(path, table.colnames, names)
    return Table({name: table[place][rows] for name, place in places.items()})


def is_fits(path: Path) -> bool:
    """Whether a file, gzipped or not, is FITS."""
    with open_raw(path) as stream:
        return stream.read(9) == b"SIMPLE  ="


def from_text(path: Path, suffix: str) -> Table:
    """A table of CSV or ECSV; its first line tells the latter."""
    with open_raw(path) as stream:
        ecsv = stream.readline().startswith(b"# %ECSV")
    form = "ascii.ecsv" if ecsv else TEXT_FORMATS.get(suffix)
    if form is None:
        raise InputError(
            f"{path} is of no known format: tables are CSV, ECSV, FITS or VOTable, and "
            "end in .csv, .ecsv, .fits, .vot or .xml"
        )
    more = {} if form == "ascii.ecsv" else {"comment": r"\s*#"}
    return Table.read(path, format=form, **more)


def placed(path: Path, has: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """Where a table has the columns that are asked for; raises MissingColumn."""
    lower = {}
    for column in has:
        lower.setdefault(column.lower(), []).append(column)
    found, missing = {}, []
    for name in dict.fromkeys(names):
        alike = lower.get(name.lower(), [])
        if name in has:
            found[name] = name
        elif len(alike) == 1:
            found[name] = alike[0]
        else:
            close = get_close_matches(name, has, n=1)
            missing.append(name + (f" (did you mean {close[0]}?)" if close else ""))
    if missing:
        raise MissingColumn(
            f"{path} has no column {', '.join(missing)}; it has {', '.join(has)}"
        )
    return found


def from_fits(path: Path, names: Sequence[str], rows: np.ndarray | slice) -> Table:
    """Columns of the first table of a FITS file."""
    with unpacked(path) as file, fits.open(file, memmap=True) as hdus:
        found = [
            hdu for hdu in hdus if isinstance(hdu, (fits.BinTableHDU, fits.TableHDU))
        ]
        if not found:
            raise InputError(f"{path} has no table")
        hdu = found[0]
        places = placed(path, hdu.columns.names, names)
        table = Table()
        for name, place in places.items():
            values = np.array(hdu.data[place][rows])
            if values.dtype.kind in "iuf":
                values = values.astype(values.dtype.newbyteorder("="))
            null = hdu.columns[place].null
            if null not in (None, "") and values.dtype.kind in "iu":
                values = np.ma.array(values, mask=values == int(null))
            table[name] = values
            if hdu.columns[place].unit:
                table[name].info.unit = u.Unit(
                    hdu.columns[place].unit, parse_strict="silent"
                )
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
