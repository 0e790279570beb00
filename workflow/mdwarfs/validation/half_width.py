"""Half widths of the errors of labels, on the very same stars, for several tables."""

from __future__ import annotations

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.samples.split import of_role
from mdwarfs.validation import by_snr

REFERENCES, TRUTH = "reference labels", "truth"
SIGMA = 0.1587, 0.8413  # of normal values, one standard deviation to either side
FEWEST = 8  # stars
OF_LIMIT = 8.0, 20.0
"""SNR of the stars of which the distance from the least possible error is stated."""

COLUMNS = {
    "against": (
        "",
        "What labels are compared with: references, or the simulated truth",
    ),
    "method": ("", "How the labels were found"),
    **by_snr.COLUMNS,
    "half_width": ("", "Half of what lies between 16 % and 84 % of the differences"),
    "e_half_width": ("", "Its standard error, for normal values"),
    "slope": ("", "Slope of the difference against the reference, by least squares"),
}


def half_width(values: np.ndarray, axis: int | None = None) -> np.ndarray | float:
    """Half of what lies between the quantiles `SIGMA`.

    Parameters
    ----------
    values
        Finite.
    axis
        Along which they are taken; default: all.
    """
    low, high = np.quantile(values, SIGMA, axis=axis)
    return (high - low) / 2


def half_width_and_error(values: np.ndarray) -> tuple[float, float]:
    """Half width, and its standard error; NaN if there are too few values.

    The error is that of normal values: 0.93 sigma / sqrt(n) (Kendall & Stuart, of the
    difference of two quantiles).

    Parameters
    ----------
    values : shape (n,)
        What is not finite is left out.
    """
    values = values[np.isfinite(values)]
    if len(values) < FEWEST:
        return np.nan, np.nan
    half = half_width(values)
    return half, 0.93 * half / np.sqrt(len(values))


def slope_against(reference: np.ndarray, difference: np.ndarray) -> float:
    """Slope of the difference against the reference; NaN if too few or all alike."""
    if len(reference) < FEWEST or np.ptp(reference) == 0:
        return np.nan
    return float(np.polyfit(reference, difference, 1)[0])


def sound_unseen(stars: ArrayLike, truth: Table, split: Table) -> np.ndarray:
    """Those of simulated stars that are sound and that nothing was trained on.

    Parameters
    ----------
    stars : int, shape (n,)
        source_id.

    Returns
    -------
    int, shape (m,)
        In their order.
    """
    stars = np.asarray(stars)
    sound = truth["source_id"][np.asarray(truth["injected"]) == ""]
    return stars[np.isin(stars, sound) & ~np.isin(stars, of_role(split, "train"))]
