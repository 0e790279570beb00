"""The sample that is built here against the paper's own, pair by pair."""

import logging
from dataclasses import dataclass

import numpy as np
from astropy.table import Table

from mdwarfs.labels import LABELS, OF_PAPER
from mdwarfs.labels import QUANTITIES as MEASURED
from mdwarfs.samples.lost_pairs import STEPS
from mdwarfs.statistics import summarise
from mdwarfs.tables import absent
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import annotate, from_rows

logger = logging.getLogger(__name__)

QUANTITIES = (*OF_PAPER, *(f"e_{x}" for x in OF_PAPER if x in MEASURED), "snr")
BOTH, OURS, THEIRS = "both", "ours", "theirs"
NOT_THERE = "not a pair of the paper's table"
OTHER_PRIMARY = "the paper's table has this M dwarf, but not with this primary"

# Differences up to so much are those of rounding: the values are the same.
SAME = {"K": 1.0, "dex": 0.005, "": 0.05}
FAR = (
    5.0  # robust standard deviations from the median beyond which a pair is an outlier
)
NAMED = 10  # outliers of a quantity that the summary names

PAIR = {
    "membership": ("", "both, ours (only in the sample built here) or theirs"),
    "step": ("", "First step of the sample that a pair of theirs fails"),
    "reason": ("", "Why the pair is not in both; empty if it is"),
    "outlier": ("", "Quantities in which the pair is an outlier"),
}
COUNTS = {
    "membership": ("", "both, ours (only in the sample built here) or theirs"),
    "step": ("", "First step of the sample that the pairs fail"),
    "description": ("", "What the row counts"),
    "n_pairs": ("", "Pairs"),
}
SUMMARY = {
    "quantity": ("", "What is compared; its unit is the unit of the row"),
    "n": ("", "Common pairs with both values"),
    "n_same": ("", "Of those, with the same value but for rounding"),
    "median": ("", "Median of ours minus theirs"),
    "e_median": ("", "Standard error of the median"),
    "robust_std": (
        "",
        "1.4826 times the median absolute deviation of ours minus theirs",
    ),
    "std": ("", "Standard deviation of ours minus theirs"),
    "n_outliers": ("", "Pairs farther from the median than rounding, and 5 robust_std"),
    "outliers": ("", "Gaia DR3 identifiers of the M dwarfs of the farthest of them"),
}


@dataclass(frozen=True)
class Difference:
    """Ours minus theirs of one quantity, over the rows of a comparison.

    Attributes
    ----------
    values : shape (n,)
        NaN where either is unknown.
    same, outlier : bool, shape (n,)
        Equal but for rounding; far from the median.
    """

    values: np.ndarray
    same: np.ndarray
    outlier: np.ndarray


def compare_sample(
    theirs: Table, labels: Table, step: np.ndarray, reason: np.ndarray
) -> Table:
    """Put the two samples beside each other.

    Parameters
    ----------
    theirs
        The paper's pairs (`mdwarfs.catalogues.paper_pairs`).
    labels
        Labels of the pairs that are selected here; those not `labelled` are left out.
    step, reason : str, shape (n,)
        From `mdwarfs.samples.lost_pairs.explain`, of each pair of theirs.

    Returns
    -------
    table
        A row per pair of either sample, by ascending `source_id2`: identifiers,
        `PAIR`, and `x` here with `x_ref` there of each of `QUANTITIES`. Without rows
        if the paper's table is not at hand (`mdwarfs.tables.absent`).
    """
    missing = absent.why(theirs)
    ours = labels[np.asarray(labels["labelled"], bool) & (missing == "")]
    common = np.asarray(step) == ""
    index = np.full(len(theirs), -1)
    index[common] = match(theirs["source_id2"][common], ours["source_id"])
    alone = np.setdiff1d(np.arange(len(ours)), index)
    here = lookup(ours, np.concatenate([index, alone]))
    there = lookup(
        theirs, np.concatenate([np.arange(len(theirs)), np.full(len(alone), -1)])
    )
    known = np.asarray(there["row"]) > 0

    table = Table()
    for name, own in (("source_id1", "source_id1"), ("source_id2", "source_id")):
        table[name] = np.where(known, there[name], here[own])
    table["sdss_id"] = here["sdss_id"]
    named = np.where(index >= 0, BOTH, THEIRS).astype("U6")
    table["membership"] = np.concatenate([named, np.full(len(alone), OURS, "U6")])
    table["row"] = there["row"]
    table["step"] = np.concatenate([step, np.full(len(alone), "")]).astype("U16")
    table["reason"] = np.concatenate([reason, _only_here(ours[alone], theirs)]).astype(
        str
    )
    for name in QUANTITIES:
        table[name] = np.asarray(here[name], float)
        table[f"{name}_ref"] = np.asarray(there[name], float)
    far = {name: difference(table, name).outlier for name in QUANTITIES}
    table["outlier"] = [
        ", ".join(name for name in QUANTITIES if far[name][row])
        for row in range(len(table))
    ] or np.array([], "U1")
    annotate(table, PAIR)
    logger.info(
        "%d pairs in both samples, %d only here, %d only in the paper's table",
        *(np.sum(table["membership"] == name) for name in (BOTH, OURS, THEIRS)),
    )
    order = np.lexsort((table["row"], table["source_id2"]))
    return absent.note(table[order], missing)


def _only_here(ours, theirs):
    """Why pairs of ours are not in the paper's table, as far as that can be said."""
    elsewhere = np.isin(ours["source_id"], theirs["source_id2"])
    return np.where(elsewhere, OTHER_PRIMARY, NOT_THERE)


def difference(comparison: Table, name: str) -> Difference:
    """Ours minus theirs of one quantity.

    Parameters
    ----------
    comparison
        As `compare_sample` makes it.
    name
        One of `QUANTITIES`.
    """
    values = np.asarray(comparison[name] - comparison[f"{name}_ref"], float)
    sample = summarise(values)
    least = SAME[unit_of(name)]
    distance = np.abs(values - sample.median)
    spread = 0.0 if np.isnan(sample.robust_std) else sample.robust_std
    return Difference(
        values=values,
        same=np.abs(values) <= least,
        outlier=distance > max(least, FAR * spread),
    )


def unit_of(name: str) -> str:
    """Unit of a quantity; empty if it has none."""
    label = LABELS.get(name.removeprefix("e_"))
    return label.unit if label else ""


def count_pairs(comparison: Table) -> Table:
    """Pairs in both samples and in one alone, by what explains it.

    Parameters
    ----------
    comparison
        As `compare_sample` makes it.

    Returns
    -------
    table
        `COUNTS`; of the steps, those that explain some pair. Without rows if the
        paper's table is not at hand.
    """
    missing = absent.why(comparison)
    membership = np.asarray(comparison["membership"], str)
    rows = [
        (BOTH, "", "Pairs in both samples", int(np.sum(membership == BOTH))),
        (
            OURS,
            "",
            "Pairs of the sample built here alone",
            int(np.sum(membership == OURS)),
        ),
        (
            THEIRS,
            "",
            "Pairs of the paper's table alone",
            int(np.sum(membership == THEIRS)),
        ),
    ]
    for step, text in STEPS.items():
        n = int(np.sum(np.asarray(comparison["step"]) == step))
        if n:
            rows.append((THEIRS, step, text, n))
    return absent.note(from_rows([] if missing else rows, COUNTS), missing)


def summarise_sample(comparison: Table) -> Table:
    """Median and scatter of ours minus theirs on the common pairs, and outliers.

    Parameters
    ----------
    comparison
        As `compare_sample` makes it.

    Returns
    -------
    table
        A row per quantity that both samples have, `SUMMARY`. Without rows if the
        paper's table is not at hand.
    """
    rows = []
    for name in QUANTITIES:
        found = difference(comparison, name)
        sample = summarise(found.values)
        if not sample.n:
            continue
        distance = np.where(found.outlier, np.abs(found.values - sample.median), -1)
        worst = np.argsort(-distance, kind="stable")[: min(NAMED, found.outlier.sum())]
        names = ", ".join(str(star) for star in comparison["source_id2"][worst])
        rows.append(
            (name, sample.n, int(found.same.sum()), sample.median, sample.e_median)
            + (sample.robust_std, sample.std, int(found.outlier.sum()), names)
        )
    return absent.note(from_rows(rows, SUMMARY), absent.why(comparison))
