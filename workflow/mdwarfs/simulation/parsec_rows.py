"""The simulated main sequence in the form of isochrones."""

from collections.abc import Sequence

import numpy as np
from astropy.table import Table, vstack

from mdwarfs.simulation import main_sequence

M_TEFF, FGK_TEFF = np.arange(2900, 4226, 25.0), np.arange(4250, 6601, 25.0)
SUN_TEFF, SUN_M_BOL = 5772.0, 4.74  # IAU 2015 resolutions B2 and B3 [K, mag]
CONTRACTING, EVOLVED = 1.5, 1.0  # how much brighter than on the main sequence [mag]


def isochrones(log_age: float, m_h: Sequence[float]) -> Table:
    """Isochrones that the simulated main sequence follows.

    Parameters
    ----------
    log_age
        log10 of the age in years; the main sequence does not depend on it.
    m_h
        Metallicities [dex].

    Returns
    -------
    table
        With the columns that `files.parsec.write_isochrones` wants: stars of 2900 to
        6600 K on the main sequence (label 1), after three that are still contracting
        (label 0) and before two that have left it (label 2).
    """
    return vstack([_isochrone(log_age, value) for value in sorted(m_h)])


def _isochrone(log_age, m_h):
    """One metallicity."""
    cool = main_sequence.m_dwarf(M_TEFF, np.full(len(M_TEFF), m_h))
    warm = main_sequence.fgk_dwarf(FGK_TEFF, np.full(len(FGK_TEFF), m_h))
    structure = zip(
        main_sequence.m_dwarf_structure(cool.ks),
        main_sequence.fgk_dwarf_structure(FGK_TEFF, m_h),
    )
    mass, radius, logg = (np.concatenate(both) for both in structure)
    teff = np.concatenate([M_TEFF, FGK_TEFF])
    log_l = 4 * np.log10(teff / SUN_TEFF) + 2 * np.log10(radius)
    # The two branches overlap a little in mass where they meet.
    mass = np.maximum.accumulate(mass)
    points = Table({"mini": mass, "mass": mass, "log_te": np.log10(teff)})
    points["logg"], points["log_l"] = logg, log_l
    points["m_bol"] = SUN_M_BOL - 2.5 * log_l
    for band in ("g", "bp", "rp"):
        both = getattr(cool, band), getattr(warm, band)
        points[f"m_{band}"] = np.concatenate(both)
    points["label"] = 1
    young, old = points[:3].copy(), points[-2:].copy()
    young["label"], old["label"] = 0, 2
    young["mini"], old["mini"] = 0.8 * young["mini"], 1.05 * old["mini"]
    for band in ("g", "bp", "rp"):
        young[f"m_{band}"] -= CONTRACTING
        old[f"m_{band}"] -= EVOLVED
    points = vstack([young, points, old])
    points["m_h"], points["log_age"] = m_h, log_age
    return points
