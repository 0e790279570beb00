"""The table of candidates for metal-poor stars, with all measures and their labels."""

from __future__ import annotations

import numpy as np
from astropy.table import Table

from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import annotate, take

MEASURES = {"kinematics": "halo", "indices": "weak_tio", "templates": "poor_template"}
"""The ways to a candidate, and the column that says yes."""
OF_SLAM = ("feh", "sigma_feh", "flags", "flag_names")

COLUMNS = {
    "found_by": ("", "By what the star is a candidate, separated by commas"),
    "feh": ("dex", "[Fe/H] by SLAM, which the star may be too metal-poor for"),
    "sigma_feh": ("dex", "Calibrated uncertainty (1 sigma) of feh, where it is usable"),
    "feh_hybrid": ("dex", "[Fe/H] of the second catalogue"),
    "doubtful": (
        "",
        "SLAM's [Fe/H] is in the usable range, though the star is a candidate for one "
        "that is below it: too high if the star is one",
    ),
}


def chosen_by(
    kinematics: Table, indices: Table, matched: Table | None = None
) -> dict[str, np.ndarray]:
    """Which M dwarfs each method chooses.

    Parameters
    ----------
    kinematics : n rows
        See `mdwarfs.metal_poor.kinematics.measure`.
    indices
        See `mdwarfs.metal_poor.indices.measure`; not all need have a spectrum.
    matched
        See `mdwarfs.metal_poor.templates.match_templates`, where there are templates.

    Returns
    -------
    bool, shape (n,) each
    """
    tables = {"kinematics": kinematics, "indices": indices, "templates": matched}
    found = {}
    for method, column in MEASURES.items():
        if tables[method] is not None:
            place = match(kinematics["source_id"], tables[method]["source_id"])
            found[method] = np.asarray(lookup(tables[method], place)[column], bool)
    return found


def select(
    kinematics: Table,
    indices: Table,
    slam: Table,
    hybrid: Table,
    matched: Table | None,
    usable: tuple[float, float],
) -> Table:
    """The candidates by any method.

    Parameters
    ----------
    kinematics, indices, matched
        See `chosen_by`.
    slam, hybrid
        The two catalogues.
    usable
        Range of [Fe/H] in which SLAM's may be used [dex].

    Returns
    -------
    table
        A row per candidate, in the order of their motions: what all measures found,
        `found_by`, `OF_SLAM`, `feh_hybrid` and `doubtful`.
    """
    chosen = chosen_by(kinematics, indices, matched)
    rows = np.any(list(chosen.values()), axis=0)
    table = kinematics[rows]
    for measures in (indices, matched):
        if measures is not None:
            own = lookup(measures, match(table["source_id"], measures["source_id"]))
            take(table, own, [n for n in own.colnames if n not in table.colnames])
    table["found_by"] = [
        ",".join(method for method, yes in zip(chosen, row) if yes)
        for row in np.transpose([yes[rows] for yes in chosen.values()])
    ]
    labels = lookup(slam, match(table["source_id"], slam["source_id"]))
    take(table, labels, OF_SLAM)
    other = lookup(hybrid, match(table["source_id"], hybrid["source_id"]))
    table["feh_hybrid"] = np.asarray(other["feh"])
    feh = np.asarray(table["feh"])
    table["doubtful"] = (feh >= usable[0]) & (feh <= usable[1])
    return annotate(table, COLUMNS)
