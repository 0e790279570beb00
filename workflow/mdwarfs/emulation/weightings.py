"""What the weighting of pixels does to labels, all else being equal."""

import numpy as np

from mdwarfs.emulation.recipe import MAP
from mdwarfs.labels import LABELS
from mdwarfs.tabulate import from_rows
from mdwarfs.validation import by_snr

WEIGHTED = "error_weights"


def differences(emulations):
    """Labels with the weighting astra-0.6.0 minus those with inverse variances.

    Parameters
    ----------
    emulations : astropy.table.Table
        As `mdwarfs.emulation.experiment.emulate` makes it.

    Returns
    -------
    snr : ndarray of float, shape (n,)
    difference : dict of str to ndarray of float, shape (n,)
        By label; a value per star.
    """
    variant = np.asarray(emulations["variant"])
    one, other = (emulations[variant == x] for x in (WEIGHTED, MAP))
    labels = [label for label in LABELS if label in emulations.colnames]
    difference = {x: np.asarray(one[x]) - np.asarray(other[x]) for x in labels}
    return np.asarray(one["snr"], float), difference


def summarise_weightings(snr, difference, snr_edges):
    """Bias and scatter of the differences, by SNR.

    Parameters
    ----------
    snr, difference
        As `differences` gives them.
    snr_edges : sequence of float
        Bounds between the SNR bins.

    Returns
    -------
    astropy.table.Table
        A row per label and SNR bin, `mdwarfs.validation.by_snr.COLUMNS`.
    """
    rows = []
    for label, values in difference.items():
        rows += by_snr.statistics(label, values, snr, snr_edges)
    return from_rows(rows, by_snr.COLUMNS)
