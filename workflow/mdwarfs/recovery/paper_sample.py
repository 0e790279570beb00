"""Differences between the two samples that were put in, and those that were found."""

import numpy as np
from astropy.table import Table

from mdwarfs.samples.lost_pairs import STEPS
from mdwarfs.simulation import paper_rows
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.tabulate import from_rows
from mdwarfs.validation.paper_sample import BOTH, OURS, THEIRS

# What is injected into the labels of a pair of both samples, and the quantities in
# which it has to stand out.
OLDER = {kind: set(shifts) for kind, shifts in paper_rows.OLDER.items()}
KINDS = {
    "": "In both samples, with the same labels",
    "older_teff": "In both, Teff and log g of an older version in the paper's table",
    "older_feh": "In both, [Fe/H] of an older version in the paper's table",
    "missing": "Not in the paper's table",
} | {step: f"Only in the paper's table: {text}" for step, text in STEPS.items()}

COLUMNS = {
    "injected": ("", "What is different about the pairs; empty: nothing"),
    "membership": ("", "Where such pairs belong: both, ours or theirs"),
    "description": ("", "The same in words"),
    "n_injected": ("", "Pairs put in"),
    "n_found": ("", "Of those, found where they belong, for the reason put in"),
    "n_outliers": ("", "Of those, outliers in some quantity"),
}


def recover_sample(truth: Table, comparison: Table) -> Table:
    """Which of the injected differences the comparison has found.

    Parameters
    ----------
    truth
        `source_id1`, `source_id2`, `injected` of every pair that is in the paper's
        table or should be.
    comparison
        From `mdwarfs.validation.paper_sample.compare_sample`.

    Returns
    -------
    table
        A row per kind of pair that was put in, `COLUMNS`.
    """
    found = lookup(
        comparison["membership", "step", "outlier"], place(truth, comparison)
    )
    injected = np.asarray(truth["injected"], str)
    rows = []
    for kind, text in KINDS.items():
        own = found[injected == kind]
        if not len(own):
            continue
        far = [set(filter(None, str(names).split(", "))) for names in own["outlier"]]
        belongs = {"missing": OURS}.get(kind, THEIRS if kind in STEPS else BOTH)
        right = np.asarray(own["membership"]) == belongs
        if kind in STEPS:
            right &= np.asarray(own["step"]) == kind
        if kind in OLDER:
            right &= np.array([names >= OLDER[kind] for names in far], bool)
        n_far = sum(bool(names) for names in far)
        rows.append((kind, belongs, text, len(own), int(right.sum()), n_far))
    return from_rows(rows, COLUMNS)


def place(truth: Table, comparison: Table) -> np.ndarray:
    """Row of the comparison that has each pair of the truth; -1: none."""
    pairs = zip(comparison["source_id1"].tolist(), comparison["source_id2"].tolist())
    rows = {pair: row for row, pair in enumerate(pairs)}
    wanted = zip(truth["source_id1"].tolist(), truth["source_id2"].tolist())
    return np.array([rows.get(pair, -1) for pair in wanted], int)
