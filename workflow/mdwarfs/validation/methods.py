"""Compare SLAM, the hybrid labels and other methods on the very same stars.

The labels of a run are compared with those of other methods from the same spectra
(`mdwarfs.methods`). One of these gives every star the mean of the training labels: a
method that does no better has measured nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from astropy.table import Table

from mdwarfs.labels import LABELS
from mdwarfs.method_names import MEAN
from mdwarfs.statistics import summarise
from mdwarfs.tables.tabulate import from_rows

COLUMNS = {
    "label": ("", "Stellar label"),
    "unit": ("", "Unit of the label, and of all but slopes and correlation"),
    "method": ("", "How the labels were found"),
    "n": ("", "Stars, the same for all methods: tested, with a label by each of them"),
    "median": ("", "Median of found minus reference"),
    "e_median": ("", "Standard error of the median"),
    "std": ("", "Standard deviation of found minus reference"),
    "e_std": ("", "Standard error of the standard deviation"),
    "robust_std": ("", "1.4826 times the median absolute deviation of the differences"),
    "e_robust_std": ("", "Its standard error, from the stars drawn anew"),
    "slope": ("", "Slope of found minus reference against reference: 0 if none"),
    "e_slope": ("", "Standard error of the slope"),
    "correlation": ("", "Coefficient of correlation of found with reference"),
    "settings": ("", "What was chosen, over all trainings"),
}
DRAWS = 200  # of the stars, for the error of the robust scatter


def compare_methods(
    names: Sequence[str],
    labels: np.ndarray,
    found: dict[str, np.ndarray],
    settings: dict[str, str],
    seed: int,
) -> Table:
    """Statistics of every method and label, over the same stars.

    Parameters
    ----------
    names : length d
        The labels.
    labels : shape (n, d)
        Reference labels.
    found : each of shape (n, d)
        By method, in the order of the table; NaN for stars without.
    settings
        By method, what was chosen.

    Returns
    -------
    table
        A row per label and method, `COLUMNS`. A method without any label is left out.
    """
    rng = np.random.default_rng([seed, len(labels)])
    found = {name: x for name, x in found.items() if np.isfinite(x).any()}
    rows = []
    for number, label in enumerate(names):
        reference = labels[:, number]
        every = [reference, *(values[:, number] for values in found.values())]
        use = np.isfinite(every).all(axis=0)
        drawn = rng.integers(0, max(use.sum(), 1), (DRAWS, use.sum()))
        for method, values in found.items():
            row = statistics(values[use, number], reference[use], drawn)
            if method == MEAN:  # of what is the same for all, or nearly
                row = *row[:-1], np.nan
            rows.append(
                (label, LABELS[label].unit, method, *row, settings.get(method, ""))
            )
    return from_rows(rows, COLUMNS)


def statistics(found: np.ndarray, reference: np.ndarray, drawn: np.ndarray) -> tuple:
    """From `n` to `correlation`, of the differences of one label; NaN if too few."""
    difference = found - reference
    spread = summarise(difference)
    robust = [summarise(difference[one]).robust_std for one in drawn if len(one) > 1]
    slope, e_slope = line_slope(reference, difference)
    return (
        *(spread.n, spread.median, spread.e_median, spread.std, spread.e_std),
        *(spread.robust_std, np.std(robust) if robust else np.nan),
        *(slope, e_slope, correlation(found, reference)),
    )


def line_slope(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Slope of the line of least squares, and its standard error; NaN if too few."""
    if len(x) < 3 or np.ptp(x) == 0:
        return np.nan, np.nan
    x = x - x.mean()
    slope = x @ y / (x @ x)
    rest = y - y.mean() - slope * x
    return slope, np.sqrt(rest @ rest / (len(x) - 2) / (x @ x))


def correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Coefficient of correlation; NaN where either is the same for all stars."""
    if len(x) < 3 or min(np.ptp(x), np.ptp(y)) == 0:
        return np.nan
    return float(np.corrcoef(x, y)[0, 1])
