"""Select the rows of a table for a run, and the stars that are fit for training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.given.equality import as_number, equal
from mdwarfs.tables.tabulate import from_rows

COMPARISONS = {
    "above": (np.greater, "is not above"),
    "below": (np.less, "is not below"),
    "at_least": (np.greater, "is below"),
    "at_most": (np.less, "is above"),
}
"""Each with what is said of a value that fails; a value that is the limit is neither
above nor below it, however it is stored."""

LISTS = ("in", "not_in", "starts_with")
CONDITIONS = (*COMPARISONS, *LISTS, "finite")

COUNTS = {
    "criterion": ("", "What a row has to fulfil, in the order of the configuration"),
    "n_removed": ("", "Rows that this one removes, of those that are left so far"),
    "n_left": ("", "Rows that are left"),
}


def condition_of(cut: dict) -> str:
    """The one condition that a cut makes."""
    return next(name for name in CONDITIONS if name in cut)


def holds(cut: dict, values: np.ndarray) -> np.ndarray:
    """Where a condition holds; not where there is no value, but for `not_in`.

    Parameters
    ----------
    cut
        As the configuration has it.
    values : shape (n,)
        Of its column.

    Returns
    -------
    bool, shape (n,)

    Raises
    ------
    InputError
        If the column is of texts and the condition of numbers, or the reverse.
    """
    condition = condition_of(cut)
    value = cut[condition]
    is_text = values.dtype.kind == "U"
    if condition == "starts_with":
        return np.char.startswith(values.astype(str)[:, None], value).any(axis=1)
    if condition in ("in", "not_in"):
        inside = np.zeros(len(values), bool)
        for wanted in value:
            if not is_text and as_number(wanted) is None:
                raise InputError(
                    f"{condition}: {wanted!r} is not a number, but the column "
                    f"{cut['column']} holds numbers"
                )
            inside |= equal(values, wanted)
        return inside if condition == "in" else ~inside
    if condition == "finite":
        known = values != "" if is_text else np.isfinite(values.astype(float))
        return known == bool(value)
    if is_text:
        raise InputError(
            f"{condition}: the column {cut['column']} holds text; the conditions "
            "for text are in, not_in and starts_with"
        )
    same = equal(values, value)
    with np.errstate(invalid="ignore"):
        beyond = COMPARISONS[condition][0](values, value)
    return beyond | same if condition in ("at_least", "at_most") else beyond & ~same


def why_not(cut: dict, value: object) -> str:
    """Why a star of this value fails a cut, in words."""
    if "reason" in cut:
        return cut["reason"]
    column, condition = cut["column"], condition_of(cut)
    number = isinstance(value, (float, np.floating))
    if (number and np.isnan(value)) or str(value) == "":
        return f"{column} is not known"
    said = f"{value:.6g}" if number else str(value)
    limit = cut[condition]
    if condition in COMPARISONS:
        return f"{column} {said} {COMPARISONS[condition][1]} {limit:g}"
    if condition == "finite":
        return f"{column} is known" if not limit else f"{column} is not known"
    words = ", ".join(map(str, limit))
    verb = {
        "in": "is none of",
        "not_in": "is one of",
        "starts_with": "does not begin with",
    }[condition]
    return f"{column} {said} {verb} {words}"


def criterion(cut: dict) -> str:
    """A cut as it stands, in a line."""
    condition = condition_of(cut)
    value = cut[condition]
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    return f"{cut['column']} {condition.replace('_', ' ')} {value}"


def select(table: Table, cuts: Sequence[dict]) -> tuple[np.ndarray, Table]:
    """The rows that fulfil all of some criteria.

    Returns
    -------
    rows : int, shape (k,)
    counts
        A row per criterion, `COUNTS`, after one of the whole table.
    """
    left = np.ones(len(table), bool)
    lines = [("all rows", 0, len(table))]
    for cut in cuts:
        before = left.sum()
        left &= holds(cut, np.asarray(table[cut["column"]]))
        lines.append((criterion(cut), int(before - left.sum()), int(left.sum())))
    return np.flatnonzero(left), from_rows(lines, COUNTS)


def failures(table: Table, cuts: Sequence[dict]) -> list[list[str]]:
    """Why each star fails cuts, in their order; nothing for a star that passes."""
    found = [[] for _ in range(len(table))]
    for cut in cuts:
        values = np.asarray(table[cut["column"]])
        for k in np.flatnonzero(~holds(cut, values)):
            found[k].append(why_not(cut, values[k]))
    return found
