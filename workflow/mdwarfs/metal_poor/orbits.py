"""Orbits of candidates in the Galaxy, by galpy (Bovy 2015, ApJS 216, 29).

The extra `mdwarfs[orbits]` installs it; nothing else of the workflow asks for it.
"""

from __future__ import annotations

import numpy as np
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.literature.solar_motion import (
    CIRCULAR_VELOCITY,
    SCHOENRICH_2010,
    SUN_ABOVE_PLANE,
    SUN_TO_CENTRE,
)
from mdwarfs.metal_poor.kinematics import ASTROMETRY
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import annotate

DURATION, STEPS = 5.0, 2001  # [Gyr]; points of the orbit that are kept
GYR_PER_UNIT = SUN_TO_CENTRE / CIRCULAR_VELOCITY * 0.9777922
"""Of galpy's time, which is of its lengths and speeds; 1 kpc / (km/s) is 0.978 Gyr."""

COLUMNS = {
    "eccentricity": ("", "Of the orbit in MWPotential2014: (rap - rperi) over the sum"),
    "z_max": ("kpc", "Largest distance from the Galactic plane"),
    "r_peri": ("kpc", "Least distance from the Galactic centre"),
    "r_apo": ("kpc", "Largest distance from the Galactic centre"),
    "l_z": ("kpc km / s", "Angular momentum; negative against the Galactic rotation"),
}


def orbits(stars: Table, candidates: Table) -> Table:
    """Integrate the orbits of candidates for 5 Gyr in Bovy's MWPotential2014.

    Parameters
    ----------
    stars
        `source_id` and `ASTROMETRY` of those and others.
    candidates
        `source_id`, `sdss_id`, `v_rad` [km/s].

    Returns
    -------
    table
        source_id, sdss_id, `COLUMNS`; NaN without a radial velocity or a parallax.

    Raises
    ------
    InputError
        If galpy is not installed.
    """
    try:
        from galpy.orbit import Orbit
        from galpy.potential import MWPotential2014
    except ImportError as error:
        raise InputError(
            "orbits need galpy: pip install 'mdwarfs[orbits]', or 'galpy>=1.10'"
        ) from error
    own = lookup(stars, match(candidates["source_id"], stars["source_id"]))
    ra, dec, parallax, _, pmra, pmdec = (
        np.asarray(own[name], float) for name in ASTROMETRY
    )
    with np.errstate(divide="ignore"):
        distance = np.where(parallax > 0, 1 / parallax, np.nan)  # [kpc]
    v_rad = np.asarray(candidates["v_rad"], float)
    phase = np.stack([ra, dec, distance, pmra, pmdec, v_rad], axis=1)
    known = np.isfinite(phase).all(axis=1)
    found = np.full((len(COLUMNS), len(phase)), np.nan)
    if known.any():
        u, v, w = SCHOENRICH_2010
        orbit = Orbit(
            phase[known], radec=True, ro=SUN_TO_CENTRE, vo=CIRCULAR_VELOCITY,
            zo=SUN_ABOVE_PLANE, solarmotion=[-u, v, w],
        )  # fmt: skip
        times = np.linspace(0, DURATION / GYR_PER_UNIT, STEPS)
        orbit.integrate(times, MWPotential2014, progressbar=False)
        values = orbit.e(), orbit.zmax(), orbit.rperi(), orbit.rap(), orbit.Lz()
        found[:, known] = values
    table = candidates[["source_id", "sdss_id"]]
    for name, column in zip(COLUMNS, found):
        table[name] = column
    return annotate(table, COLUMNS)
