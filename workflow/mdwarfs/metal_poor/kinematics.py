"""The motion of stars in the Galaxy, and which of them move like halo stars.

Positions, parallaxes, proper motions and radial velocities become velocities relative
to the local standard of rest by astropy's frames. A star whose velocity is far from
that of the standard of rest is not of the disc (the diagram of Toomre: V against the
rest of the velocity). Nothing of its spectrum but the Doppler shift is asked.
"""

from __future__ import annotations

import astropy.units as u
import numpy as np
from astropy.coordinates import CartesianDifferential, GalacticLSR, SkyCoord
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.literature.solar_motion import SCHOENRICH_2010
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import annotate

ASTROMETRY = ("ra", "dec", "parallax", "parallax_error", "pmra", "pmdec")
SPEED = u.km / u.s

COLUMNS = {
    "v_rad": ("km / s", "Radial velocity (BOSS); null: not known"),
    "u_lsr": ("km / s", "Velocity towards the Galactic centre, in the LSR"),
    "v_lsr": ("km / s", "Velocity with the Galactic rotation, in the LSR"),
    "w_lsr": ("km / s", "Velocity towards the north Galactic pole, in the LSR"),
    "v_total": ("km / s", "Speed in the LSR"),
    "v_least": ("km / s", "Least speed in the LSR, whatever the radial velocity"),
    "parallax_snr": ("", "Parallax over its standard error"),
    "halo": ("", "Moves as stars of the halo do, by the limits of the configuration"),
}


def velocities(
    stars: Table | dict[str, ArrayLike], v_rad: ArrayLike, e_v_rad: ArrayLike
) -> Table:
    """Velocities relative to the local standard of rest.

    The distance is the reciprocal of the parallax, which is biased where that is
    uncertain: see `parallax_snr`. Errors are of first order, from those of parallax and
    radial velocity; those of proper motions (0.1 mas/yr are 0.24 km/s at 500 pc) are
    left out.

    Parameters
    ----------
    stars : n rows
        `ASTROMETRY`, as Gaia gives it: [deg], [mas], [mas/yr].
    v_rad, e_v_rad : shape (n,)
        Barycentric radial velocity and its error [km/s]; NaN where not known. An error
        that is not known counts as none.

    Returns
    -------
    table
        v_rad, e_v_rad and u_lsr, v_lsr, w_lsr, v_total, e_v_total, v_least [km/s] and
        parallax_snr. NaN where astrometry, or for the velocities in space v_rad, is
        lacking.
    """
    ra, dec, parallax, error, pmra, pmdec = (
        np.asarray(stars[name], float) for name in ASTROMETRY
    )
    v_rad, e_v_rad = np.asarray(v_rad, float), np.asarray(e_v_rad, float)
    known = np.isfinite(ra + dec + pmra + pmdec) & (parallax > 0)
    # The radial velocity adds along the line of sight: what is across it stays.
    across, sight = (np.full((len(ra), 3), np.nan) for _ in range(2))
    if known.any():
        place = SkyCoord(
            ra=ra[known] * u.deg, dec=dec[known] * u.deg,
            distance=1000 / parallax[known] * u.pc,
            pm_ra_cosdec=pmra[known] * u.mas / u.yr,
            pm_dec=pmdec[known] * u.mas / u.yr,
            radial_velocity=np.zeros(known.sum()) * SPEED,
        )  # fmt: skip
        sun = CartesianDifferential(*SCHOENRICH_2010 * SPEED)
        there = place.transform_to(GalacticLSR(v_bary=sun))
        across[known] = there.velocity.d_xyz.to_value(SPEED).T
        sight[known] = place.galactic.cartesian.xyz.value.T
        sight /= np.linalg.norm(sight, axis=1, keepdims=True)
    space = across + v_rad[:, None] * sight
    least = across - _dot(across, sight)[:, None] * sight
    total = np.linalg.norm(space, axis=1)
    proper = across - np.array(SCHOENRICH_2010)
    relative = error / parallax
    with np.errstate(invalid="ignore", divide="ignore"):
        of_parallax = _dot(space, proper) / total * relative
        of_velocity = _dot(space, sight) / total * np.nan_to_num(e_v_rad)
    table = Table({"v_rad": v_rad, "e_v_rad": e_v_rad})
    for name, values in zip(("u_lsr", "v_lsr", "w_lsr"), space.T):
        table[name] = values
    table["v_total"] = total
    table["e_v_total"] = np.hypot(of_parallax, of_velocity)
    table["v_least"] = np.linalg.norm(least, axis=1)
    table["parallax_snr"] = np.where(parallax > 0, 1 / relative, np.nan)
    return table


def is_halo(table: Table, limits: dict[str, float]) -> np.ndarray:
    """Which stars move as those of the halo.

    Parameters
    ----------
    table
        See `velocities`.
    limits
        `v_halo_min` [km/s], which the speed in the LSR has to exceed, or where the
        radial velocity is not known the least that it can be; `parallax_snr_min`.

    Returns
    -------
    bool, shape (n,)
    """
    total = np.asarray(table["v_total"])
    speed = np.where(np.isfinite(total), total, table["v_least"])
    sharp = np.asarray(table["parallax_snr"]) >= limits["parallax_snr_min"]
    return sharp & (speed > limits["v_halo_min"])


def measure(candidates: Table, spectra: Table, limits: dict[str, float]) -> Table:
    """The motion of every candidate.

    Parameters
    ----------
    candidates
        M dwarfs with `source_id` and `ASTROMETRY`.
    spectra
        `source_id`, `v_rad` and `e_v_rad` of those that have a spectrum.
    limits
        See `is_halo`.

    Returns
    -------
    table
        source_id, sdss_id, what `velocities` gives, `halo`; in their order.
    """
    index = match(candidates["source_id"], spectra["source_id"])
    own = lookup(spectra[["v_rad", "e_v_rad"]], index)
    found = velocities(candidates, own["v_rad"], own["e_v_rad"])
    table = candidates[["source_id", "sdss_id"]]
    for name in found.colnames:
        table[name] = found[name]
    table["halo"] = is_halo(table, limits)
    return annotate(table, COLUMNS)


def _dot(a, b):
    """Scalar products of vectors, row by row."""
    return np.sum(a * b, axis=1)
