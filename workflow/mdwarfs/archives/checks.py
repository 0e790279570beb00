"""Check the rows and columns of a table while it streams in."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.errors import InputError, WrongType

if TYPE_CHECKING:
    from astropy.io.fits import Header

    from mdwarfs.catalogues.excerpt import Excerpt
    from mdwarfs.tables.fits_format import Column


logger = logging.getLogger(__name__)

KINDS = {"A": "text", "E": "real", "D": "real", "L": "logical"}
KINDS |= dict.fromkeys("BIJK", "int")
FITTING = {
    "int": {"int"},
    "real": {"real"},
    "text": {"text"},
    "id": {"int", "text"},
}
SPELLINGS = {"degrees": "deg", "degree": "deg", "kelvin": "K", "milliarcsec": "mas"}


def check_rows(n_rows: int, source: dict) -> list[str]:
    """Check a number of rows against what the configuration says of it.

    Parameters
    ----------
    source
        `rows` (limits, inclusive) where the number is certain, `rows_expected` where it
        is not.

    Returns
    -------
    entries
        Warnings, for the record: of a number other than expected. They are logged.

    Raises
    ------
    InputError
        If there are no rows, or not as many as are certain.
    """
    if not n_rows:
        raise InputError("the table has 0 rows")
    if "rows" in source and not within(n_rows, source["rows"]):
        right = in_words(source["rows"])
        raise InputError(f"the table has {n_rows} rows, {right} are right")
    if "rows_expected" not in source or within(n_rows, source["rows_expected"]):
        return []
    expected = in_words(source["rows_expected"])
    warning = f"the table has {n_rows} rows, {expected} were expected"
    logger.warning("%s", warning)
    return [warning]


def within(n_rows: int, rows: Sequence[int]) -> bool:
    """Whether a number of rows is inside its limits (inclusive)."""
    return rows[0] <= n_rows <= rows[1]


def in_words(rows: Sequence[int]) -> str:
    """Limits of a number of rows, in words."""
    low, high = rows
    return f"{low}" if low == high else f"{low} to {high}"


def check_columns(
    header: Header, cells: dict[str, tuple[Column, None]], excerpt: Excerpt
) -> None:
    """Raise InputError if a column's type or unit is not what it has to be.

    Parameters
    ----------
    header
        Of the table.
    cells
        Column and null value by name, as `fits_rows.select_columns` gives them.
    """
    names = {header[f"TTYPE{i + 1}"].strip(): i + 1 for i in range(header["TFIELDS"])}
    for name, (column, _) in cells.items():
        wanted = excerpt.columns[name]
        if KINDS.get(column.code) not in FITTING[wanted] or (
            column.repeat > 1 and column.code != "A"
        ):
            raise WrongType(
                f"column {column.name} has the format {column.format}, which is no "
                f"{wanted}"
            )
        unit = str(header.get(f"TUNIT{names[column.name]}", "")).strip()
        right = excerpt.units.get(name)
        if unit and right and SPELLINGS.get(unit.lower(), unit) != right:
            raise WrongType(f"column {column.name} is in {unit}, not in {right}")


class Checks:
    """Checks of values, which need all rows: identifiers positive, keys unique."""

    def __init__(self, excerpt: Excerpt) -> None:
        self.excerpt, self._keys = excerpt, []
        self.n_rows = self.n_positive = 0

    def see(self, rows: Table) -> None:
        """Take note of some rows, a Table or structured array."""
        self.n_rows += len(rows)
        if self.excerpt.positive:
            self.n_positive += int(np.sum(has_identifier(rows[self.excerpt.positive])))
        if self.excerpt.unique:
            self._keys.append(np.array(rows[self.excerpt.unique]))

    def end(self) -> None:
        """Raise InputError if what was seen cannot be right."""
        name = self.excerpt.positive
        if name and self.n_rows and self.n_positive < self.n_rows / 2:
            raise InputError(
                f"only {self.n_positive} of {self.n_rows} rows have a positive {name}"
            )
        keys = np.concatenate(self._keys) if self._keys else np.empty(0)
        self._keys.clear()
        keys.sort()  # in place: there may be millions
        n_repeated = int(np.sum(keys[1:] == keys[:-1]))
        if n_repeated:
            raise InputError(
                f"{self.excerpt.unique} should identify a row, but {n_repeated} of "
                f"{len(keys)} rows repeat another's"
            )


def has_identifier(values: ArrayLike) -> np.ndarray:
    """Whether each value is a positive integer, or a text of one."""
    values = np.asarray(values)
    if values.dtype.kind in "iu":
        return values > 0
    if values.dtype.kind == "U":
        values = np.char.encode(values, "ascii", "replace")
    words = np.char.strip(values)
    return np.char.isdigit(words) & (words != b"0")
