"""The SLAM labels of one data release against those of another, star by star.

The spectra of a common star may be the same or coadded anew, and the code is not quite
the same either; what a user of the labels wants to know is by how much they moved.
"""

import logging
from collections.abc import Sequence

import numpy as np
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.labels import LABELS, RELEASED
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import annotate, from_rows
from mdwarfs.validation import by_snr

logger = logging.getLogger(__name__)

COMPARED = tuple(label for label in LABELS if label in RELEASED)

# Bits of result_flags by which a result is bad: status of the optimiser, Teff and
# [Fe/H] outside bounds, photometry outside the range (sdss/astra, models/slam.py,
# flag_bad).
BAD = {
    "optimizer": 1 << 0,
    "teff_bounds": 1 << 1,
    "feh_bounds": 1 << 2,
    "photometry": 1 << 3,
}
COLUMNS = {
    "snr_old": ("", "Signal-to-noise ratio in the older release"),
    "result_flags_old": ("", "Flag bits in the older release"),
    "used": ("", "No bit of flag_bad in either release"),
}
COUNTS = {
    "what": ("", "Stars that are counted"),
    "n": ("", "How many"),
}
SUMMARY = {
    "sample": ("", "unflagged: no bit of flag_bad in either release; all: all in both"),
    **by_snr.COLUMNS,
}


def compare(new: Table, old: Table) -> Table:
    """Put the labels of two releases beside each other.

    Parameters
    ----------
    new, old
        Released SLAM tables, one row per `sdss_id`, as
        `mdwarfs.catalogues.astra.read_astra` gives them.

    Returns
    -------
    table
        A row per common star: `x` of the newer, `x_ref` of the older release, with
        `e_x_ref`; `snr` is that of the newer one.

    Raises
    ------
    InputError
        If the two have no star in common.
    """
    new, old = labelled(new), labelled(old)
    index = match(new["sdss_id"], old["sdss_id"])
    if not np.any(index >= 0):
        raise InputError("the SLAM tables of the two releases have no star in common")
    stars, other = new[index >= 0], old[index[index >= 0]]
    table = stars["source_id", "sdss_id", "snr", "result_flags"]
    table["snr_old"] = np.asarray(other["snr"], float)
    table["result_flags_old"] = np.asarray(other["result_flags"])
    for label in COMPARED:
        table[label] = np.asarray(stars[label], float)
        table[f"e_{label}"] = np.asarray(stars[f"e_{label}"], float)
        table[f"{label}_ref"] = np.asarray(other[label], float)
        table[f"e_{label}_ref"] = np.asarray(other[f"e_{label}"], float)
    table["used"] = ((table["result_flags"] | table["result_flags_old"]) & bad()) == 0
    return annotate(table, COLUMNS)


def labelled(table: Table) -> Table:
    """The stars of a released table that have any label."""
    return table[np.any([np.isfinite(table[label]) for label in COMPARED], axis=0)]


def bad() -> int:
    """The bits of `BAD` together."""
    return sum(BAD.values())


def count(comparison: Table, new: Table, old: Table) -> Table:
    """Common stars, those of one release alone, and why common ones are left out.

    Parameters
    ----------
    comparison
        From `compare`.
    new, old
        The tables that were compared.

    Returns
    -------
    table
        `COUNTS`; a star may be counted for several bits.
    """
    n, rows = len(comparison), []
    for side, table in (("newer", new), ("older", old)):
        n_labelled = len(labelled(table))
        rows += [
            (f"{side} release: rows, bit 4 or 5", table.meta.get("N_UNSEL", 0)),
            (f"{side} release: stars without labels", len(table) - n_labelled),
            (f"{side} release: stars with labels", n_labelled),
            (f"{side} release: of these, not in the other", n_labelled - n),
        ]
    rows.append(("labels in both", n))
    for side, name in (("newer", "result_flags"), ("older", "result_flags_old")):
        flags = np.asarray(comparison[name])
        for words, bit in BAD.items():
            what = f"in both, flagged in the {side} release: {words}"
            rows.append((what, int(np.sum((flags & bit) > 0))))
    used = int(np.sum(comparison["used"]))
    rows += [("in both, left out as flagged", n - used), ("compared", used)]
    for what, number in rows:
        logger.info("%s: %d", what, number)
    return from_rows(rows, COUNTS)


def summarise(comparison: Table, snr_edges: Sequence[float]) -> Table:
    """Median and scatter of newer minus older labels, by SNR.

    Parameters
    ----------
    comparison
        From `compare`.
    snr_edges
        Bounds between the bins of the newer release's SNR.

    Returns
    -------
    table
        A row per sample, label and SNR bin, `SUMMARY`.
    """
    rows = by_snr.of_samples(comparison, COMPARED, "unflagged", snr_edges)
    return from_rows(rows, SUMMARY)


def differences(comparison: Table) -> dict[str, np.ndarray]:
    """Newer minus older labels, by label, each of shape (n,)."""
    return by_snr.differences(comparison, COMPARED)
