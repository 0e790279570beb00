"""Bins of the signal-to-noise ratio, and bias and scatter of differences in them.

Bins between given bounds are the same in every table, so that variants, samples and
runs can be compared bin by bin. Bins of equal counts are as certain as each other,
however many stars a run has, and say how wide pulls are at its own range of SNR.
"""

from collections.abc import Collection, Sequence

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.labels import LABELS
from mdwarfs.statistics import summarise

COLUMNS = {
    "label": ("", "Stellar label"),
    "unit": ("", "Unit of the bias and the scatter of the row"),
    "bin": ("", "SNR bin from 1 upwards; 0 is all stars"),
    "snr": ("", "Median SNR of the stars compared"),
    "snr_min": ("", "Smallest SNR of the stars compared"),
    "snr_max": ("", "Largest SNR of the stars compared"),
    "n": ("", "Stars compared: those with both values"),
    "bias": ("", "Mean difference"),
    "e_bias": ("", "Standard error of the mean difference"),
    "robust_bias": ("", "Median difference"),
    "e_robust_bias": ("", "Standard error of the median difference"),
    "scatter": ("", "Standard deviation of the differences about their mean"),
    "e_scatter": ("", "Standard error of the standard deviation, for normal values"),
    "robust_scatter": ("", "1.4826 times the median absolute deviation"),
}
"""Of each row that `statistics` gives, in order."""


def snr_extent(snr: np.ndarray) -> tuple[float, float, float]:
    """Median, smallest and largest SNR; NaN if there is none."""
    if not len(snr):
        return np.nan, np.nan, np.nan
    return np.median(snr), np.min(snr), np.max(snr)


def equal_bins(snr: np.ndarray, members: np.ndarray, number: int) -> list[np.ndarray]:
    """Some of the stars, and then those of each bin of equal counts.

    Parameters
    ----------
    snr : shape (n,)
    members : bool, shape (n,)
        The stars that are wanted; their SNR are finite.
    number
        Bins, but never more than stars.

    Returns
    -------
    each of int
        Positions of the members, all and bin by bin in rising SNR; none if there is no
        member.
    """
    (chosen,) = np.nonzero(members)
    if not len(chosen):
        return []
    order = chosen[np.argsort(snr[chosen], kind="stable")]
    return [chosen, *np.array_split(order, min(number, len(order)))]


def bins(snr: ArrayLike, edges: Sequence[float]) -> list[np.ndarray]:
    """Stars of all SNR, and then those of each bin between bounds.

    Parameters
    ----------
    snr : shape (n,)
    edges
        Rising bounds between the bins; a star on a bound belongs above it.

    Returns
    -------
    bool, shape (n,) each
        One more than bins; stars of unknown SNR are in none of them.
    """
    snr = np.asarray(snr, float)
    place = np.searchsorted(edges, snr, side="right")
    known = np.isfinite(snr)
    return [known, *(known & (place == k) for k in range(len(edges) + 1))]


def statistics(
    label: str, difference: ArrayLike, snr: ArrayLike, edges: Sequence[float]
) -> list[tuple]:
    """Bias and scatter of the differences of one label, by SNR.

    Parameters
    ----------
    label
        One of `mdwarfs.labels.LABELS`.
    difference, snr : shape (n,)
        Differences that are not finite are left out.
    edges
        See `bins`.

    Returns
    -------
    rows
        A row per bin, and before them that of all stars, `COLUMNS`; NaN where there
        are too few stars.
    """
    difference, snr = np.asarray(difference, float), np.asarray(snr, float)
    rows = []
    for number, members in enumerate(bins(snr, edges)):
        one = members & np.isfinite(difference)
        found = summarise(difference[one])
        rows.append(
            (
                label,
                LABELS[label].unit,
                number,
                *snr_extent(snr[one]),
                found.n,
                found.mean,
            )
            + (found.e_mean, found.median, found.e_median, found.std, found.e_std)
            + (found.robust_std,)
        )
    return rows


def differences(comparison: Table, labels: Collection[str]) -> dict[str, np.ndarray]:
    """Labels of a comparison minus their references.

    Parameters
    ----------
    comparison : n rows
        `x` and `x_ref` of the labels that it has.

    Returns
    -------
    each of shape (n,)
    """
    return {
        label: np.asarray(comparison[label] - comparison[f"{label}_ref"], float)
        for label in labels
        if label in comparison.colnames
    }


def of_samples(
    comparison: Table, labels: Collection[str], name: str, edges: Sequence[float]
) -> list[tuple]:
    """`statistics` of the differences, of the stars that are `used` and of all.

    Parameters
    ----------
    comparison
        As for `differences`, with `snr` and `used`.
    name
        Of the sample of used stars.
    edges
        See `bins`.

    Returns
    -------
    rows
        A row per sample, label and bin: the sample, and `COLUMNS`.
    """
    rows = []
    snr, used = np.asarray(comparison["snr"], float), np.asarray(comparison["used"])
    for sample, members in ((name, used), ("all", np.ones(len(used), bool))):
        for label, values in differences(comparison, labels).items():
            found = statistics(label, values[members], snr[members], edges)
            rows += [(sample, *row) for row in found]
    return rows
