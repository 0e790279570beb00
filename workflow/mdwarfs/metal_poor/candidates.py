"""The table of candidates for metal-poor stars, with both measures and their labels."""

from __future__ import annotations

import numpy as np
from astropy.table import Table

from mdwarfs.joining import lookup
from mdwarfs.matching import match
from mdwarfs.tabulate import annotate, take

ROUTES = {"kinematics": "halo", "spectrum": "weak_tio"}
"""The ways to a candidate, and the column that says yes."""
OF_SLAM = ("feh", "sigma_feh", "flags", "flag_names")

COLUMNS = {
    "routes": ("", "By what the star is a candidate, separated by commas"),
    "feh": ("dex", "[Fe/H] by SLAM, which the star may be too metal-poor for"),
    "sigma_feh": ("dex", "Calibrated uncertainty (1 sigma) of feh, where it is usable"),
    "feh_hybrid": ("dex", "[Fe/H] of the second catalogue"),
    "doubtful": (
        "",
        "SLAM's [Fe/H] is in the usable range, though the star is a candidate for one "
        "that is below it: it is likely to be too high",
    ),
}


def routes(kinematics: Table, indices: Table) -> dict[str, np.ndarray]:
    """Which M dwarfs each route chooses.

    Parameters
    ----------
    kinematics : n rows
        See `mdwarfs.metal_poor.kinematics.measure`.
    indices
        See `mdwarfs.metal_poor.indices.measure`; not all need have a spectrum.

    Returns
    -------
    bool, shape (n,) each
    """
    own = lookup(indices, match(kinematics["source_id"], indices["source_id"]))
    tables = {"kinematics": kinematics, "spectrum": own}
    return {
        route: np.asarray(tables[route][column], bool)
        for route, column in ROUTES.items()
    }


def select(
    kinematics: Table,
    indices: Table,
    slam: Table,
    hybrid: Table,
    usable: tuple[float, float],
) -> Table:
    """The candidates by either route.

    Parameters
    ----------
    kinematics, indices
        See `routes`.
    slam, hybrid
        The two catalogues.
    usable
        Range of [Fe/H] in which SLAM's may be used [dex].

    Returns
    -------
    table
        A row per candidate, in the order of their motions: what both measures found,
        `routes`, `OF_SLAM`, `feh_hybrid` and `doubtful`.
    """
    chosen = routes(kinematics, indices)
    rows = np.any(list(chosen.values()), axis=0)
    table = kinematics[rows]
    own = match(table["source_id"], indices["source_id"])
    spectrum = lookup(indices, own)
    take(table, spectrum, [n for n in indices.colnames if n not in table.colnames])
    table["routes"] = [
        ",".join(route for route, yes in zip(chosen, row) if yes)
        for row in np.transpose([yes[rows] for yes in chosen.values()])
    ]
    labels = lookup(slam, match(table["source_id"], slam["source_id"]))
    take(table, labels, OF_SLAM)
    other = lookup(hybrid, match(table["source_id"], hybrid["source_id"]))
    table["feh_hybrid"] = np.asarray(other["feh"])
    feh = np.asarray(table["feh"])
    table["doubtful"] = (feh >= usable[0]) & (feh <= usable[1])
    return annotate(table, COLUMNS)
