"""This run's labels against those that SDSS released, star by star.

The paper chooses its stars by the class that BOSS gives them; the released table holds
those of Gaia G - RP > 0.56 and M_G > 5.553 instead. The two are compared on the stars
that they share.
"""

import logging
from collections.abc import Sequence

import numpy as np
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.labels import LABELS
from mdwarfs.slam.infer.released import RELEASED
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import annotate, from_rows
from mdwarfs.validation import by_snr
from mdwarfs.validation.comparisons import usable

logger = logging.getLogger(__name__)

COLUMNS = {
    "sample": ("", "usable: stars of this run's usable range; all: every common star"),
    **by_snr.COLUMNS,
}
USED = {"used": ("", "Converged, and within the usable range by this run's labels")}


def compare_released(catalogue: Table, released: Table) -> Table:
    """Put this run's labels beside the released ones.

    Parameters
    ----------
    catalogue
        Labels of all candidates of the run.
    released
        The released table, one row per `sdss_id`.

    Returns
    -------
    table
        A row per star with labels in both, `x` of the run and `x_ref` released, of the
        labels that both have; stars whose labels the run took from the released table
        are left out.

    Raises
    ------
    InputError
        If the two have no star in common.
    """
    own = np.asarray(catalogue["status"]) != RELEASED
    own &= np.asarray(catalogue["reason"]) == ""
    stars = catalogue[own]
    index = match(stars["sdss_id"], released["sdss_id"])
    logger.info(
        "%d stars with labels of this run, %d in the released table, %d in both",
        len(stars), len(released), np.sum(index >= 0),
    )  # fmt: skip
    if not np.any(index >= 0):
        raise InputError("no star of the run is in the released SLAM table")
    stars, other = stars[index >= 0], released[index[index >= 0]]
    table = stars["source_id", "sdss_id", "snr", "flags"]
    for label in LABELS:
        if label in stars.colnames and label in other.colnames:
            table[label] = np.asarray(stars[label], float)
            table[f"{label}_ref"] = np.asarray(other[label], float)
            table[f"e_{label}_ref"] = np.asarray(other[f"e_{label}"], float)
    table["used"] = usable(table["flags"])
    return annotate(table, USED)


def summarise_released(comparison: Table, snr_edges: Sequence[float]) -> Table:
    """Bias and scatter of this run's labels minus the released ones, by SNR.

    Parameters
    ----------
    comparison
        As `compare_released` makes it.
    snr_edges
        Bounds between the SNR bins.

    Returns
    -------
    table
        A row per sample, label and SNR bin, `COLUMNS`.
    """
    rows = by_snr.of_samples(comparison, LABELS, "usable", snr_edges)
    return from_rows(rows, COLUMNS)


def differences(comparison: Table) -> dict[str, np.ndarray]:
    """This run's labels minus the released ones, by label, each of shape (n,)."""
    return by_snr.differences(comparison, LABELS)
