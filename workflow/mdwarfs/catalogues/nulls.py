"""Bring the archives' different marks for missing values to one form.

A missing real is NaN, a missing text empty, a missing identifier 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.errors import InputError
from mdwarfs.tables.columns import ERROR
from mdwarfs.tables.physical import limits

FILLS = (-9999.0, -999.0, -9999.99, 9999.0)
"""What archives write for a missing real: SkyServer's tables, which allow no nulls,
have -9999 and -999 where the files have NaN; LAMOST and Birky+2020 have -9999."""

HUGE = 1e19  # El-Badry+2021 and CDS write 1e20
CARD = "NULLED"  # header keywords NULLED1, NULLED2 and so on
LEAST = 10  # values that a column must have before it is refused as a whole
MOST = 0.3
"""Share of a column's values, fill values apart, that no star can have, above which the
column is refused: it is another one, or in another unit."""
DASHES = ("-", "--", "---", "...")
NO_TEXT = ("UNKNOWN", "null", "NULL", "nan", "None", "N/A")


def clean_real(values: ArrayLike) -> np.ndarray:
    """Reals, with NaN for what is masked or not finite.

    Parameters
    ----------
    values : shape (n,)
        May be masked.

    Returns
    -------
    float64, shape (n,)

    Raises
    ------
    InputError
        If a text is neither a number nor missing.
    """
    values = np.ma.asarray(values)
    if values.dtype.kind in "SUO":
        values = of_words(values)
    values = np.ma.filled(values.astype(float), np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def of_words(values: np.ndarray) -> np.ndarray:
    """Reals that came as texts; blanks and dashes are masked.

    Raises
    ------
    InputError
        If a text is neither a number nor missing.
    """
    words = clean_text(values)
    missing = (words == "") | np.isin(words, DASHES)
    try:
        return np.ma.array(np.where(missing, "nan", words).astype(float), mask=missing)
    except ValueError as error:
        raise InputError(f"reals are wanted: {error}") from error


@dataclass(frozen=True)
class Nulled:
    """How many values of a column were made null, and why.

    Attributes
    ----------
    n
        Values made null.
    of
        Values that the column had.
    """

    column: str
    reason: str
    n: int
    of: int

    def __str__(self):
        return f"{self.n} of {self.of} {self.column}: {self.reason}"

    @property
    def is_fill(self) -> bool:
        """Whether the values were an archive's own way to say that there is none."""
        return self.reason.startswith("fill value")

    @classmethod
    def parse(cls, text: str) -> Nulled:
        """What `str` made."""
        n, of, column, reason = re.fullmatch(
            r"(\d+) of (\d+) (\w+): (.*)", text
        ).groups()
        return cls(column, reason, int(n), int(of))


def keep_physical(table: Table, lost: Sequence[Nulled] = ()) -> dict[str, str]:
    """Make null what no star can have, in place; count it.

    A 0 whose uncertainty is null or no uncertainty is a fill value too.

    Parameters
    ----------
    table
        Columns under the names of `mdwarfs.tables.columns`, in its units.
    lost
        Identifiers that were made null before, see
        `mdwarfs.catalogues.identifiers.identifiers`; counted too.

    Returns
    -------
    entries
        Header cards that say what was made null, for `from_cards`.

    Raises
    ------
    InputError
        If more than the share `MOST` of a column's values is outside its range, fill
        values apart: then it is not what its name says, or in another unit.
    """
    found = list(lost)
    for name in table.colnames:
        right = limits(name)
        if right is None:
            continue
        values = np.array(table[name], float)
        known = np.isfinite(values)
        fills = known & (is_fill(values) | is_zero_fill(table, name))
        if right.positive:  # such as an uncertainty: a 0 says that there is none
            fills |= values == 0
        wrong = known & (fills | ~right.holds(values))
        meant = values[known & ~fills]
        n_outside = int(np.sum(~right.holds(meant)))
        if n_outside > max(MOST * len(meant), LEAST):
            raise InputError(
                f"{n_outside} of {len(meant)} values of {name} lie outside {right}: "
                f"they lie between {meant.min():g} and {meant.max():g}. Is it in "
                "another unit, or another column?"
            )
        huge = fills & (np.abs(values) >= HUGE)
        small = np.unique(values[fills & ~huge])
        reasons = [(f"fill value {fill:g}", values == fill) for fill in small]
        reasons.append((f"fill value {values[huge][0]:g}" if huge.any() else "", huge))
        reasons.append((f"outside {right}", wrong & ~fills))
        found += [
            Nulled(name, reason, int(mask.sum()), int(known.sum()))
            for reason, mask in reasons
            if mask.any()
        ]
        table[name][wrong] = np.nan
    return cards(found)


def cards(found: Sequence[Nulled]) -> dict[str, str]:
    """Header cards that say what was made null; `from_cards` reads them."""
    return {f"{CARD}{k}": str(nulled) for k, nulled in enumerate(found, start=1)}


def without_fills(values: np.ndarray) -> np.ndarray:
    """Values with NaN for those that archives write for a missing one."""
    return np.where(is_fill(values), np.nan, values)


def is_zero_fill(table: Table, name: str) -> np.ndarray:
    """Whether each value is 0 and has no uncertainty, though the column has them."""
    if f"{ERROR}{name}" not in table.colnames:
        return np.zeros(len(table), bool)
    error = np.asarray(table[f"{ERROR}{name}"], float)
    sound = limits(f"{ERROR}{name}").holds(error) & ~is_fill(error)
    return (np.asarray(table[name]) == 0) & ~sound


def from_cards(meta: Mapping) -> list[Nulled]:
    """What was made null in a table, from its header; see `keep_physical`."""
    cards = (value for key, value in meta.items() if re.fullmatch(rf"{CARD}\d+", key))
    return [Nulled.parse(card) for card in cards]


def is_fill(values: np.ndarray) -> np.ndarray:
    """Whether each value is one that archives write for a missing one."""
    found = np.abs(values) >= HUGE
    for fill in FILLS:
        found |= np.isclose(values, fill, rtol=1e-6, atol=0)  # it may be of 32 bits
    return found


def clean_text(values: ArrayLike) -> np.ndarray:
    """Texts without blanks around them, and "" for what is missing.

    Parameters
    ----------
    values : str, shape (n,)
        May be masked.

    Returns
    -------
    str, shape (n,)
        No wider than the longest text: the width is not the archive's.
    """
    missing = np.ma.getmaskarray(values)
    values = np.asarray(np.ma.getdata(values))
    if values.dtype.kind == "S":
        values = np.char.decode(values, "ascii", "replace")
    values = np.char.strip(values.astype(str))
    values = np.where(missing | np.isin(values, NO_TEXT), "", values)
    return values.astype(f"U{np.char.str_len(values).max(initial=1)}")
