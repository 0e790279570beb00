"""The components of the simulated Galaxy: their metallicities, and how their stars move.

Shares are those of a sample of nearby stars, with more of the halo than the one in two
hundred of the Sun's neighbourhood, so that a survey of thousands has some dozens of
subdwarfs. Motions are those of Bensby+2003 (A&A 410, 527, table 1), relative to the
local standard of rest; the Sun's own is that of Schönrich+2010 (MNRAS 403, 1829).
"""

from dataclasses import dataclass

import astropy.units as u
import numpy as np
from astropy.coordinates import ICRS, Galactic
from numpy.typing import ArrayLike
from scipy.stats import norm

SUN = (11.1, 12.24, 7.25)  # U towards the centre, V with the rotation, W north [km/s]
KM_S_PER_MAS_YR_KPC = 4.740470


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
    "thick": Component(0.03, (-0.45, 0.20), 46.0, (67.0, 38.0, 35.0)),
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
    """Mean [Fe/H] of the stars between two values, before ranges are imposed [dex]."""
    share, moment = 0.0, 0.0
    for component in COMPONENTS.values():
        mean, sigma = component.feh
        law = norm(mean, sigma)
        inside = law.cdf(high) - law.cdf(low)
        share += component.share * inside
        part = mean * inside + sigma**2 * (law.pdf(low) - law.pdf(high))
        moment += component.share * part
    return moment / share


def motions(
    component: np.ndarray,
    l: ArrayLike,  # noqa: E741 (l and b are the field's names)
    b: ArrayLike,
    distance: ArrayLike,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw how stars move, as the Sun sees it.

    Parameters
    ----------
    component : str, shape (n,)
        Names of `COMPONENTS`.
    l, b : shape (n,)
        Galactic longitude and latitude [deg].
    distance : shape (n,)
        [pc].

    Returns
    -------
    pmra, pmdec : shape (n,)
        Proper motion in right ascension (times cos dec) and declination [mas/yr].
    v_rad : shape (n,)
        Radial velocity [km/s].
    """
    if not len(component):  # of no stars, astropy makes coordinates without a motion
        return np.empty(0), np.empty(0), np.empty(0)
    law = [EVERY.index(name) for name in component]
    dispersion = np.array([one.dispersion for one in COMPONENTS.values()])
    lag = np.array([one.lag for one in COMPONENTS.values()])
    speed = rng.standard_normal((len(law), 3)) * dispersion[law]
    speed[:, 1] -= lag[law]
    east, rotation, north = (speed - SUN).T
    longitude, latitude = np.radians(l), np.radians(b)
    outward = east * np.cos(longitude) + rotation * np.sin(longitude)
    v_rad = outward * np.cos(latitude) + north * np.sin(latitude)
    along = rotation * np.cos(longitude) - east * np.sin(longitude)
    up = north * np.cos(latitude) - outward * np.sin(latitude)
    per_year = KM_S_PER_MAS_YR_KPC * np.asarray(distance) / 1000
    place = Galactic(
        l=np.asarray(l) * u.deg,
        b=np.asarray(b) * u.deg,
        pm_l_cosb=along / per_year * u.mas / u.yr,
        pm_b=up / per_year * u.mas / u.yr,
    ).transform_to(ICRS())
    return place.pm_ra_cosdec.value, place.pm_dec.value, v_rad
