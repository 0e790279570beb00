"""The errors of labels, measured with stars whose own labels have errors.

A star counts by the share that what is sought has of the variance of its difference:
one whose own label is bad says little of how far off another one is.
"""

from __future__ import annotations

import numpy as np

CUT = 2.0
"""Standard deviations at which a difference is cut, so that wrong labels have little
say (Huber 1964)."""
SQUARE = 0.9205
"""Mean square of normal values that are cut there, in their variance."""
GROUPS, PER_GROUP = 5, 30  # stars of like brightness: how many such, and in each
LEAST, LARGEST = 1e-3, 1e6  # variance beyond errors, in that of the differences


def excess(difference: np.ndarray, error: np.ndarray, variance: np.ndarray) -> float:
    """By how much cut squares of differences exceed those of normal ones.

    Parameters
    ----------
    difference : shape (n,)
    error : shape (n,)
        Of the labels.
    variance : shape (n,)
        What the differences should have beyond these.

    Returns
    -------
    value
        Negative if the variances are too large. Its zero is where the likelihood of
        normal values is largest, but for the cut.
    """
    total = variance + error**2
    share = variance / total
    square = np.minimum(difference**2 / total, CUT**2)
    return float(share @ (square - SQUARE) / share.sum())


def factor(
    difference: np.ndarray, error: np.ndarray, variance: np.ndarray,
    least: float, largest: float,
) -> float:  # fmt: skip
    """Factor of a variance with which differences are as large as it says.

    Parameters
    ----------
    difference : shape (n,)
        From labels with errors of their own.
    error : shape (n,)
    variance : shape (n,)
    least, largest
        Between which it is.
    """
    from scipy.optimize import brentq

    def more(log):
        return excess(difference, error, np.exp(log) * variance)

    low, high = np.log(least), np.log(largest)
    if more(low) <= 0:
        return least
    if more(high) >= 0:
        return largest
    return float(np.exp(brentq(more, low, high)))


def groups(stars: int) -> int:
    """How many groups so many stars are divided into."""
    return min(GROUPS, max(stars // PER_GROUP, 1))


def scatter(
    difference: np.ndarray, error: np.ndarray, unsure: np.ndarray, number: int
) -> np.ndarray:
    """Variance of differences beyond errors, as a function of `unsure`.

    Parameters
    ----------
    difference, error, unsure : shape (n,)
    number
        Of `groups`.

    Returns
    -------
    shape (2, g)
        Of groups of stars alike in `unsure`: its median, ascending, and the variance.
    """
    size = max(float(np.median(difference**2)), np.finfo(float).tiny)
    found = []
    for rows in np.array_split(np.argsort(unsure, kind="stable"), number):
        given = difference[rows], error[rows], np.full(len(rows), size)
        variance = size * factor(*given, LEAST, LARGEST)
        found.append((np.median(unsure[rows]), variance))
    return np.array(found).T


def between(noise: np.ndarray, unsure: np.ndarray) -> np.ndarray:
    """The variance of other stars by `scatter`, beyond its ends as there."""
    return np.interp(unsure, *noise)
