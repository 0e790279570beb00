"""The table of a given sample: its columns under our names, in our units."""

from __future__ import annotations

import logging
import re
from typing import Any

import numpy as np
from astropy.table import Column as TableColumn
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.given.equality import equal
from mdwarfs.given.raw_table import read_columns
from mdwarfs.given.settings import TEXTS, Column, asked_columns
from mdwarfs.given.units import conversion
from mdwarfs.labels import LABELS
from mdwarfs.spectra.spectrum import V_LARGEST
from mdwarfs.tables.columns import meaning
from mdwarfs.tables.physical import ERRORS, OF_LABELS, Range
from mdwarfs.types import PathLike

logger = logging.getLogger(__name__)

GAIA = re.compile(r"(?:gaia\s+e?dr[23]\s+)?(\d+)", re.IGNORECASE)
"""An identifier as a text, alone or as Simbad writes it."""

EXACT = 2**53
"""Below it a float holds every whole number."""

LARGEST = 2**63 - 1
"""Of an identifier."""

POSSIBLE = {
    **OF_LABELS,
    **{f"e_{name}": limits for name, limits in ERRORS.items()},
    "snr": Range(0.0, 1e5, positive=True),
    "v_rad": Range(-V_LARGEST, V_LARGEST),
}
"""What the values of a column can be; others are null, and that is said."""

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
    raw = read_columns(path, asked_columns(columns))
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
    means = known(name)
    return means[1] if means else f"Column {column.name} of the table that was given"


def known(name: str) -> tuple[str, ...] | None:
    """Unit and description of a column of ours; None of others."""
    return meaning(name, COLUMNS) or meaning(name)


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
    ours = known(name)
    if ours is None and kind_of(said) == "text":
        return texts(said, column), "", fine
    if ours is None and said.dtype.kind in "iub" and not masked(said, column).any():
        return np.asarray(said), unit_of(said, column), fine
    values, trouble = parse_floats(said, column)
    unit = ours[0] if ours else unit_of(said, column)
    values = conversion(unit_of(said, column), ours[0] if ours else "", name)(values)
    right = POSSIBLE.get(name)
    if right is not None:
        outside = np.isfinite(values) & ~right.holds(values)
        for k in np.flatnonzero(outside):
            trouble[k] = f"{values[k]:g} is not possible ({right})"
        values[outside] = np.nan
    return values, unit, trouble


def kind_of(said: TableColumn) -> str:
    """Whether a column holds texts or numbers; raises InputError if neither."""
    if said.dtype.kind in "OUS":
        return "text"
    if said.dtype.kind in "iufb":
        return "number"
    raise InputError(f"holds {said.dtype.name}; numbers or texts are needed")


def masked(said: TableColumn, column: Column) -> np.ndarray:
    """Which rows of a column have no value: bool, shape (n,)."""
    none = np.array(np.ma.getmaskarray(np.ma.asarray(said)))
    values = np.ma.getdata(np.ma.asarray(said))
    if column.missing is not None:
        values = plain(values) if kind_of(said) == "text" else values
        none |= equal(values, column.missing)
    return none


def plain(values: np.ndarray) -> np.ndarray:
    """Values as str, without blanks on either side; "" where there is none."""
    return np.array([word(value) for value in values], str)


def word(value: object) -> str:
    """A value as a text.

    A column of whole numbers with blanks may have been stored as floats: 3.0 is "3".
    """
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").strip()
    if isinstance(value, (float, np.floating)):
        if not np.isfinite(value):
            return ""
        return str(int(value) if value.is_integer() else value)
    return "" if value is None else str(value).strip()


def texts(said: TableColumn, column: Column) -> np.ndarray:
    """A column as texts; empty where it has no value."""
    values = np.ma.getdata(np.ma.asarray(said))
    return np.where(masked(said, column), "", plain(values)).astype(str)


def parse_floats(said: TableColumn, column: Column) -> tuple[np.ndarray, list[str]]:
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
    if values.dtype.kind == "f":
        none |= np.isnan(values)
        values = np.where(none, 0, values)
        if not np.all((np.abs(values) < EXACT) & (values % 1 == 0)):
            raise InputError(
                "holds floating-point numbers, which cannot hold the digits of an "
                "identifier; write it as an integer, or as a text"
            )
        return values.astype(np.int64)
    if values.dtype.kind in "iu":
        values = np.where(none, 0, values)
        if values.size and values.max() > LARGEST:
            raise too_large(values.max(), int(values.argmax()))
        return values.astype(np.int64)
    found = np.zeros(len(values), np.int64)
    for k, said_so in enumerate(texts(said, column)):
        match = GAIA.fullmatch(said_so)
        if said_so and match is None:
            raise InputError(
                f"{str(said_so)!r} (row {k + 1}) is not a number, as source_id has to "
                "be; map a column of names as id"
            )
        if match and int(match[1]) > LARGEST:
            raise too_large(match[1], k)
        found[k] = int(match[1]) if match else 0
    return found


def too_large(value: object, row: int) -> InputError:
    """That an identifier does not fit into 64 bits, of which one is the sign."""
    return InputError(
        f"{value} (row {row + 1}) is larger than source_id can be, 2^63 - 1; map it as "
        "id, or number the stars anew"
    )


def unit_of(said: TableColumn, column: Column) -> str:
    """The unit of a column: as configured, or as the table has it."""
    if column.unit is not None:
        return column.unit
    return "" if said.info.unit is None else str(said.info.unit)
