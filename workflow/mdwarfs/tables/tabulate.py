"""Attach descriptions and units to the columns of tables, and keep them."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import TypeVar

import numpy as np
from astropy.table import Column, Table

from mdwarfs.errors import InputError
from mdwarfs.tables.columns import complete, meaning

T = TypeVar("T")


def from_rows(rows: Sequence[Sequence], columns: dict[str, tuple[str, str]]) -> Table:
    """A table of rows whose columns say what they are.

    Parameters
    ----------
    columns
        Unit ("" if there is none or it differs by row) and description of each
        column, in order.
    """
    return annotate(Table(rows=rows or None, names=list(columns)), columns)


def annotate(table: Table, columns: dict[str, tuple[str, str]]) -> Table:
    """Attach units and descriptions to columns; in place.

    Names that derive from those of `columns` (see `mdwarfs.tables.columns.meaning`) are
    described as well, unless they say already what they are.

    Parameters
    ----------
    columns
        Unit ("" if there is none) and description by name of the column.

    Returns
    -------
    table
        The same table.

    Raises
    ------
    KeyError
        If the table has none of the columns that an entry could describe.
    """
    for name, known in columns.items():
        derived = {x: meaning(x, {name: known}) for x in table.colnames}
        derived = {x: found for x, found in derived.items() if found is not None}
        if not derived:
            raise KeyError(f"{name} describes none of {', '.join(table.colnames)}")
        for x, found in derived.items():
            if x == name:
                unit, table[x].info.description = found
                if unit:
                    table[x].info.unit = unit
            elif x not in columns:
                complete(table[x], *found)
    return table


def take(table: Table, source: Table, names: dict[str, str] | Sequence[str]) -> Table:
    """Add columns of another table, with what they say of themselves; in place.

    Parameters
    ----------
    table : n rows
    source : n rows
    names
        Names in `source`, by the names in `table`. A column that is renamed is
        described if the new name derives from the old one (`ruwe2`, `snr_ref`; see
        `mdwarfs.tables.columns.meaning`).

    Returns
    -------
    table
        The same table.
    """
    names = names if isinstance(names, dict) else dict(zip(names, names))
    for new, old in names.items():
        table[new] = np.asarray(source[old])
        hand_on(source[old], table[new])
    return table


def stacked(parts: Sequence[Table]) -> Table:
    """Tables of the same columns, one below the other.

    Parameters
    ----------
    parts
        As several jobs make them of some stars each. What the first and its columns
        say of themselves holds for all.

    Raises
    ------
    InputError
        If their columns are not the same.
    """
    first, *others = parts
    for part in others:
        if part.colnames != first.colnames:
            raise InputError(
                f"parts with the columns {', '.join(first.colnames)} and "
                f"{', '.join(part.colnames)} do not belong together: make both anew"
            )
    whole = Table(meta=first.meta)
    for name in first.colnames:
        whole[name] = np.concatenate([np.asarray(part[name]) for part in parts])
        whole[name].info.unit = first[name].info.unit
        whole[name].info.description = first[name].info.description
    return whole


def by_label(table: Table, kind: Callable[..., T]) -> dict[str, T]:
    """What a table has one row of for each label, as objects of a dataclass.

    Parameters
    ----------
    table
        `label`, and a column of numbers for each field.
    kind
        The dataclass.

    Returns
    -------
    entries
        By label, in the order of the table.
    """
    names = [field.name for field in fields(kind)]
    return {
        str(row["label"]): kind(*(float(row[name]) for name in names)) for row in table
    }


def matrix(table: Table, names: Sequence[str]) -> np.ndarray:
    """Columns of numbers as an array, shape (n, d)."""
    return np.stack([np.asarray(table[name], float) for name in names], axis=1)


def hand_on(column: Column, to: Column) -> None:
    """Let a column say what the one says from which it was made; in place.

    Parameters
    ----------
    column, to
        If the name of the second derives from that of the first, so does what it says;
        if it does not, it says nothing.
    """
    info = column.info
    if info.description:
        unit = "" if info.unit is None else info.unit
        known = meaning(to.name, {column.name: (unit, info.description)})
        if known is not None:
            complete(to, *known)
