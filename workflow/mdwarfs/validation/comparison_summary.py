"""Statistics of the comparisons: the paper's Table 2."""

from dataclasses import dataclass

import numpy as np

from mdwarfs.labels import LABELS
from mdwarfs.statistics import summarise
from mdwarfs.tabulate import from_rows


@dataclass(frozen=True)
class Comparison:
    """One line of the paper's Table 2.

    Attributes
    ----------
    id : str
        R1 to R7.
    table : str
        Which table of matched stars it is computed from.
    name : str
        What SLAM is compared with, in words.
    labels : tuple of str
        Those that are in the table; a run may have fewer.
    """

    id: str
    table: str
    name: str
    labels: tuple


COMPARISONS = (
    Comparison("R1", "test", "Test stars", tuple(LABELS)),
    Comparison("R2", "m_m", "M+M wide binaries", ("feh",)),
    Comparison("R3", "birky", "Birky et al. (2020)", ("feh", "teff")),
    Comparison("R4", "behmard", "Behmard et al. (2025)", ("feh",)),
    Comparison("R5", "lamost_m", "Du et al. (2024)", ("teff", "logg")),
    Comparison("R6", "mann", "Mann et al. (2015, 2016)", ("teff",)),
    Comparison("R7", "mann", "Mann et al. (2016, 2019)", ("logg",)),
)

COLUMNS = {
    "comparison": ("", "R1 to R7: the lines of the paper's Table 2"),
    "name": ("", "What SLAM is compared with"),
    "label": ("", "Stellar label; its unit is the unit of the row"),
    "n_matched": ("", "Stars (pairs for R2) matched"),
    "n_all": ("", "Of those, with both values"),
    "n": ("", "Of those, used: R1 all, R2-R7 converged and within the usable range"),
    "median": ("", "Median of SLAM minus reference (R2: primary minus secondary)"),
    "e_median": ("", "Standard error of the median"),
    "std": ("", "Standard deviation of the differences"),
    "e_std": ("", "Standard error of the standard deviation"),
    "robust_std": ("", "1.4826 times the median absolute deviation of the differences"),
    "median_all": ("", "Median over all that have both values"),
    "std_all": ("", "Standard deviation over all that have both values"),
    "robust_std_all": ("", "Robust standard deviation over all that have both values"),
}


def summarise_comparisons(comparisons):
    """Median and spread of SLAM minus reference, for every line of Table 2.

    Parameters
    ----------
    comparisons : dict of str to astropy.table.Table
        As `mdwarfs.validation.comparisons` makes them, by the `table` of `COMPARISONS`.

    Returns
    -------
    astropy.table.Table
        A row per comparison and label, `COLUMNS`: statistics of the used rows, and
        (`*_all`) of all rows that have both values.
    """
    lines = []
    for comparison in COMPARISONS:
        table = comparisons[comparison.table]
        for label in comparison.labels:
            if _sides(table, label)[0] not in table.colnames:
                continue
            difference = differences(table, label)
            used = summarise(difference[np.asarray(table["used"], bool)])
            every = summarise(difference)
            lines.append(
                (comparison.id, comparison.name, label, len(table), every.n, used.n)
                + (used.median, used.e_median, used.std, used.e_std, used.robust_std)
                + (every.median, every.std, every.robust_std)
            )
    return from_rows(lines, COLUMNS)


def differences(table, label):
    """SLAM minus reference; for pairs, primary minus secondary.

    Parameters
    ----------
    table : astropy.table.Table
        A comparison.
    label : str

    Returns
    -------
    ndarray of float, shape (n,)
        NaN where either value is unknown.
    """
    minuend, subtrahend = _sides(table, label)
    return np.asarray(table[minuend], float) - np.asarray(table[subtrahend], float)


def _sides(table, label):
    """The two columns that are compared."""
    if f"{label}1" in table.colnames:
        return f"{label}1", f"{label}2"
    return label, f"{label}_ref"
