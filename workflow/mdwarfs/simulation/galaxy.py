"""The components of the simulated Galaxy: their metallicities and their motions.

Shares are those of a sample of nearby stars, with more of the halo than the one in two
hundred of the Sun's neighbourhood, so that a survey of thousands has some dozens of
subdwarfs. Motions are those of Bensby+2003 (A&A 410, 527, table 1), relative to the
local standard of rest.
"""

from dataclasses import dataclass
from functools import cache

import astropy.units as u
import numpy as np
from astropy.coordinates import ICRS, Galactic
from numpy.typing import ArrayLike
from scipy.stats import norm

from mdwarfs.literature.solar_motion import SCHOENRICH_2010 as SUN

KM_S_PER_MAS_YR_KPC = 4.740470
"""An astronomical unit a year: speed of 1 mas/yr at 1 kpc."""


@dataclass(frozen=True)
class Component:
    """A component of the Galaxy.

    Attributes
    ----------
    share
        Of the stars.
    feh
        Mean and scatter of [Fe/H] on the scale of Niu+2023 [dex].
    lag
        By which its rotation lags behind the local standard of rest [km/s].
    dispersion
        Of U, V and W [km/s].
    """

    share: float
    feh: tuple[float, float]
    lag: float
    dispersion: tuple[float, float, float]


COMPONENTS = {
    "thin": Component(0.96, (-0.01, 0.17), 15.0, (35.0, 20.0, 16.0)),
    "thick": Component(0.03, (-0.42, 0.17), 46.0, (67.0, 38.0, 35.0)),
    "halo": Component(0.01, (-1.20, 0.30), 220.0, (160.0, 90.0, 90.0)),
}
DISC = ("thin", "thick")
"""What the wide pairs are of: the paper's training stars reach down to -1 dex."""
EVERY = tuple(COMPONENTS)
FEH_RANGE = {"thin": (-0.90, 0.54), "thick": (-0.90, 0.54), "halo": (-1.90, -0.60)}
"""Least and largest [Fe/H] of a component's stars [dex]."""


def choose(n: int, rng: np.random.Generator, among: tuple[str, ...]) -> np.ndarray:
    """The component of each of n stars.

    Parameters
    ----------
    among
        Names of `COMPONENTS`.

    Returns
    -------
    str, shape (n,)
    """
    shares = np.array([COMPONENTS[name].share for name in among])
    return rng.choice(np.array(among), n, p=shares / shares.sum())


def mean_feh(low: float, high: float) -> float:
    """Mean [Fe/H] of the disc's stars between two values, without its ranges [dex]."""
    share, moment = 0.0, 0.0
    for component in (COMPONENTS[name] for name in DISC):
        mean, sigma = component.feh
        law = norm(mean, sigma)
        inside = law.cdf(high) - law.cdf(low)
        share += component.share * inside
        part = mean * inside + sigma**2 * (law.pdf(low) - law.pdf(high))
        moment += component.share * part
    return moment / share


def speed_across(distance: ArrayLike) -> np.ndarray:
    """Speed of a proper motion of 1 mas/yr at a distance [pc]: [km/s], shape (n,)."""
    return KM_S_PER_MAS_YR_KPC * np.asarray(distance) / 1000


def motions(
    component: np.ndarray,
    ra: ArrayLike,
    dec: ArrayLike,
    distance: ArrayLike,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw how stars move, as the Sun sees it.

    Parameters
    ----------
    component : str, shape (n,)
        Names of `COMPONENTS`.
    ra, dec : shape (n,)
        Where they are [deg].
    distance : shape (n,)
        [pc].

    Returns
    -------
    pmra, pmdec : shape (n,)
        Proper motion in right ascension (times cos dec) and declination [mas/yr].
    v_rad : shape (n,)
        Radial velocity [km/s].
    """
    law = np.array([EVERY.index(name) for name in component], int)
    dispersion = np.array([one.dispersion for one in COMPONENTS.values()])
    lag = np.array([one.lag for one in COMPONENTS.values()])
    speed = rng.standard_normal((len(law), 3)) * dispersion[law]
    speed[:, 1] -= lag[law]
    x, y, z = _axes() @ (speed - SUN).T
    ra, dec = np.radians(ra), np.radians(dec)
    outward = x * np.cos(ra) + y * np.sin(ra)
    per_year = speed_across(distance)
    pmra = (y * np.cos(ra) - x * np.sin(ra)) / per_year
    pmdec = (z * np.cos(dec) - outward * np.sin(dec)) / per_year
    return pmra, pmdec, outward * np.cos(dec) + z * np.sin(dec)


@cache
def _axes():
    """Directions of U, V and W in the equatorial frame, as columns."""
    ends = Galactic(l=[0, 90, 0] * u.deg, b=[0, 0, 90] * u.deg)
    return ends.transform_to(ICRS()).cartesian.xyz.value
