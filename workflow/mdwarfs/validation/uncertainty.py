"""Uncertainties of the labels: cross-validated bias and scatter against SNR.

The formal uncertainties of SLAM are too small (paper, section 4.2), so the scatter of
stars with known labels, as a power law of SNR, is what the catalogue gives. Equation 5
is misprinted: (1/m) sqrt(sum d^2) shrinks as the bin grows and is not a scatter. It is
read as sqrt((1/m) sum d^2), the root mean square.

The bins scatter about the laws by more than scatter / sqrt(2 m), chi2 / dof of 0.9 to
2.8 in the simulated run. It is not the form: a constant added to the law (in
quadrature) lowers chi2 by 0 to 4 of 9 to 28. It is the tails: the differences divided
by the law have a kurtosis of up to 6, and an rms of such values has an error larger by
sqrt((kurtosis - 1) / 2), up to 1.6, which brings chi2 / dof to 0.8 to 1.5.
"""

import logging
from collections.abc import Sequence

import numpy as np
from astropy.table import Table

from mdwarfs.literature.power_laws import PowerLaw
from mdwarfs.statistics import equal_count_bins, robust_std
from mdwarfs.tables import absent
from mdwarfs.tables.tabulate import by_label, from_rows

logger = logging.getLogger(__name__)

BIN_COLUMNS = {
    "label": ("", "Stellar label; its unit is the unit of the row"),
    "snr": ("", "Median SNR of the stars in the bin"),
    "snr_min": ("", "Smallest SNR in the bin"),
    "snr_max": ("", "Largest SNR in the bin"),
    "n": ("", "Stars in the bin"),
    "cv_bias": ("", "CV bias (paper, equation 4): mean of SLAM minus reference"),
    "e_cv_bias": ("", "Standard error of the CV bias"),
    "cv_scatter": (
        "",
        "CV scatter (paper, equation 5 corrected): rms difference",
    ),
    "e_cv_scatter": ("", "Standard error of the CV scatter, scatter / sqrt(2 n)"),
    "robust_std": ("", "1.4826 times the median absolute deviation of the differences"),
}
LAW_COLUMNS = {
    "label": ("", "Stellar label; its unit is that of the amplitude"),
    "amplitude": ("", "A of the power law sigma = A SNR^b: the uncertainty at SNR 1"),
    "e_amplitude": ("", "Standard error of the amplitude; see chi2"),
    "exponent": ("", "b of the power law sigma = A SNR^b"),
    "e_exponent": ("", "Standard error of the exponent; see chi2"),
    "correlation": ("", "Correlation coefficient of ln(amplitude) and exponent"),
    "chi2": ("", "Chi-square of ln(scatter); above dof, e_* contain sqrt(chi2 / dof)"),
    "dof": ("", "Degrees of freedom: bins minus 2"),
    "n_bins": ("", "SNR bins fitted"),
    "n": ("", "Stars in all bins"),
    "snr_min": ("", "SNR from which the law is calibrated: median of the lowest bin"),
    "snr_max": ("", "SNR to which the law is calibrated: median of the highest bin"),
    "reason": ("", "Why there is no law; empty if there is one"),
}


def snr_bins(comparison: Table, min_per_bin: int) -> Table:
    """CV bias and scatter of each label in equal-count SNR bins.

    Paper, equations 4 and 5, with equation 5 corrected (see the module's docstring).

    Parameters
    ----------
    comparison
        `snr`, and for each label `x` (SLAM) and `x_ref` (reference).
    min_per_bin
        Stars per bin, at least.

    Returns
    -------
    table
        A row for each label and bin, `BIN_COLUMNS`. Stars that lack the SNR, the
        label or its reference are left out.
    """
    rows = []
    snr = np.asarray(comparison["snr"], float)
    for label in labels_of(comparison):
        difference = np.asarray(comparison[label] - comparison[f"{label}_ref"], float)
        known = np.isfinite(difference) & (snr > 0)
        for members in equal_count_bins(snr[known], min_per_bin):
            rows.append((label, *_bin(snr[known][members], difference[known][members])))
    table = from_rows(rows, BIN_COLUMNS)
    return absent.note(table, "" if rows else "no star has a label to compare")


def _bin(snr, d):
    """One row of `snr_bins`, without the label."""
    n, scatter = len(d), np.sqrt(np.mean(d**2))
    return (
        *(np.median(snr), snr.min(), snr.max(), n),
        *(np.mean(d), np.std(d) / np.sqrt(n), scatter, scatter / np.sqrt(2 * n)),
        robust_std(d),
    )


def labels_of(comparison: Table) -> list[str]:
    """The labels of which a comparison has a reference value `x_ref`."""
    names = [x for x in comparison.colnames if x.endswith("_ref")]
    return [x.removesuffix("_ref") for x in names if not x.startswith("e_")]


def fit_power_laws(bins: Table, labels: Sequence[str] | None = None) -> Table:
    """Fit sigma = A SNR^b to the CV scatter of each label.

    Parameters
    ----------
    bins
        As `snr_bins` makes it.
    labels
        Default: those that have bins.

    Returns
    -------
    table
        One row per label, `LAW_COLUMNS`. Where the bins scatter about the law by more
        than their errors (chi2 > dof), the label does not follow a power law so well,
        or the differences are not normal: the errors of both parameters are then
        larger by sqrt(chi2 / dof). A label of fewer than two bins has no law: null, and
        the reason.
    """
    rows = []
    for label in labels or dict.fromkeys(bins["label"]):
        own = bins[np.asarray(bins["label"], str) == label]
        n = int(sum(own["n"]))
        if len(own) < 2:
            why = (
                f"{n} stars make {len(own)} bin{'s' * (len(own) != 1)} of SNR, and a "
                "power law takes two: more stars, or a smaller uncertainty.min_per_bin"
            )
            logger.warning("%s: no power law of SNR: %s", label, why)
            fit, extent = (np.nan,) * 6 + (0,), (len(own), n, np.nan, np.nan)
            rows.append((label, *fit, *extent, why))
            continue
        names = ("snr", "cv_scatter", "e_cv_scatter")
        fit = _fit(*(np.asarray(own[name]) for name in names))
        extent = len(own), n, min(own["snr"]), max(own["snr"])
        rows.append((label, *fit, *extent, ""))
    return from_rows(rows, LAW_COLUMNS)


def _fit(snr, scatter, e_scatter):
    """Weighted least squares of ln(scatter) = ln A + b ln(snr).

    Returns
    -------
    A, e_A, b, e_b, correlation, chi2, dof : float
        The errors are those that the errors of the scatter imply, times
        sqrt(chi2 / dof) where that is above 1.
    """
    # About the mean of ln(snr), the two parameters are nearly uncorrelated and the
    # normal equations well conditioned; the intercept is carried back to SNR 1.
    y, weight = np.log(scatter), (scatter / e_scatter) ** 2
    centre = np.average(np.log(snr), weights=weight)
    x = np.log(snr) - centre
    var_b = 1 / np.sum(weight * x**2)
    b = var_b * np.sum(weight * x * y)
    level, var_level = np.average(y, weights=weight), 1 / np.sum(weight)
    log_a = level - b * centre
    var_log_a = var_level + centre**2 * var_b
    chi2 = np.sum(weight * (y - level - b * x) ** 2)
    dof = len(x) - 2
    correlation = -centre * var_b / np.sqrt(var_log_a * var_b)
    excess = np.sqrt(max(chi2 / dof, 1.0)) if dof else 1.0
    a, e_log_a = np.exp(log_a), excess * np.sqrt(var_log_a)
    return a, a * e_log_a, b, excess * np.sqrt(var_b), correlation, chi2, dof


def power_laws(table: Table) -> dict[str, PowerLaw]:
    """The power laws that a table of `fit_power_laws` holds, by label."""
    return by_label(table, PowerLaw)
