"""How many of the simulated metal-poor stars each method finds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from astropy.table import Table

from mdwarfs.metal_poor.candidates import chosen_by
from mdwarfs.samples.split import of_role
from mdwarfs.slam.infer.flags import Flag
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import from_rows
from mdwarfs.validation import by_snr

BOUNDS = (-0.6, -0.8, -1.0)
"""[Fe/H] below which a star is counted as metal-poor [dex]."""
HALO = "halo"

COLUMNS = {
    "wanted": ("", "What was looked for: stars below an [Fe/H], or of the halo"),
    "method": ("", "By what stars are chosen"),
    "snr_min": ("", "Least SNR of the stars; null: any"),
    "snr_max": ("", "SNR of the stars is below; null: any"),
    "n_wanted": ("", "Stars that are what was looked for"),
    "n_chosen": ("", "Stars that the method chooses"),
    "n_found": ("", "Stars that are both"),
    "completeness": ("", "n_found over n_wanted; null if there is none"),
    "e_completeness": ("", "Its standard error, of (k + 1) / (n + 2)"),
    "purity": ("", "n_found over n_chosen; null if there is none"),
    "e_purity": ("", "Its standard error, of (k + 1) / (n + 2)"),
}


def recover(
    truth: Table,
    kinematics: Table,
    indices: Table,
    slam: Table,
    hybrid: Table,
    split: Table,
    matched: Table | None,
    edges: Sequence[float],
) -> Table:
    """Completeness and purity of each method, and of the labels by themselves.

    Parameters
    ----------
    truth
        `source_id`, `feh`, `population` of every simulated star.
    kinematics, indices, slam, hybrid, matched
        See `mdwarfs.metal_poor.candidates.select`.
    split
        Training stars, whose labels the models know, are left out.
    edges
        Of the bins of SNR, see `mdwarfs.validation.by_snr.bins`.

    Returns
    -------
    table
        `COLUMNS`; of M dwarfs with a spectrum that are not trained with.
    """
    chosen = chosen_by(kinematics, indices, matched)
    total = np.sum(list(chosen.values()), axis=0)
    chosen["any of these"], chosen["two or more"] = total > 0, total > 1
    labels, other = (
        lookup(table, match(kinematics["source_id"], table["source_id"]))
        for table in (slam, hybrid)
    )
    chosen[f"SLAM's [Fe/H] < {BOUNDS[0]}"] = np.asarray(labels["feh"]) < BOUNDS[0]
    beyond = np.asarray(labels["flags"]) & int(Flag.OUTSIDE_TRAINING)
    chosen["flag outside_training"] = beyond != 0
    chosen[f"hybrid [Fe/H] < {BOUNDS[0]}"] = np.asarray(other["feh"]) < BOUNDS[0]
    true = lookup(truth, match(kinematics["source_id"], truth["source_id"]))
    spectra = match(kinematics["source_id"], indices["source_id"])
    known = np.isin(kinematics["source_id"], of_role(split, "train"))
    usable = (spectra >= 0) & ~known & np.isfinite(np.asarray(true["feh"], float))
    snr = np.asarray(lookup(indices, spectra)["snr"], float)
    wanted = {f"[Fe/H] < {x}": np.asarray(true["feh"]) < x for x in BOUNDS}
    wanted[HALO] = np.asarray(true["population"], str) == HALO
    ends = [np.nan, *edges, np.nan]
    spans = [(np.nan, np.nan), *zip(ends, ends[1:])]
    rows = []
    for (low, high), members in zip(spans, by_snr.bins(snr, edges)):
        use = usable & members
        for what, right in wanted.items():
            for method, yes in chosen.items():
                rows.append((what, method, low, high, *counted(right[use], yes[use])))
    return from_rows(rows, COLUMNS)


def counted(right: np.ndarray, yes: np.ndarray) -> tuple:
    """Numbers wanted, chosen, found; completeness and purity with their errors."""
    found = int(np.sum(right & yes))
    wanted, chosen = int(right.sum()), int(yes.sum())
    return wanted, chosen, found, *_share(found, wanted), *_share(found, chosen)


def _share(k, n):
    """A share and its standard error; NaN of nothing."""
    if not n:
        return np.nan, np.nan
    smooth = (k + 1) / (n + 2)
    return k / n, np.sqrt(smooth * (1 - smooth) / (n + 2))
