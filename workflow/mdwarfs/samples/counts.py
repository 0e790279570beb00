"""Tables that count what each cut on a sample removes."""

from collections.abc import Sequence

import numpy as np
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.tables.tabulate import annotate

COLUMNS = {
    "cut": ("", "Name of the cut"),
    "description": ("", "What the row says, in words"),
    "n_alone": ("", "Stars or pairs that the cut removes when it is applied alone"),
    "n_removed": ("", "Stars or pairs that the cut removes in sequence"),
    "n_left": ("", "Stars or pairs left after the cut, in sequence"),
}


def count_cuts(
    stages: Sequence[tuple[str, str, int]], cuts: Sequence[tuple[str, str, np.ndarray]]
) -> Table:
    """Count what each step of a selection removes, alone and in sequence.

    Parameters
    ----------
    stages
        Name, description and size of the sample at each step up to the one to which
        the cuts are applied. A step of which only the sequence is known has the same
        number in `n_alone` as in `n_removed`.
    cuts : masks of shape (n,)
        Name, description, and which members of the last stage's sample pass.

    Returns
    -------
    table
        `COLUMNS`; one row per stage and cut, in order.

    Raises
    ------
    ValueError
        If a cut is not about the sample that the last stage leaves.
    """
    sizes = [size for _, _, size in stages]
    removed = [before - size for before, size in zip(sizes[:1] + sizes, sizes)]
    rows = [
        (name, description, fewer, fewer, size)
        for (name, description, size), fewer in zip(stages, removed)
    ]
    left = np.ones(sizes[-1], bool)
    for name, description, passes in cuts:
        passes = np.asarray(passes, bool)
        if passes.shape != left.shape:
            raise ValueError(f"cut {name}: {passes.size} verdicts, {left.size} members")
        fewer = np.sum(left & ~passes)
        left &= passes
        rows.append((name, description, np.sum(~passes), fewer, np.sum(left)))
    table = Table(rows=rows, names=list(COLUMNS), dtype=(str, str, int, int, int))
    return annotate(table, COLUMNS)


def require_stars(counts: Table, wanted: str, where: str) -> None:
    """Stop a run at the step that leaves nothing, not where that is noticed first.

    Parameters
    ----------
    counts
        Result of `count_cuts`.
    wanted
        What the sample is made of, in words.
    where
        What decides on it.

    Raises
    ------
    InputError
        If a step leaves nothing, with the numbers of every step up to it.
    """
    empty = np.flatnonzero(np.asarray(counts["n_left"]) == 0)
    if len(empty):
        steps = counts[: empty[0] + 1]
        raise InputError(
            f"no {wanted} is left after the step {steps['cut'][-1]}: "
            + "; ".join(f"{r['description']}, {r['n_left']:,}" for r in steps)
            + f". See {where}"
        )
