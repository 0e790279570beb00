"""Bias and scatter of differences in bins of the signal-to-noise ratio."""

import numpy as np

from mdwarfs.statistics import robust_std

UNITS = {"feh_niu": "dex", "feh": "dex", "alpha_m": "dex", "teff": "K", "logg": "dex"}

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


def bins(snr, edges):
    """Stars of all SNR, and then those of each bin.

    Parameters
    ----------
    snr : array_like of float, shape (n,)
    edges : sequence of float
        Rising bounds between the bins; a star on a bound belongs above it.

    Returns
    -------
    list of ndarray of bool, shape (n,)
        One more than bins; stars of unknown SNR are in none of them.
    """
    snr = np.asarray(snr, float)
    place = np.searchsorted(edges, snr, side="right")
    known = np.isfinite(snr)
    return [known, *(known & (place == k) for k in range(len(edges) + 1))]


def statistics(label, difference, snr, edges):
    """Bias and scatter of the differences of one label, by SNR.

    Parameters
    ----------
    label : str
        A key of `UNITS`.
    difference, snr : array_like of float, shape (n,)
        Differences that are not finite are left out.
    edges : sequence of float
        See `bins`.

    Returns
    -------
    list of tuple
        A row per bin, and before them that of all stars, `COLUMNS`; NaN where there
        are too few stars.
    """
    difference, snr = np.asarray(difference, float), np.asarray(snr, float)
    rows = []
    for number, members in enumerate(bins(snr, edges)):
        one = members & np.isfinite(difference)
        rows.append((label, UNITS[label], number, *_row(difference[one], snr[one])))
    return rows


def _row(d, snr):
    """One row of `statistics`, without its label and number."""
    n = len(d)
    if n < 2:
        return (*((snr[0],) * 3 if n else (np.nan,) * 3), n, *(np.nan,) * 7)
    std, robust = np.std(d, ddof=1), robust_std(d)
    return (
        *(np.median(snr), snr.min(), snr.max(), n),
        *(np.mean(d), std / np.sqrt(n)),
        *(np.median(d), np.sqrt(np.pi / 2 / n) * robust),
        *(std, std / np.sqrt(2 * (n - 1)), robust),
    )
