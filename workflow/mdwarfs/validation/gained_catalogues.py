"""The hybrid labels and SLAM's against other catalogues (R2 to R7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from mdwarfs.method_names import HYBRID, SLAM
from mdwarfs.samples.split import TRAINED_ON
from mdwarfs.statistics import summarise
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import from_rows
from mdwarfs.validation.comparisons import usable
from mdwarfs.validation.gained import FLAT
from mdwarfs.validation.half_width import half_width_and_error

if TYPE_CHECKING:
    from mdwarfs.validation.comparison_summary import Comparison

COLUMNS = {
    "comparison": (
        "",
        "R2 to R7: the lines of the paper's Table 2; others: the catalogue's name",
    ),
    "name": ("", "What labels are compared with"),
    "label": ("", "Stellar label; its unit is the unit of the row"),
    "method": ("", "How the labels were found"),
    "n": (
        "",
        "Stars (pairs for R2) with labels by SLAM and the hybrid model, both within "
        "the usable ranges; without prior, of these",
    ),
    "median": ("", "Median of label minus reference (R2: primary minus secondary)"),
    "e_median": ("", "Standard error of the median"),
    "half_width": ("", "Half of what lies between 16 % and 84 % of the differences"),
    "e_half_width": ("", "Its standard error, for normal values"),
    "std": ("", "Standard deviation of the differences"),
    "n_unseen": (
        "",
        "Of these, stars (pairs) that were not trained on. Hybrid labels of training "
        "stars are by models that have not seen them, SLAM's by the one that has",
    ),
    "half_width_unseen": ("", "Half width of their differences"),
    "e_half_width_unseen": ("", "Its standard error, for normal values"),
}


def gained_catalogues(
    comparisons: dict[str, Table], lines: Sequence[Comparison], hybrid: Table
) -> Table:
    """Offset and scatter of both against every comparison catalogue, same stars.

    Parameters
    ----------
    comparisons
        As `mdwarfs.validation.comparisons` makes them of SLAM's labels, by the `table`
        of the lines.
    lines
        Of `mdwarfs.validation.comparison_summary`, without R1.
    hybrid
        The catalogue of the hybrid labels.

    Returns
    -------
    table
        `COLUMNS`.
    """
    rows = []
    for line in lines:
        table = comparisons[line.table]
        pairs = "source_id1" in table.colnames
        other = [
            lookup(hybrid, match(table[key], hybrid["source_id"]))
            for key in (("source_id1", "source_id2") if pairs else ("source_id",))
        ]
        both = np.asarray(table["used"], bool)
        unseen = ~np.asarray(table[TRAINED_ON], bool)
        for stars in other:
            both = both & usable(stars["flags"])
        for label in line.labels:
            one, known = (
                (f"{label}1", f"{label}2") if pairs else (label, f"{label}_ref")
            )
            if one not in table.colnames or label not in hybrid.colnames:
                continue
            known = np.asarray(table[known], float)
            found = {SLAM: np.asarray(table[one], float) - known}
            for method, column in ((HYBRID, label), (FLAT, f"{label}_flat")):
                values = [np.asarray(stars[column], float) for stars in other]
                found[method] = values[0] - (values[1] if pairs else known)
            use = both & np.isfinite(found[SLAM]) & np.isfinite(found[HYBRID])
            for method, difference in found.items():
                said = summarise(difference[use])
                others = difference[use & unseen]
                rows.append(
                    (line.id, line.name, label, method, said.n, said.median)
                    + (said.e_median, *half_width_and_error(difference[use]), said.std)
                    + (int(np.sum(np.isfinite(others))), *half_width_and_error(others))
                )
    return from_rows(rows, COLUMNS)
