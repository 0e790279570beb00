"""What a run on given spectra found: its products together, and statistics by label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from astropy.table import Table

from mdwarfs.labels import LABELS
from mdwarfs.statistics import summarise
from mdwarfs.tables.tabulate import from_rows
from mdwarfs.validation.comparison_summary import differences
from mdwarfs.validation.methods import correlation, line_slope

COLUMNS = {
    "label": ("", "Stellar label"),
    "unit": ("", "Unit of the label, and of all but slope and correlation"),
    "n": ("", "Stars with both values"),
    "median": ("", "Median of SLAM minus reference"),
    "e_median": ("", "Standard error of the median"),
    "std": ("", "Standard deviation of SLAM minus reference"),
    "e_std": ("", "Standard error of the standard deviation"),
    "robust_std": ("", "1.4826 times the median absolute deviation of the differences"),
    "std_labels": ("", "Standard deviation of the reference labels themselves"),
    "robust_std_labels": ("", "Robust standard deviation of the same"),
    "slope": ("", "Slope of SLAM minus reference against reference"),
    "e_slope": ("", "Standard error of the slope"),
    "correlation": ("", "Coefficient of correlation of SLAM with the reference"),
    "detected": (
        "",
        "yes: the differences scatter less than the labels do, by both measures; "
        "in part: by one; no: by neither, or it may be chance",
    ),
}


SURE = 3.0  # standard errors, from which a correlation is taken for one


@dataclass(frozen=True)
class Outcome:
    """The products of a run from which its summary is made.

    Attributes
    ----------
    test
        From `mdwarfs.validation.comparisons.compare_test`.
    labels
        A row per spectrum: `source_id`, `id`, `labelled`, `role`, `reason`, labels.
    predictions
        A row per spectrum: labels found, `flags` and `v_offset`.
    methods
        From `mdwarfs.validation.methods.compare_methods`.
    pulls
        From `mdwarfs.validation.pulls.widths_by_snr`.
    compared
        From `mdwarfs.given.others.summarise_others`; None if the run compares with
        nobody.
    limits
        From `mdwarfs.validation.fit_limits.learn_limits`.
    names
        The labels of the model.
    run
        Its name.
    simulated
    validation, velocity
        The keys of this name of the section `files` of the configuration.
    """

    test: Table
    labels: Table
    predictions: Table
    methods: Table
    pulls: Table
    compared: Table | None
    limits: Table
    names: Sequence[str]
    run: str
    simulated: bool
    validation: str | int
    velocity: str

    @property
    def status(self) -> str:
        """Whether the numbers are of real or of simulated spectra."""
        return "simulated" if self.simulated else "real"


def summary(test: Table, names: Sequence[str]) -> Table:
    """Statistics of the predictions of each label.

    Parameters
    ----------
    test
        SLAM labels `x` and reference labels `x_ref` of stars that were held out.

    Returns
    -------
    table
        A row per label, `COLUMNS`.
    """
    rows = []
    for label in names:
        difference = differences(test, label)
        known = np.isfinite(difference)
        found = np.asarray(test[label], float)[known]
        reference = np.asarray(test[f"{label}_ref"], float)[known]
        spread, own = summarise(difference), summarise(reference)
        less = spread.std < own.std, spread.robust_std < own.robust_std
        related = correlation(found, reference)
        # Outliers spoil a correlation, and not the scatter of the other stars.
        clear = own.robust_std * (1 - SURE / np.sqrt(2 * max(spread.n, 1)))
        sure = related > SURE * chance(spread.n) or spread.robust_std < clear
        rows.append(
            (label, LABELS[label].unit, spread.n, spread.median, spread.e_median)
            + (spread.std, spread.e_std, spread.robust_std)
            + (own.std, own.robust_std, *line_slope(reference, difference[known]))
            + (related, ("no", "in part", "yes")[sum(less) if sure else 0])
        )
    return from_rows(rows, COLUMNS)


def chance(n: int) -> float:
    """Standard deviation of the correlation of n pairs of unrelated values."""
    return 1 / np.sqrt(max(n - 1, 1))
