"""How the weighting of pixels changes labels, all else being equal."""

from collections.abc import Sequence

import numpy as np
from astropy.table import Table

from mdwarfs.labels import LABELS
from mdwarfs.method_names import MAP
from mdwarfs.tables.tabulate import from_rows
from mdwarfs.validation import by_snr

WEIGHTED = "error_weights"


def differences(emulations: Table) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Labels with the weighting astra-0.6.0 minus those with inverse variances.

    Parameters
    ----------
    emulations
        As `mdwarfs.emulation.experiment.emulate` makes it.

    Returns
    -------
    snr : shape (n,)
    difference : each of shape (n,)
        By label; a value per star.
    """
    variant = np.asarray(emulations["variant"])
    one, other = (emulations[variant == x] for x in (WEIGHTED, MAP))
    labels = [label for label in LABELS if label in emulations.colnames]
    difference = {x: np.asarray(one[x]) - np.asarray(other[x]) for x in labels}
    return np.asarray(one["snr"], float), difference


def summarise_weightings(
    snr: np.ndarray, difference: dict[str, np.ndarray], snr_edges: Sequence[float]
) -> Table:
    """Bias and scatter of the differences, by SNR.

    Parameters
    ----------
    snr, difference
        As `differences` gives them.
    snr_edges
        Bounds between the SNR bins.

    Returns
    -------
    table
        A row per label and SNR bin, `mdwarfs.validation.by_snr.COLUMNS`.
    """
    rows = []
    for label, values in difference.items():
        rows += by_snr.statistics(label, values, snr, snr_edges)
    return from_rows(rows, by_snr.COLUMNS)
