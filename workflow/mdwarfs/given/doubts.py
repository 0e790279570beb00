"""Find what is doubtful in a given table although each of its values is possible.

Identifiers that lost their last digits, a fill value that looks like a label, labels in
another unit: a single row shows nothing, but the column does. Nothing is refused for
it; the log of the run and its summary report it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from astropy.table import Table

from mdwarfs.catalogues.rounded import rounding
from mdwarfs.labels import LABELS
from mdwarfs.statistics import robust_std
from mdwarfs.tables.physical import DWARF

FEWEST = 10  # labels, of fewer of which nothing is said
OFTEN, OFTENER = 0.2, 4  # share of one value, and times the next one's share
WIDE = 0.2  # of the range that M dwarfs have, as a standard deviation
NARROW = 0.3  # of the median error, as a standard deviation
OUTSIDE = 0.05  # share of labels that are none of an M dwarf


def doubts(labels: Table, names: Sequence[str]) -> list[str]:
    """What is doubtful, a sentence each; none if nothing is.

    Parameters
    ----------
    labels
        A row per spectrum: `star_id` if the table has identifiers, the labels, and
        `e_*` where their errors are known.
    names
        The labels of the model.
    """
    found = []
    if "star_id" in labels.colnames and (words := rounding(labels["star_id"])):
        found.append(
            f"source_id: the identifiers have been rounded, {words}: they are those of "
            "no stars, and match nothing. Take them from the original, as text"
        )
    for name in names:
        values = np.asarray(labels[name], float)
        errors = np.full(len(values), np.nan)
        if f"e_{name}" in labels.colnames:
            errors = np.asarray(labels[f"e_{name}"], float)
        known = np.isfinite(values)
        if known.sum() >= FEWEST:
            found += of_label(name, values[known], errors[known])
    return found


def of_label(name: str, values: np.ndarray, errors: np.ndarray) -> Iterator[str]:
    """What is doubtful about the values of a label.

    Parameters
    ----------
    name
    values : shape (n,)
    errors : shape (n,)
        NaN where they are not known.
    """
    label, usual = LABELS[name], DWARF[name]

    def shown(value):
        return f"{value:.{label.decimals + 1}f} {label.unit}".strip()

    (value, most), *others = Counter(values.tolist()).most_common(2)
    next_one = others[0][1] if others else 0
    if most >= OFTEN * len(values) and most > max(OFTENER * next_one, 3):
        yield (
            f"{name}: {most} of {len(values)} labels are {value:g}: is that a fill "
            f"value? Say so as files.columns.{name}.missing"
        )
    outside = int((~usual.holds(values)).sum())
    if outside > max(OUTSIDE * len(values), 1):
        yield (
            f"{name}: {outside} of {len(values)} labels are none of an M dwarf "
            f"({usual}): are they in another unit, or another column?"
        )
    scatter = robust_std(values)
    if scatter > WIDE * (usual.high - usual.low):
        yield (
            f"{name}: the labels scatter by {shown(scatter)}, more than M dwarfs do: "
            "are they in another unit, or another column?"
        )
    error = np.nanmedian(errors) if np.isfinite(errors).any() else 0.0
    if np.std(values) < NARROW * error:
        yield (
            f"{name}: the labels scatter by {shown(np.std(values))}, and their errors "
            f"are {shown(error)}: there is little to learn, or one of the two is in "
            "another unit"
        )
