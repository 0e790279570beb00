"""Where the simulated stars are, and how they move: alone or in wide pairs."""

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.table import Table, vstack
from numpy.typing import ArrayLike

from mdwarfs.simulation.galaxy import motions, speed_across

LAMOST_DEC, BOSS_DEC = (-8.0, 60.0), (-28.0, 85.0)  # [deg]

G_RANGE, DISTANCE_MAX = (13.0, 18.8), 900.0  # [mag], [pc]
# G: mean and scatter. Bright enough for BOSS, and for a parallax good to 5 %.
G = (16.9, 1.1)
BP_MAX, PARALLAX_OVER_ERROR_MIN = 20.2, 20.0

ORBIT_OF_EARTH = 29.8  # [km/s]
LOG_SEPARATION = (0.6, 1.8)  # log10 of arcsec: resolved by Gaia and by 2MASS


def distance_modulus(distance: ArrayLike) -> np.ndarray:
    """Distance modulus, 5 log10(d / 10 pc).

    Parameters
    ----------
    distance : [pc], shape (n,)

    Returns
    -------
    [mag], shape (n,)
    """
    return 5 * np.log10(np.asarray(distance, float)) - 5


def parallax_error(g: ArrayLike) -> np.ndarray:
    """Standard error of a Gaia DR3 parallax.

    Noise of calibration, photons and background, in the form in which ESA predicts the
    mission's performance.

    Parameters
    ----------
    g : shape (n,)
        Apparent magnitude G [mag].

    Returns
    -------
    shape (n,)
        [mas]: 0.03 at G = 15, 0.14 at G = 18.
    """
    z = 10 ** (0.4 * (np.maximum(g, 13.0) - 15.0))
    return np.sqrt(40 + 800 * z + 30 * z**2) / 1000


def distance_in_reach(stars: Table, rng: np.random.Generator) -> np.ndarray:
    """Draw distances at which BOSS and Gaia would have taken the stars.

    Parameters
    ----------
    stars
        `m_g`, `m_bp`, of M dwarfs.

    Returns
    -------
    [pc], shape (n,)
    """
    m_g, m_bp = np.asarray(stars["m_g"]), np.asarray(stars["m_bp"])
    g = rng.normal(*G, len(stars))
    while True:
        modulus = g - m_g
        distance = 10 ** (modulus / 5 + 1)
        precision = 1000 / distance / parallax_error(g)
        taken = (g > G_RANGE[0]) & (g < G_RANGE[1]) & (distance < DISTANCE_MAX)
        taken &= m_bp + modulus < BP_MAX
        taken &= precision > PARALLAX_OVER_ERROR_MIN
        if taken.all():
            return distance
        g[~taken] = rng.normal(*G, int(np.sum(~taken)))


def place(
    stars: Table,
    distance: np.ndarray,
    dec: tuple[float, ...],
    rng: np.random.Generator,
    injected: str = "",
    latitude_min: float = 0.0,
) -> Table:
    """Give single stars a place and a motion.

    Parameters
    ----------
    stars
        Of some `population`; gets `distance` [pc], `ra`, `dec`, `l`, `b` [deg],
        `pmra`, `pmdec` [mas/yr], `v_rad` [km/s], and `pair_id`, `component`, `sep_au`,
        which are 0.
    distance : [pc], shape (n,)
    dec
        Range of declination [deg].
    injected
        What is wrong with these stars.
    latitude_min
        Least distance from the galactic plane [deg].

    Returns
    -------
    stars
        The same table.
    """
    n = len(stars)
    stars["distance"] = distance

    def sky(k):
        sine = rng.uniform(*np.sin(np.radians(dec)), k)
        return np.stack([rng.uniform(0, 360, k), np.degrees(np.arcsin(sine))])

    ra, declination = sky(n)
    while True:
        galactic = SkyCoord(ra * u.deg, declination * u.deg).galactic
        low = np.abs(galactic.b.deg) < latitude_min
        if not low.any():
            break
        ra[low], declination[low] = sky(low.sum())
    stars["ra"], stars["dec"] = ra, declination
    stars["l"], stars["b"] = galactic.l.deg, galactic.b.deg
    stars["pmra"], stars["pmdec"], stars["v_rad"] = motions(
        stars["population"], stars["ra"], stars["dec"], distance, rng
    )
    stars["pair_id"] = np.zeros(n, int)
    stars["component"] = np.zeros(n, int)
    stars["sep_au"] = np.zeros(n)
    stars["injected"] = np.full(n, injected, "U16")
    return stars


def bind(
    one: Table,
    two: Table,
    distance: np.ndarray,
    dec: tuple[float, float],
    rng: np.random.Generator,
) -> Table:
    """Make wide pairs: one motion, the second star a little apart from the first.

    Parameters
    ----------
    one, two
        The brighter and the fainter components; they get what `place` gives, with
        `pair_id` from 1 and `component` 1 or 2.
    distance, dec, rng
        As for `place`.

    Returns
    -------
    table
        All first components, then all second ones, in the same order.
    """
    n = len(one)
    one = place(one, distance, dec, rng)
    for name in ("distance", "l", "b", "pair_id", "injected"):
        two[name] = one[name]
    separation = 10 ** rng.uniform(*LOG_SEPARATION, n)
    angle = rng.uniform(0, 2 * np.pi, n)
    offset = separation / 3600
    two["dec"] = one["dec"] + offset * np.cos(angle)
    two["ra"] = one["ra"] + offset * np.sin(angle) / np.cos(np.radians(one["dec"]))
    two["ra"] %= 360
    sep_au = separation * distance
    orbit = ORBIT_OF_EARTH * np.sqrt((one["mass"] + two["mass"]) / sep_au)  # km/s
    per_year = speed_across(distance)
    for name in ("pmra", "pmdec"):
        two[name] = one[name] + rng.normal(0, 0.4, n) * orbit / per_year
    two["v_rad"] = one["v_rad"] + rng.normal(0, 0.4, n) * orbit
    for component, stars in enumerate((one, two), start=1):
        stars["pair_id"] = np.arange(1, n + 1)
        stars["component"] = component
        stars["sep_au"] = sep_au
    return vstack([one, two])
