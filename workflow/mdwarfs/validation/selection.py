"""Which M dwarfs the paper's criteria remove, by metallicity and temperature.

Criterion 3 is meant to remove unresolved binaries and pre-main-sequence stars. A sound
metal-rich star lies above the main sequence of the others, so it is removed more often.
The candidates therefore lack metal-rich stars, which biases counts.
"""

from collections.abc import Sequence

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.literature.aspcap_correction import PUBLISHED
from mdwarfs.tables.matching import best_of_each, match
from mdwarfs.tables.tabulate import from_rows

CRITERIA = ("criterion_1", "criterion_2", "criterion_3", "criterion_4")
DWARF_LOGG = 4.2  # least log g of a star that is counted [dex]

COLUMNS = {
    "criterion": ("", "Criterion of the paper's section 2.2; any: one of them"),
    "teff_min": ("K", "Least Teff of the stars; null: any"),
    "teff_max": ("K", "Largest Teff of the stars; null: any"),
    "feh_min": ("dex", "Least [Fe/H] of the stars; null: any"),
    "feh_max": ("dex", "Largest [Fe/H] of the stars; null: any"),
    "n": ("", "M dwarfs with a place in the diagram"),
    "n_lost": ("", "Of those, failing the criterion"),
    "share": ("", "Share that fails the criterion; null if there is no star"),
    "e_share": ("", "Its standard error, of (n_lost + 1) / (n + 2)"),
}


def of_apogee(m_type: Table, apogee_net: Table, aspcap: Table) -> Table:
    """The M dwarfs of the list that APOGEE has observed, with their labels.

    Parameters
    ----------
    m_type
        Stars of class M with the verdict of each criterion.
    apogee_net, aspcap
        APOGEE Net's and ASPCAP's results, of a star the ones of largest SNR: Teff and
        log g of the former, [Fe/H] of the latter corrected by the paper's equation 10.

    Returns
    -------
    table
        `CRITERIA`, `teff` [K], `feh` [dex].
    """
    found = []
    for catalogue in (apogee_net, aspcap):
        rows, _ = best_of_each(catalogue["source_id"], catalogue["snr_apogee"])
        place = match(m_type["source_id"], catalogue["source_id"][rows])
        found.append(np.where(place >= 0, rows[place], -1))
    known = (found[0] >= 0) & (found[1] >= 0)
    net, asp = (c[row[known]] for c, row in zip((apogee_net, aspcap), found))
    stars = m_type[known]
    feh = np.asarray(asp["feh"], float)
    labels = Table({"teff": net["teff"], "logg": net["logg"]})
    labels["feh"] = feh + PUBLISHED(asp["teff"], feh)
    return placed_dwarfs(stars, labels)


def placed_dwarfs(stars: Table, labels: Table) -> Table:
    """The stars that have a place in the diagram and are dwarfs, with their labels.

    Parameters
    ----------
    stars
        Stars of class M with the verdict of each criterion.
    labels
        `teff`, `feh`, `logg` of each.

    Returns
    -------
    table
        `CRITERIA`, `teff` [K], `feh` [dex].
    """
    use = (np.asarray(stars["reason"]) == "") & (
        np.asarray(labels["logg"]) > DWARF_LOGG
    )
    use &= np.isfinite(labels["feh"]) & np.isfinite(labels["teff"])
    found = stars[list(CRITERIA)][use]
    for name in ("teff", "feh"):
        found[name] = np.asarray(labels[name], float)[use]
    return found


def share_lost(
    stars: Table, teff_edges: Sequence[float], feh_edges: Sequence[float]
) -> Table:
    """Share of the stars that each criterion costs.

    Parameters
    ----------
    stars
        `CRITERIA`, `teff`, `feh`.
    teff_edges, feh_edges
        Bounds of the bins, increasing [K], [dex].

    Returns
    -------
    table
        `COLUMNS`: of each criterion a row for all stars, for each bin of [Fe/H], each
        of Teff, and each of both.
    """
    fails = {name: ~np.asarray(stars[name], bool) for name in CRITERIA}
    fails["any"] = np.any(list(fails.values()), axis=0)
    every = [(np.nan, np.nan)]
    hot, rich = (list(zip(edges, edges[1:])) for edges in (teff_edges, feh_edges))
    bins = [(t, f) for t in every + hot for f in every + rich]
    rows = []
    for name, failed in fails.items():
        for teff, feh in bins:
            own = _inside(stars["teff"], *teff) & _inside(stars["feh"], *feh)
            n, lost = int(own.sum()), int(np.sum(own & failed))
            smooth = (lost + 1) / (n + 2)
            error = np.sqrt(smooth * (1 - smooth) / (n + 2)) if n else np.nan
            share = lost / n if n else np.nan
            rows.append((name, *teff, *feh, n, lost, share, error))
    return from_rows(rows, COLUMNS)


def _inside(values: ArrayLike, low, high):
    """Which values lie in a bin; all of them if it has no bounds."""
    values = np.asarray(values, float)
    if np.isnan(low):
        return np.ones(len(values), bool)
    return (values >= low) & (values < high)
