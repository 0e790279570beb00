"""Every number that a run on given spectra reports, one per row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from mdwarfs.given.summary import summary
from mdwarfs.method_names import MEAN, SLAM
from mdwarfs.tables.tabulate import from_rows

if TYPE_CHECKING:
    from mdwarfs.given.summary import Outcome

COLUMNS = {
    "quantity": ("", "What the number is"),
    "of": ("", "Of what or whom: a method, an uncertainty, a catalogue"),
    "label": ("", "Stellar label, where it is of one"),
    "value": ("", "The number, in the unit of the row"),
    "error": ("", "Its standard error, where there is one"),
    "unit": ("", "Unit of the row"),
    "n": ("", "Stars that it is of"),
    "product": ("", "The product of the run that has it"),
    "status": ("", "real: of observed spectra; simulated: of invented ones"),
}

WORDS = {
    "median": "median of SLAM minus reference",
    "std": "standard deviation of SLAM minus reference",
    "robust_std": "robust standard deviation of SLAM minus reference",
    "std_labels": "standard deviation of the reference labels",
    "robust_std_labels": "robust standard deviation of the reference labels",
    "slope": "slope of SLAM minus reference against reference",
    "correlation": "correlation of SLAM with the reference",
}
ERRORS = {"median": "e_median", "std": "e_std", "slope": "e_slope"}


def summary_numbers(outcome: Outcome) -> Table:
    """Every number of the summary, with what it is of.

    Returns
    -------
    table
        `COLUMNS`.
    """
    rows = [*counts(outcome), *of_labels(outcome), *of_methods(outcome)]
    rows += [*of_pulls(outcome), *of_others(outcome)]
    return from_rows([(*row, outcome.status) for row in rows], COLUMNS)


def counts(outcome: Outcome) -> Iterator[tuple]:
    """How many stars there are of each kind."""
    labels, product = outcome.labels, "samples/labels.fits"
    labelled = np.asarray(labels["labelled"], bool)
    values = {"spectra": len(labels), "fit for training and testing": labelled.sum()}
    if outcome.validation == "split":
        role = np.asarray(labels["role"])
        values |= {
            f"stars that {x}": np.sum(labelled & (role == x)) for x in ("train", "test")
        }
    for what, n in values.items():
        yield (what, "", "", float(n), np.nan, "", int(n), product)
    got = np.isfinite([np.asarray(outcome.predictions[x]) for x in outcome.names])
    n = int(got.all(axis=0).sum())
    yield ("with labels", SLAM, "", float(n), np.nan, "", n, "slam/predictions.fits")


def of_labels(outcome: Outcome) -> Iterator[tuple]:
    """The numbers of each label."""
    for row in summary(outcome.test, outcome.names):
        for column, what in WORDS.items():
            error = row[ERRORS[column]] if column in ERRORS else np.nan
            unit = "" if column in ("slope", "correlation") else str(row["unit"])
            yield (
                (what, SLAM, str(row["label"]), float(row[column]), float(error), unit)
                + (int(row["n"]), "validation/summary.ecsv")
            )


def of_methods(outcome: Outcome) -> Iterator[tuple]:
    """The scatter of each method, and its slope."""
    for row in outcome.methods:
        for column, error in (
            ("std", "e_std"), ("robust_std", "e_robust_std"), ("slope", "e_slope"),
        ):  # fmt: skip
            if row["method"] == MEAN and column == "slope":
                continue
            what = WORDS[column].replace("SLAM", "found") + ", the stars of all methods"
            yield (
                (what, str(row["method"]), str(row["label"]), float(row[column]))
                + (float(row[error]), "" if column == "slope" else str(row["unit"]))
                + (int(row["n"]), "validation/methods.ecsv")
            )


def of_pulls(outcome: Outcome) -> Iterator[tuple]:
    """The widths of the pulls, of all stars and bin by bin."""
    for row in outcome.pulls:
        for column, error in (("std", "e_std"), ("robust_std", None)):
            words = "robust " if error is None else ""
            where = "" if row["bin"] == 0 else f", SNR bin {row['bin']}"
            what = f"{words}standard deviation of the pulls{where}"
            value = float(row[error]) if error else np.nan
            yield (
                (what, str(row["uncertainty"]), str(row["label"]), float(row[column]))
                + (value, "", int(row["n"]), "validation/pulls.ecsv")
            )


def of_others(outcome: Outcome) -> Iterator[tuple]:
    """SLAM, and the references, against the labels of others."""
    for row in () if outcome.compared is None else outcome.compared:
        for column, error in (
            ("median", "e_median"), ("std", "e_std"), ("robust_std", None),
        ):  # fmt: skip
            words = {"std": "standard deviation", "robust_std": "robust std"}
            what = f"{words.get(column, column)} of {row['compared']} minus the other's"
            what += f", {row['sample']} stars"
            value = float(row[error]) if error else np.nan
            yield (
                (what, str(row["comparison"]), str(row["label"]), float(row[column]))
                + (value, str(row["unit"]), int(row["n"]), "validation/compared.ecsv")
            )
