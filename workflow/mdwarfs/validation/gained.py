"""Errors of the hybrid labels and of SLAM's, on the very same stars."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from astropy.table import Table

from mdwarfs.method_names import HYBRID, SLAM
from mdwarfs.samples.split import of_role
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import from_rows
from mdwarfs.validation import by_snr, half_width
from mdwarfs.validation.half_width import (
    REFERENCES,
    TRUTH,
    half_width_and_error,
    slope_against,
    sound_unseen,
)

FLAT = "hybrid, flat prior"
METHODS = (SLAM, HYBRID, FLAT)

COLUMNS = {
    **half_width.COLUMNS,
    "pull": ("", "Half width of the differences over their errors"),
}


def gained(
    slam: Table,
    hybrid: Table,
    labels: Table,
    split: Table,
    truth: Table | None,
    *,
    names: Sequence[str],
    role: str,
    edges: Sequence[float],
) -> Table:
    """Statistics of both, label by label and bin by bin.

    Parameters
    ----------
    slam, hybrid
        Labels of stars, training stars by models that have not seen them or not asked
        for.
    labels, split
        Reference labels, and the role of their stars.
    truth
        Of simulated stars: all that were not trained on are compared with it, too.
    names
    role
        Of the stars that are compared with their references.
    edges
        Of the bins of SNR, see `mdwarfs.validation.by_snr.bins`.

    Returns
    -------
    table
        `COLUMNS`; only stars with labels by both.
    """
    stars = of_role(split, role)
    rows = compare(REFERENCES, stars, slam, hybrid, labels, names, edges)
    if truth is not None:
        stars = sound_unseen(slam["source_id"], truth, split)
        rows += compare(TRUTH, stars, slam, hybrid, truth, names, edges)
    return from_rows(rows, COLUMNS)


def compare(
    against: str,
    stars: np.ndarray,
    slam: Table,
    hybrid: Table,
    reference: Table,
    names: Sequence[str],
    edges: Sequence[float],
) -> list[tuple]:
    """Rows of `gained`, of one sample.

    Parameters
    ----------
    stars : int, shape (n,)
        source_id of those to compare.
    reference
        Known labels, with their errors `e_*` if they have any.
    """
    one, other, known = (
        lookup(table, match(stars, table["source_id"]))
        for table in (slam, hybrid, reference)
    )
    snr, rows = np.asarray(one["snr"], float), []
    for name in names:
        target = np.asarray(known[name], float)
        error = np.zeros(len(stars))
        if f"e_{name}" in known.colnames:
            error = np.nan_to_num(np.asarray(known[f"e_{name}"], float))
        found = {
            SLAM: (one[name], one[f"e_{name}"]),
            HYBRID: (other[name], other[f"e_{name}"]),
            FLAT: (other[f"{name}_flat"], other[f"e_{name}_flat"]),
        }
        both = np.isfinite(found[SLAM][0]) & np.isfinite(found[HYBRID][0])
        for method, (values, errors) in found.items():
            difference = np.where(both, np.asarray(values, float) - target, np.nan)
            pull = difference / np.hypot(np.asarray(errors, float), error)
            for row, members in zip(
                by_snr.statistics(name, difference, snr, edges), by_snr.bins(snr, edges)
            ):
                use = members & np.isfinite(difference)
                rows.append(
                    (against, method, *row, *half_width_and_error(difference[use]))
                    + (
                        slope_against(target[use], difference[use]),
                        half_width_and_error(pull[use])[0],
                    )
                )
    return rows
