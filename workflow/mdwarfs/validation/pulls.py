"""Pulls: errors of labels in units of their uncertainties.

A pull is recovered minus right label over the uncertainty. Where the uncertainty means
what it says, the pulls of many stars have the standard deviation 1. Of simulated stars
the truth is known (`mdwarfs.recovery.pulls`), of real ones reference labels alone, and
these have errors of their own. Where they are known, they are added in quadrature to
the formal and the calibrated uncertainty; the power law of SNR contains them already.

Power law and calibration are fitted to the differences between labels and references.
Pulls of the same stars would be of standard deviation 1 by construction, so the laws
with which a star's pull is made are fitted to other stars (cross-fitted).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from mdwarfs.labels import LABELS
from mdwarfs.slam.folds import assign_folds
from mdwarfs.statistics import summarise
from mdwarfs.tables.columns import UNCERTAINTIES
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import annotate, from_rows
from mdwarfs.validation.by_snr import equal_bins, snr_extent
from mdwarfs.validation.calibration import (
    calibrate,
    calibrations,
    reference_error,
    within_ranges,
)
from mdwarfs.validation.comparisons import usable
from mdwarfs.validation.uncertainty import fit_power_laws, power_laws, snr_bins

if TYPE_CHECKING:
    from mdwarfs.literature.power_laws import PowerLaw

# Columns of pulls, and the uncertainty that they are in units of.
PULLS = {
    "pull": "power law", "formal_pull": "formal", "calibrated_pull": "calibrated",
}  # fmt: skip

# The column of the pulls of a label, by the uncertainty.
COLUMN = {name: f"{word}_{{}}" for word, name in PULLS.items()}

# Between which the standard deviation of the pulls of a sound uncertainty lies.
BAND = 0.9, 1.1

COLUMNS = {
    "label": ("", "Stellar label"),
    "uncertainty": ("", "Which uncertainty: formal, power law or calibrated"),
    "bin": ("", "SNR bin from 1 upwards; 0 is all stars"),
    "snr": ("", "Median SNR"),
    "snr_min": ("", "Smallest SNR"),
    "snr_max": ("", "Largest SNR"),
    "n": ("", "Stars"),
    "median": ("", "Median of the pulls"),
    "std": ("", "Standard deviation of the pulls, outliers included"),
    "e_std": ("", "Standard error of the standard deviation, for normal pulls"),
    "robust_std": ("", "Robust standard deviation of the pulls"),
    "n_beyond": ("", "Stars whose pull exceeds 4"),
}


def widths_by_snr(stars: Table, bins: int) -> Table:
    """Width of the pulls in SNR bins.

    Parameters
    ----------
    stars
        `snr`, and of every label and uncertainty a column named by `COLUMN`.
    bins
        Bins of equal counts.

    Returns
    -------
    table
        A row per label, uncertainty and bin, `COLUMNS`.
    """
    rows = []
    snr = np.asarray(stars["snr"], float)
    for label in (x for x in LABELS if COLUMN["formal"].format(x) in stars.colnames):
        for name in UNCERTAINTIES:
            values = np.asarray(stars[COLUMN[name].format(label)], float)
            known = np.isfinite(values)
            for number, one in enumerate(equal_bins(snr, known, bins)):
                width = summarise(values[one])
                rows.append(
                    (label, name, number, *snr_extent(snr[one]), width.n, width.median)
                    + (width.std, width.e_std, width.robust_std)
                    + (int(np.sum(np.abs(values[one]) > 4)),)
                )
    return from_rows(rows, COLUMNS)


def against_references(
    predictions: Table,
    labels: Table,
    names: Sequence[str],
    ranges: dict[str, Sequence[float]],
    *,
    parts: int,
    min_per_bin: int,
    seed: int,
) -> Table:
    """Pulls of stars with reference labels, by models that have not seen them.

    Parameters
    ----------
    predictions
        From `mdwarfs.validation.calibration.unseen_predictions`: `source_id`, `snr`,
        `flags`, `training_sparseness`, and each label `x` with its formal error `e_x`.
    labels
        `source_id`, and reference labels with their errors `e_x`: NaN, or no column,
        where they are not known.
    names
        The labels.
    ranges
        Lowest and highest usable value of some labels: stars outside, by their
        reference or their found labels, are left out, for the model is not meant for
        them.
    parts
        Parts of the stars, drawn at random: power law and calibration of each are
        fitted to the others.
    min_per_bin
        Stars in an SNR bin of the power law.
    seed
        Of the parts.

    Returns
    -------
    table
        A row per star: `source_id`, `snr`, and of every label and uncertainty a column
        named by `COLUMN`; NaN where there are too few stars for a law.
    """
    known = with_errors_or_zero(
        lookup(labels, match(predictions["source_id"], labels["source_id"])), names
    )
    snr = np.asarray(predictions["snr"], float)
    use = usable(predictions["flags"]) & within_ranges(known, ranges) & (snr > 0)
    stars, known = predictions[use], known[use]
    parts = min(parts, max(len(stars), 1))
    part = assign_folds(len(stars), parts, np.random.default_rng([seed, parts]))
    table = stars["source_id", "snr"]
    described = {}
    for label in names:
        right = np.asarray(known[label], float)
        difference = np.asarray(stars[label], float) - right
        formal = np.asarray(stars[f"e_{label}"], float)
        reference = np.nan_to_num(reference_error(known, label))
        sigma = {name: np.full(len(stars), np.nan) for name in UNCERTAINTIES}
        sigma["formal"] = np.hypot(np.where(formal > 0, formal, np.nan), reference)
        for number in range(parts):
            one, others = part == number, part != number
            law = fitted_law(stars[others], known[others], label, min_per_bin)
            sigma["power law"][one] = law.sigma(stars["snr"][one])
            table_of = calibrate(stars[others], known[others], [label], ranges)
            calibration = calibrations(table_of)[label]
            own = calibration.sigma(formal[one], stars["training_sparseness"][one])
            sigma["calibrated"][one] = np.hypot(own, reference[one])
        for name in UNCERTAINTIES:
            column = COLUMN[name].format(label)
            table[column] = difference / sigma[name]
            what = f"Recovered minus reference {label} over its {name} uncertainty"
            described[column] = "", what
    return annotate(table, described)


def with_errors_or_zero(labels: Table, names: Sequence[str]) -> Table:
    """Labels with a column of errors each; 0 where an error is not known."""
    labels = labels.copy()
    for name in (f"e_{label}" for label in names):
        error = labels[name] if name in labels.colnames else np.zeros(len(labels))
        labels[name] = np.nan_to_num(np.asarray(error, float))
    return labels


def fitted_law(stars: Table, known: Table, label: str, min_per_bin: int) -> PowerLaw:
    """Power law of the scatter of one label.

    If there are too few stars to fit one, its errors are NaN at every SNR.
    """
    both = stars["snr", label]
    both[f"{label}_ref"] = np.asarray(known[label], float)
    bins = snr_bins(both, min_per_bin)
    return power_laws(fit_power_laws(bins, [label]))[label]
