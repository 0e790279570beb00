"""Identifiers of an archive's table, as exact integers.

A value that is no identifier makes its row one without, and is counted with a reason. A
column that has hardly any identifier is refused: it is another one, or went through a
real number on its way.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.catalogues.nulls import DASHES, LEAST, MOST, Nulled, clean_text
from mdwarfs.catalogues.rounded import rounding
from mdwarfs.errors import InputError

logger = logging.getLogger(__name__)

INT64_MAX = str(np.iinfo(np.int64).max)
REAL = re.compile(r"[+-]?(\d+\.\d*|\.\d+|\d+(?=[eEdD]))([eEdD][+-]?\d+)?")
"""How a text writes a real number, if it is no integer."""
LONGEST = 30  # characters of a value in messages


def identifiers(
    rows: Table, columns: Mapping[str, str], keys: Sequence[str] = ()
) -> tuple[Table, list[Nulled]]:
    """Columns of identifiers under our names.

    Parameters
    ----------
    rows
        The archive's columns.
    columns
        Their names by ours.
    keys
        Our names of those that a row must have to be of use.

    Returns
    -------
    found
        Of int64; 0 where there is none.
    lost
        What was no identifier, which `nulls.keep_physical` counts with the rest.

    Raises
    ------
    InputError
        As `integers`, `Count.lost` and `Count.require` do.
    """
    found, lost = Table(), []
    for ours, theirs in columns.items():
        count = Count(ours, theirs)
        found[ours] = count.see(rows[theirs])
        lost += count.lost()
        if ours in keys:
            count.require()
    return found, lost


class Count:
    """What a column of identifiers is found to hold, in one piece or in several.

    Parameters
    ----------
    ours, theirs
        Name of the column here, and in the archive's table.
    """

    def __init__(self, ours: str, theirs: str) -> None:
        self.ours, self.theirs = ours, theirs
        self.rows = self.given = self.bad = 0
        self.example = ""

    def see(self, values: ArrayLike) -> np.ndarray:
        """The identifiers among some values; see `integers`."""
        ids, bad = integers(values, self.theirs)
        self.rows += len(ids)
        self.given += int(np.sum(bad | (ids > 0)))
        self.bad += int(np.sum(bad))
        if bad.any() and not self.example:
            word = str(clean_text(values)[bad][0])
            self.example = ascii(
                word if len(word) <= LONGEST else word[:LONGEST] + "..."
            )
        return ids

    def lost(self) -> list[Nulled]:
        """What was no identifier; empty if all were, or were missing.

        Raises
        ------
        InputError
            If it is all that was given, or more than the share `MOST` of it: the column
            is another one then, or has been through a real number.
        """
        if not self.bad:
            return []
        real = REAL.fullmatch(self.example.strip("'\""))
        what = "a real number" if real else "no number that an identifier can be"
        if self.bad == self.given or self.bad > max(MOST * self.given, LEAST):
            raise InputError(
                f"{self.bad} of {self.given} values of {self.theirs} are no "
                f"identifiers, the first is {self.example}, {what}: "
                + ("its last digits are lost; " if real else "")
                + "take the column from the archive as an integer"
            )
        lost = Nulled(
            self.ours, f"no identifier, such as {self.example}", self.bad, self.given
        )
        logger.warning("%s: these rows have none", lost)
        return [lost]

    def require(self) -> None:
        """Raise InputError if there are rows, and none has an identifier."""
        if self.rows and not self.given:
            raise InputError(
                f"none of {self.rows} rows has an identifier in {self.theirs}: nothing "
                "can be matched to them"
            )


def integers(values: ArrayLike, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Identifiers as exact integers, and which values are neither these nor missing.

    Parameters
    ----------
    values : int or str, shape (n,)
        Numbers up to 0, blanks, dashes and words such as "null" are missing.
    name
        Of the column, for messages.

    Returns
    -------
    ids : int64, shape (n,)
        0 for what is missing or bad.
    bad : bool, shape (n,)
        Texts that are no integers, or too large for one of 64 bits.

    Raises
    ------
    InputError
        If they are stored as reals, or as integers that were reals
        (`mdwarfs.catalogues.rounded`): their last digits are lost then.
    """
    dtype = np.asarray(values).dtype
    if dtype.kind in "iu":
        found = np.maximum(np.asarray(np.ma.filled(values, 0)).astype(np.int64), 0)
        return exact(found, name), np.zeros(len(found), bool)
    if dtype.kind not in "US":
        raise InputError(
            f"{name} are reals ({dtype}), no exact identifiers: take the column from "
            "the archive as an integer"
        )
    words = clean_text(values)
    size = np.char.str_len(words)
    digits = np.char.isdigit(words) & (
        (size < len(INT64_MAX)) | ((size == len(INT64_MAX)) & (words <= INT64_MAX))
    )
    negative = np.char.startswith(words, "-") & np.char.isdigit(
        np.char.lstrip(words, "-")
    )
    missing = (words == "") | np.isin(words, DASHES) | negative
    ids = np.where(digits, words, "0").astype(np.int64)
    return exact(ids, name), ~digits & ~missing


def exact(ids: np.ndarray, name: str) -> np.ndarray:
    """Identifiers as they are; raises InputError if they look rounded."""
    if words := rounding(ids):
        raise InputError(
            f"{name} has been through a real number, {words}: the last digits of the "
            "identifiers are lost; take the column from the archive as an integer"
        )
    return ids
