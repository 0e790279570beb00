"""How the columns of two tables differ, row by row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from astropy.table import Column

from mdwarfs.comparing.tolerances import Tolerance
from mdwarfs.slam.infer.flags import Flag

FLAGS = re.compile(r"flags[12]?")
EXAMPLES = 4


@dataclass
class Difference:
    """How a column differs in rows that are about the same.

    Attributes
    ----------
    column, unit
    n, n_apart
        Rows compared, and those that differ by more than is allowed.
    n_null
        Nulls of both.
    n_null_changed
        Rows where one of the two is null.
    n_infinite
        Values of both that are infinite, of rows where they differ.
    median, largest
        Of the differences, second minus first, of all rows with both values; of the
        largest its sign is kept.
    words
        What else is to be said, such as the bits of flags that were set.
    rounding
        Whether values differ that the tolerance takes as equal.
    """

    column: str
    unit: str = ""
    n: int = 0
    n_apart: int = 0
    n_null: tuple[int, int] = (0, 0)
    n_null_changed: int = 0
    n_infinite: tuple[int, int] = (0, 0)
    median: float = np.nan
    largest: float = np.nan
    words: list[str] = field(default_factory=list)
    rounding: bool = False

    def __bool__(self) -> bool:
        return self.n_apart > 0 or any(word.startswith("unit") for word in self.words)


def compare_columns(
    name: str, first: Column, second: Column, tolerance: Tolerance
) -> Difference:
    """Compare a column in rows that are about the same.

    Parameters
    ----------
    first, second : n rows each
    """
    units = ["" if c.info.unit is None else str(c.info.unit) for c in (first, second)]
    found = Difference(name, units[0], n=len(first))
    if units[0] != units[1]:
        found.words.append(f"unit {units[0] or 'none'} became {units[1] or 'none'}")
    one, two = np.asarray(first), np.asarray(second)
    if one.shape != two.shape or (one.dtype.kind in "fiub") != (
        two.dtype.kind in "fiub"
    ):
        found.n_apart = len(one)
        found.words.append(
            f"{one.dtype.name} {list(one.shape[1:])} became "
            f"{two.dtype.name} {list(two.shape[1:])}"
        )
    elif one.dtype.kind in "fiu":
        compare_numbers(found, one, two, tolerance)
        if FLAGS.fullmatch(name):
            found.words += bits(one, two)
            found.median = found.largest = np.nan
    else:
        apart = one != two
        found.n_apart = int(np.sum(apart))
        changed = Counter(zip(one[apart].tolist(), two[apart].tolist()))
        found.words += [
            f"{old!r} became {new!r} ({count})"
            for (old, new), count in changed.most_common(EXAMPLES)
        ]
    return found


def compare_numbers(
    found: Difference, one: np.ndarray, two: np.ndarray, tolerance: Tolerance
) -> None:
    """Compare numbers; rows may have several, and differ if one does."""
    # differences of identifiers would be lost in floats
    integers = one.dtype.kind in "iu" and two.dtype.kind in "iu"
    a, b = (x.reshape(len(x), int(np.prod(x.shape[1:]))) for x in (one, two))
    if integers and tolerance.column == "*":
        apart = a != b
    else:
        a, b = a.astype(float), b.astype(float)
        apart = tolerance.exceeded(a, b)
    null = [np.isnan(x.astype(float)) for x in (a, b)]
    found.n_apart = int(apart.any(axis=1).sum())
    found.n_null = tuple(int(x.any(axis=1).sum()) for x in null)
    found.n_null_changed = int((null[0] != null[1]).any(axis=1).sum())
    both = ~null[0] & ~null[1]
    found.n_infinite = tuple(
        int((np.isinf(x.astype(float)) & apart).any(axis=1).sum()) for x in (a, b)
    )
    with np.errstate(invalid="ignore"):
        apart_by = (b.astype(float) - a.astype(float))[both]
    apart_by = apart_by[np.isfinite(apart_by)]
    found.rounding = bool(not found.n_apart and (apart_by != 0).any())
    if found.n_apart and apart_by.any():  # or else it is nulls that differ
        found.median = float(np.median(apart_by))
        found.largest = float(apart_by[np.argmax(np.abs(apart_by))])


def bits(one: np.ndarray, two: np.ndarray) -> list[str]:
    """Which flags were set and cleared, and how often."""
    said = []
    for flag in Flag:
        before, after = (one & int(flag)) != 0, (two & int(flag)) != 0
        counts = np.sum(~before & after), np.sum(before & ~after)
        if any(counts):
            said.append(f"{flag.name.lower()} +{counts[0]} -{counts[1]}")
    return said


def images(
    name: str, one: np.ndarray, two: np.ndarray, tolerance: Tolerance
) -> Difference:
    """Compare two images of the same shape."""
    found = Difference(name, n=len(one))
    compare_numbers(found, np.atleast_1d(one), np.atleast_1d(two), tolerance)
    return found


def of_names(
    first: Sequence[str], second: Sequence[str]
) -> tuple[list[str], list[str], list[str]]:
    """Names of both, of the first alone, and of the second alone, in their order."""
    both = [name for name in first if name in second]
    return (
        both,
        [name for name in first if name not in second],
        [name for name in second if name not in first],
    )
