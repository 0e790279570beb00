"""What came of the 54 LAMOST spectra: the numbers, and what they do and do not say."""

import numpy as np
from astropy.table import Row, Table

from mdwarfs.labels import LABELS
from mdwarfs.lamost54 import sample
from mdwarfs.lamost54.sample import SET_ASIDE
from mdwarfs.statistics import summarise
from mdwarfs.tabulate import from_rows
from mdwarfs.validation.comparison_summary import differences
from mdwarfs.validation.comparisons import compare_test

TO_REACH = {"teff": (105.0, 73.0), "feh": (0.14, np.nan)}
"""Standard deviation and robust standard deviation of the differences [K; dex] that a
plain support-vector regression per pixel gave, leave-one-out on the same 43 stars."""

COLUMNS = {
    "label": ("", "Stellar label; its unit is the unit of the row"),
    "n": ("", "Stars with both values"),
    "median": ("", "Median of SLAM minus reference"),
    "e_median": ("", "Standard error of the median"),
    "std": ("", "Standard deviation of SLAM minus reference"),
    "e_std": ("", "Standard error of the standard deviation"),
    "robust_std": ("", "1.4826 times the median absolute deviation of the differences"),
    "std_labels": ("", "Standard deviation of the reference labels themselves"),
    "robust_std_labels": ("", "Robust standard deviation of the same"),
    "correlation": ("", "Coefficient of correlation of SLAM with the reference"),
    "std_to_reach": ("", "Standard deviation of a plain regression per pixel"),
    "robust_std_to_reach": ("", "Robust standard deviation of a plain regression"),
    "reached": ("", "yes or no: both are reached; empty where nothing is to reach"),
    "detected": ("", "yes or no: the differences scatter less than the labels do"),
}


def summary(test: Table) -> Table:
    """Statistics of the predictions of each label.

    Parameters
    ----------
    test
        SLAM labels `x` and reference labels `x_ref` of stars that were held out, as
        `mdwarfs.validation.comparisons.compare_test` makes it.

    Returns
    -------
    table
        A row per label, `COLUMNS`.
    """
    rows = []
    for label in sample.LABELS:
        difference = differences(test, label)
        known = np.isfinite(difference)
        found = np.asarray(test[label], float)[known]
        reference = np.asarray(test[f"{label}_ref"], float)[known]
        spread = summarise(difference)
        own = summarise(reference)
        correlation = np.corrcoef(found, reference)[0, 1]
        std, robust = TO_REACH.get(label, (np.nan, np.nan))
        reached = ""
        if label in TO_REACH:
            reached = yes_no(not (spread.std > std or spread.robust_std > robust))
        rows.append(
            (label, spread.n, spread.median, spread.e_median, spread.std, spread.e_std)
            + (spread.robust_std, own.std, own.robust_std, correlation)
            + (std, robust, reached, yes_no(spread.std < own.std))
        )
    return from_rows(rows, COLUMNS)


def printed(label: str) -> tuple[str, str, str]:
    """Name, unit and format of a label."""
    entry = LABELS[label]
    return entry.short, entry.unit, entry.form


def yes_no(true: bool) -> str:
    """A truth value as a word."""
    return "yes" if true else "no"


def with_set_aside(predictions: Table, labels: Table) -> Table:
    """The comparison with the stars that are set aside as test stars as well.

    Parameters
    ----------
    predictions
        Of all stars. Those set aside are predicted by the model of all the others,
        which has not seen them.
    labels
        As `mdwarfs.lamost54.read_sample` makes it.

    Returns
    -------
    table
        See `compare_test`.
    """
    labels = labels.copy()
    labels["labelled"] |= labels["reason"] == SET_ASIDE
    return compare_test(predictions, labels)


def report(test: Table, predictions: Table, labels: Table) -> str:
    """The result in words, in Markdown.

    Parameters
    ----------
    test, predictions, labels
        See `summary` and `with_set_aside`.
    """
    found = summary(test)
    wider = with_set_aside(predictions, labels)
    wider_found = summary(wider)
    wider_found["reached"] = ""  # what is to reach holds for the same 43 stars
    n, n_all, n_wider = len(test), len(labels), len(wider)
    left_out = labels[labels["reason"] != ""]
    parts = [
        f"# {n_all} real LAMOST spectra, leave-one-out",
        f"{n} stars are fit for training. Each is predicted by a model that was "
        "trained on the others. Differences are SLAM minus reference; the values to "
        "reach are those of a plain support-vector regression per pixel, leave-one-out "
        "on the same 43 stars.",
        "## Result",
        "\n".join(result(row) for row in found),
        "## What it says",
        *(meaning(row) for row in found),
        same_information(test),
        f"## With the stars that are set aside ({n_wider} stars)",
        "\n".join(result(row) for row in wider_found),
        f"## Stars that are not used for training ({len(left_out)} of {n_all})",
        "\n".join(f"- {star['name']}: {star['reason']}" for star in left_out),
        "## What a held-out star still touches",
        "The spectra are shifted to rest once, for the whole sample. The velocity of a "
        "star is measured against the median spectrum of the other stars; that of a "
        "training star hence against a median of which the held-out star is a part. "
        "No label enters.",
    ]
    return "\n\n".join(parts) + "\n"


def result(row: Row) -> str:
    """The numbers of one label as a line of a list."""
    name, unit, form = printed(row["label"])
    text = (
        f"- **{name}** ({row['n']} stars): median {row['median']:+{form}} {unit}, "
        f"standard deviation {row['std']:{form}} ± {row['e_std']:{form}} {unit} "
        f"(robust {row['robust_std']:{form}}); the labels' own standard deviation is "
        f"{row['std_labels']:{form}} {unit} "
        f"(robust {row['robust_std_labels']:{form}}); "
        f"correlation {row['correlation']:.2f}"
    )
    if not row["reached"]:
        return text + "."
    aim = f"{row['std_to_reach']:g} {unit}"
    if np.isfinite(row["robust_std_to_reach"]):
        aim += f", robust {row['robust_std_to_reach']:g} {unit}"
    return f"{text}. To reach: {aim}: {row['reached']}."


def meaning(row: Row) -> str:
    """Whether one label is detected, in a sentence or two."""
    name, unit, form = printed(row["label"])
    numbers = (
        f"The differences scatter by {row['std']:{form}} {unit}, the labels themselves "
        f"by {row['std_labels']:{form}} {unit}"
    )
    if row["detected"] == "yes":
        return f"{name} is measured. {numbers}."
    text = (
        f"**{name} is no detection.** {numbers}: the mean of the labels, given to "
        f"every star, would do no worse. The correlation is {row['correlation']:.2f}; "
        f"unrelated values have 0.00 ± {1 / np.sqrt(row['n'] - 1):.2f}."
    )
    if row["reached"] == "yes":
        text += f" To reach {row['std_to_reach']:g} {unit} is no detection either."
    return text


def same_information(test: Table) -> str:
    """How far the reference values of log g follow from those of Teff."""
    references = np.array([test["teff_ref"], test["logg_ref"]], float)
    r = np.corrcoef(references[:, np.isfinite(references).all(axis=0)])[0, 1]
    return (
        f"The reference values of log g and Teff have a correlation of {r:.2f}: what "
        "is said of log g is to that extent said of Teff."
    )
