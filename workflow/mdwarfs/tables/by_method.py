"""The table of labels by methods: a row per method and star."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from astropy.table import Table, vstack

from mdwarfs.tables.columns import describe
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import matrix

METHOD = "How the labels were found"
SETTINGS = {
    "method": ("", METHOD),
    "settings": ("", "What was chosen, over all trainings"),
}


def long_table(
    found: dict[str, np.ndarray], stars: np.ndarray, names: Sequence[str]
) -> Table:
    """Labels by methods as a table, a row per method and star that it has labels of.

    Parameters
    ----------
    found
        From `by_methods`.
    stars : int, shape (n,)
        source_id.
    names : length d
    """
    parts = []
    for method, values in found.items():
        got = np.isfinite(values).all(axis=1)
        part = Table({"source_id": np.asarray(stars)[got]})
        part["method"] = np.full(got.sum(), method, f"U{max(map(len, found))}")
        for name, column in zip(names, values[got].T):
            part[name] = column
        parts.append(part)
    table = vstack(parts)
    table["method"].info.description = METHOD
    return describe(table)


def from_long(
    table: Table, stars: np.ndarray, names: Sequence[str]
) -> dict[str, np.ndarray]:
    """Labels of stars by each method of a `long_table`, shape (m, d) each."""
    found = {}
    for method in dict.fromkeys(str(x) for x in table["method"]):
        own = table[np.asarray(table["method"]) == method]
        rows = lookup(own, match(stars, own["source_id"]))
        found[method] = matrix(rows, names)
    return found
