"""Match the rows of two tables that are about the same thing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from astropy.table import Table

STARS = ("source_id1", "source_id2", "source_id", "sdss_id", "gaia_dr2_source_id")
"""Identifiers of stars; a pair has two."""
KEYS = (
    *STARS, "obsid", "tmass_designation", "star_id", "row", "id", "path", "file",
    "quantity", "comparison", "label", "reference", "sample", "kind", "injected",
    "membership", "criterion", "cut", "against", "method", "uncertainty", "answer",
    "fit", "sign", "measure", "parameter", "variant", "stage", "feature", "name",
    "bin",
)  # fmt: skip
"""Columns that say what a row is about, in the order in which they are asked."""


FARTHEST = 1 / 60
"""Degrees by which a star can have moved from one catalogue to another."""


@dataclass
class Matched:
    """Rows of two tables.

    Attributes
    ----------
    keys
        The columns by which rows were matched; empty: by their order.
    first, second : int, shape (n,)
        Rows of the two that are about the same.
    only_first, only_second : int
        Rows that the other lacks.
    """

    keys: tuple[str, ...]
    first: np.ndarray
    second: np.ndarray
    only_first: np.ndarray
    only_second: np.ndarray

    @property
    def reordered(self) -> bool:
        """Whether the same rows stand in another order."""
        return bool(np.any(np.diff(self.second[np.argsort(self.first)]) < 0))


def match_rows(first: Table, second: Table) -> Matched:
    """Match rows by as few of `KEYS` as tell all rows of both tables apart.

    Rows that even all of them do not tell apart are matched in their order.
    """
    keys: list[str] = []
    for name in KEYS:
        if told_apart(first, keys) and told_apart(second, keys):
            break
        if name in first.colnames and name in second.colnames:
            if all(can_tell(table[name]) for table in (first, second)):
                keys.append(name)
    places = {}
    for row, key in enumerate(numbered(first, keys)):
        places[key] = row
    pairs, only_second = [], []
    for row, key in enumerate(numbered(second, keys)):
        if key in places:
            pairs.append((places.pop(key), row))
        else:
            only_second.append(row)
    one, two = np.array(pairs, int).reshape(-1, 2).T
    same = same_place(first[one], second[two]) if set(keys) & set(STARS) else one >= 0
    gone, come = [*places.values(), *one[~same]], [*only_second, *two[~same]]
    one, two = one[same], two[same]
    order = np.argsort(one, kind="stable")
    return Matched(
        tuple(keys),
        one[order],
        two[order],
        np.array(sorted(gone), int),
        np.array(sorted(come), int),
    )


def same_place(first: Table, second: Table) -> np.ndarray:
    """Whether stars of one identifier are at one place, and so are the same.

    Those of two draws of a simulation may share an identifier, and nothing else.

    Parameters
    ----------
    first, second : n rows each
        What has no position, or a null, is taken to be the same.

    Returns
    -------
    bool, shape (n,)
    """
    apart = np.zeros(len(first))
    if {"ra", "dec"} <= {*first.colnames} & {*second.colnames}:
        dec = np.asarray(first["dec"], float)
        turn = np.asarray(second["ra"], float) - np.asarray(first["ra"], float)
        turn = (turn + 180) % 360 - 180
        apart = np.hypot(turn * np.cos(np.radians(dec)), second["dec"] - dec)
    return ~(np.asarray(apart) > FARTHEST)


def can_tell(column: np.ndarray) -> bool:
    """Whether a column can be a key: of one text or integer in each row."""
    values = np.asarray(column)
    return values.ndim == 1 and values.dtype.kind in "iuUS"


def told_apart(table: Table, keys: Sequence[str]) -> bool:
    """Whether the keys tell all rows apart."""
    if not keys:
        return False
    return len(set(zip(*(np.asarray(table[x]).tolist() for x in keys)))) == len(table)


def numbered(table: Table, keys: Sequence[str]) -> list[tuple]:
    """The keys of each row, and how many rows before it have the same."""
    columns = [np.asarray(table[name]).tolist() for name in keys]
    seen: dict[tuple, int] = {}
    found = []
    for key in zip(*columns) if columns else [()] * len(table):
        seen[key] = seen.get(key, -1) + 1
        found.append((*key, seen[key]))
    return found
