"""The catalogue of a run beside value-added catalogues of SDSS DR20.

One of them brings labels from Gaia XP spectra (Zhang, Green & Rix 2023), which are held
against the run's; both bring qualities, by which the differences can be sorted.
"""

from collections.abc import Sequence

import numpy as np
from astropy.table import Table

from mdwarfs.catalogues.value_added import ACTIVITY, XP_RELIABLE
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import annotate, from_rows, take
from mdwarfs.validation import by_snr
from mdwarfs.validation.comparisons import usable

LABELS = ("teff", "logg", "feh")
COLUMNS = {
    "in_contin": ("", "The star has a pseudo-continuum in mdwarf-contin 1.0.0"),
    "in_active": ("", "The star is in mdwarf_active_params 1.0.0"),
    "used": ("", "Converged in the usable range, and reliable XP labels"),
}
SUMMARY = {
    "sample": ("", "used: see the comparison; all: every star with both labels"),
    **by_snr.COLUMNS,
}


def compare(catalogue: Table, contin: Table, active: Table) -> Table:
    """Labels of the run beside those from Gaia XP, with the catalogues' qualities.

    Parameters
    ----------
    catalogue
        Labels of all candidates of the run.
    contin, active
        From `mdwarfs.catalogues.value_added`.

    Returns
    -------
    table
        A row per star of the catalogue that either of them has, by `sdss_id`: `x` of
        the run, `x_ref` and `e_x_ref` of XP, the qualities, and `COLUMNS`.
    """
    place = {
        "contin": match(catalogue["sdss_id"], contin["sdss_id"]),
        "active": match(catalogue["sdss_id"], active["sdss_id"]),
    }
    either = (place["contin"] >= 0) | (place["active"] >= 0)
    table = catalogue["source_id", "sdss_id", "snr", "flags"][either]
    xp = lookup(contin, place["contin"][either])
    for label in LABELS:
        table[label] = np.asarray(catalogue[label][either], float)
        table[f"{label}_ref"] = np.asarray(xp[label], float)
        table[f"e_{label}_ref"] = np.asarray(xp[f"e_{label}"], float)
    take(table, xp, ["zwarning_flags", "xp_quality_flags"])
    take(table, lookup(active, place["active"][either]), list(ACTIVITY))
    for name, index in place.items():
        table[f"in_{name}"] = index[either] >= 0
    reliable = table["in_contin"] & (table["xp_quality_flags"] < XP_RELIABLE)
    table["used"] = usable(table["flags"]) & reliable
    return annotate(table, COLUMNS)


def summarise(comparison: Table, snr_edges: Sequence[float]) -> Table:
    """Bias and scatter of the run's labels minus those of XP, by SNR.

    Parameters
    ----------
    comparison
        From `compare`.
    snr_edges
        Bounds between the SNR bins.

    Returns
    -------
    table
        A row per sample, label and SNR bin, `SUMMARY`.
    """
    rows = by_snr.of_samples(comparison, LABELS, "used", snr_edges)
    return from_rows(rows, SUMMARY)


def differences(comparison: Table) -> dict[str, np.ndarray]:
    """The run's labels minus those of XP, by label, each of shape (n,)."""
    return by_snr.differences(comparison, LABELS)
