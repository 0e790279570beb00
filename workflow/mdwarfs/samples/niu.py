"""The temperature-dependent correction of LAMOST [Fe/H] (Niu+2023; equation 11).

The paper prints the size of the correction but not whether it is added to or taken
from [Fe/H]. `settle_sign` decides by the paper's own test (Figure 12): two stars of a
wide binary have one metallicity, so with the right sign their difference does not
depend on Teff and is zero.
"""

import logging

import numpy as np
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.literature.niu import SIGNS, niu_offset, to_niu_scale
from mdwarfs.statistics import equal_count_bins, robust_std
from mdwarfs.tables.tabulate import annotate, from_rows

logger = logging.getLogger(__name__)


BINS = 10  # resolution of the test in Teff
CLIP = 3.0  # outliers of the linear fit, in robust standard deviations

# Unit and meaning of the columns of the sign's table.
COLUMNS = {
    "sign": ("", "What is done with Delta [Fe/H] of equation 11"),
    "n": ("", "Number of pairs"),
    "slope": ("dex / kK", "Slope of the [Fe/H] difference against Teff of the primary"),
    "e_slope": ("dex / kK", "Uncertainty (1 sigma) of the slope"),
    "median_rms": ("dex", "Root mean square of the medians in bins of Teff"),
    "scatter": ("dex", "Robust standard deviation of the [Fe/H] difference"),
}
VERDICTS = {
    "chosen": ("", "The sign that the workflow uses"),
    "flat": ("", "Chosen, and flatter than no correction"),
}


def settle_sign(pairs: Table) -> Table:
    """Find the sign of the correction from FGK+FGK pairs.

    For no correction and for either sign, the difference of [Fe/H], primary minus
    secondary, is held against the primary's Teff. The flatter of the two signs is
    chosen: the one for which the medians in bins of Teff are closest to zero.

    Parameters
    ----------
    pairs
        `teff1`, `teff2` [K], `feh1`, `feh2` [dex], `selected`.

    Returns
    -------
    table
        A row for each of "none", "add", "subtract" (`sign`): `n` pairs, `slope`
        [dex per 1000 K] of a clipped linear fit and its uncertainty, `median_rms`
        [dex], the root mean square of the binned medians, `scatter` [dex], the robust
        standard deviation, and `chosen`. `flat` says whether the chosen sign is
        closer to zero than no correction, in the medians and in the slope; if it is
        not, the pairs do not support the correction.

    Raises
    ------
    InputError
        If fewer than two pairs for each bin can be used.
    """
    usable = np.asarray(pairs["selected"], bool)
    for k in (1, 2):
        usable &= np.isfinite(pairs[f"feh{k}"] + niu_offset(pairs[f"teff{k}"]))
    n = int(np.sum(usable))
    if n < 2 * BINS:
        raise InputError(
            f"{n} FGK+FGK pairs are too few to settle the sign of the [Fe/H] "
            f"correction; at least {2 * BINS} are needed"
        )
    pairs = pairs[usable]
    rows = []
    for sign in SIGNS:
        difference = to_niu_scale(pairs["feh1"], pairs["teff1"], sign)
        difference -= to_niu_scale(pairs["feh2"], pairs["teff2"], sign)
        rows.append((sign, n, *_trend(np.asarray(pairs["teff1"], float), difference)))
    table = from_rows(rows, COLUMNS)
    best = 1 + int(np.argmin(table["median_rms"][1:]))
    size = np.abs(np.column_stack([table["median_rms"], table["slope"]]))
    table["chosen"] = np.arange(len(table)) == best
    table["flat"] = table["chosen"] & np.all(size < size[0], axis=1)
    annotate(table, VERDICTS)
    if not table["flat"].any():
        logger.warning("no sign of the [Fe/H] correction flattens the FGK+FGK pairs")
    logger.info("the [Fe/H] correction has the sign: %s", table["sign"][best])
    return table


def chosen_sign(table: Table) -> str:
    """The sign that `settle_sign` chose.

    Parameters
    ----------
    table
        Result of `settle_sign`.

    Returns
    -------
    text
        "add" or "subtract".
    """
    return str(table["sign"][np.asarray(table["chosen"], bool)][0])


def _trend(teff, difference):
    """Slope, its uncertainty, rms of the binned medians, robust standard deviation."""
    size = max(len(teff) // BINS, 1)
    medians = [np.median(difference[rows]) for rows in equal_count_bins(teff, size)]
    slope, e_slope = _clipped_slope(teff / 1000, difference)
    return slope, e_slope, np.sqrt(np.mean(np.square(medians))), robust_std(difference)


def _clipped_slope(x, y):
    """Least-squares slope and standard error, outliers left out until none is left."""
    kept = np.ones(len(x), bool)
    while True:
        centred = x - np.mean(x[kept])
        slope = np.sum(centred[kept] * y[kept]) / np.sum(centred[kept] ** 2)
        residual = y - np.mean(y[kept]) - slope * centred
        inside = kept & (np.abs(residual) <= CLIP * robust_std(residual[kept]))
        if inside.sum() == kept.sum() or inside.sum() < 3:
            variance = np.sum(residual[kept] ** 2) / (kept.sum() - 2)
            return slope, np.sqrt(variance / np.sum(centred[kept] ** 2))
        kept = inside
