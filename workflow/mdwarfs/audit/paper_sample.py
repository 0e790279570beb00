"""The section of the audit's text on the sample built here against the paper's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mdwarfs.tables import absent
from mdwarfs.tables.markdown import grid, number
from mdwarfs.validation.paper_sample import NAMED, SAME, unit_of

if TYPE_CHECKING:
    from mdwarfs.audit.run import Run


PAIRS = (
    "A row per pair, with the reason of each that is not in both, is in "
    "`comparisons/paper_sample.fits`; names are the Gaia DR3 identifiers of M dwarfs."
)


def against_the_paper(run: Run) -> list[str]:
    """Numbers of pairs in both samples and in one, and how their labels differ.

    Returns
    -------
    entries
        Paragraphs of Markdown with a heading; none unless the run has compared them.
    """
    if not {"paper_sample", "paper_sample_counts"} <= run.tables.keys():
        return []
    counts, summary = run.table("paper_sample_counts"), run.table("paper_sample")
    head = "## The paper's own sample"
    if absent.why(counts):
        return [head, f"**Not compared**: {absent.why(counts)}"]
    return [head, PAIRS, _counts(counts), _differences(summary), *_put_in(run)]


def _counts(counts):
    rows = [
        (f"{'— ' if row['step'] else ''}{row['description']}", number(row["n_pairs"]))
        for row in counts
    ]
    return grid(("what", "pairs"), rows)


def _differences(summary):
    """Here minus the paper's table."""
    columns = ("n", "n_same", "median", "e_median", "robust_std", "n_outliers")
    rows = [
        [row["quantity"], unit_of(str(row["quantity"]))]
        + [number(but_for_rounding(row[name], row["quantity"])) for name in columns]
        + [row["outliers"]]
        for row in summary
    ]
    heads = ["here minus table", "unit", "pairs", "the same", "median", "±"]
    heads += ["robust scatter", "outliers", f"the farthest (at most {NAMED})"]
    return grid(heads, rows)


def but_for_rounding(value: float, quantity: str) -> float:
    """A number, 0 where it is the rounding of a file's reals of 32 bits."""
    return 0.0 if abs(value) < 1e-3 * SAME[unit_of(str(quantity))] else value


def _put_in(run):
    """What the simulation put in, and how much of it was found."""
    if "recovered_sample" not in run.tables:
        return []
    found = run.table("recovered_sample")
    rows = [
        (row["description"], number(row["n_injected"]), number(row["n_found"]))
        for row in found
    ]
    all_found = np.all(np.asarray(found["n_found"]) == np.asarray(found["n_injected"]))
    text = "Every one was found" if all_found else "**Not every one was found**"
    return [
        "What the simulation made different in the paper's table, and what was found "
        f"for the reason put in. {text}.",
        grid(("put in", "pairs", "found"), rows),
    ]
