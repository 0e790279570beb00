"""Reddening from the Bayestar19 map and extinction in the Gaia bands.

E(B-V) comes from the three-dimensional map of Green+2019 at the position and the
parallax distance of each star; A_V = r_v E(B-V) (paper, section 2.2); the extinction in
G, BP and RP follows from A_V and the star's intrinsic colour.
"""

import contextlib
import io
import logging
import warnings

import astropy.units as u
import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.errors import InputError
from mdwarfs.literature.extinction import gaia_extinction
from mdwarfs.types import PathLike

logger = logging.getLogger(__name__)

COLUMNS = {
    "ebv": ("mag", "Reddening E(B-V) from the dust map at the star's distance"),
    "a_v": ("mag", "Extinction A_V"),
    "a_g": ("mag", "Extinction in Gaia G"),
    "a_bp": ("mag", "Extinction in Gaia BP"),
    "a_rp": ("mag", "Extinction in Gaia RP"),
    "mg0": ("mag", "Absolute Gaia G magnitude, corrected for extinction"),
    "bp_rp0": ("mag", "Gaia BP - RP, corrected for reddening"),
}
"""What `cmd_position` gives."""


def deredden(
    g: ArrayLike, bp: ArrayLike, rp: ArrayLike, a_v: ArrayLike, iterations: int
) -> dict[str, np.ndarray]:
    """Extinction and intrinsic magnitudes of stars from their observed magnitudes.

    The coefficients depend on the intrinsic colour, which is what is sought: the
    observed colour starts the iteration, and each round takes the colour that the last
    one gave. Four rounds reach 1e-3 mag up to A_V = 1, at any colour.

    Parameters
    ----------
    g, bp, rp : shape (n,)
        Observed magnitudes [mag].
    a_v : shape (n,)
        Extinction A_V [mag].
    iterations
        Rounds of the iteration, at least 1.

    Returns
    -------
    each of shape (n,)
        `a_g`, `a_bp`, `a_rp`, and the intrinsic `g0` and `bp_rp0` [mag]; NaN where
        an input that the quantity needs is NaN.
    """
    g, bp, rp = (np.asarray(values, float) for values in (g, bp, rp))
    colour = bp - rp
    for _ in range(iterations):
        a_g, a_bp, a_rp = gaia_extinction(colour, a_v)
        colour = bp - rp - (a_bp - a_rp)
    return {"a_g": a_g, "a_bp": a_bp, "a_rp": a_rp, "g0": g - a_g, "bp_rp0": colour}


def absolute_magnitude(magnitude: ArrayLike, parallax: ArrayLike) -> np.ndarray:
    """Absolute magnitude M = m + 5 log10(parallax / mas) - 10 (paper, section 2.2).

    Parameters
    ----------
    magnitude : shape (n,)
        Apparent magnitude [mag].
    parallax : shape (n,)
        Parallax [mas].

    Returns
    -------
    shape (n,)
        [mag]; NaN where the parallax is not positive.
    """
    parallax = np.asarray(parallax, float)
    positive = np.where(parallax > 0, parallax, np.nan)
    return np.asarray(magnitude, float) + 5 * np.log10(positive) - 10


def reddening(
    ra: ArrayLike,
    dec: ArrayLike,
    parallax: ArrayLike,
    map_path: PathLike,
    map_to_ebv: float,
) -> np.ndarray:
    """Reddening E(B-V) of stars from the Bayestar19 map (Green+2019).

    The map's best-fit line of sight is used (`mode="best"`): it is the one estimate
    that every query of the same star reproduces, needs none of the posterior samples,
    and is the map's own most probable profile. The distance is 1 / parallax.

    Parameters
    ----------
    ra, dec : shape (n,)
        ICRS position [deg].
    parallax : shape (n,)
        Parallax [mas].
    map_path
        The map, `bayestar2019.h5` as published.
    map_to_ebv
        E(B-V) per unit of the map [mag]. The map's unit is not quite E(B-V): its
        authors give 0.884 (from E(g-r)); the paper seems to have used 1.

    Returns
    -------
    shape (n,)
        E(B-V) [mag]; NaN outside the map (dec < -30 deg, and holes), and where the
        position is unknown or the parallax not positive.

    Raises
    ------
    InputError
        If the map cannot be read.
    """
    from astropy.coordinates import SkyCoord  # slow: for those who ask the map

    ra, dec, parallax = (np.asarray(x, float) for x in (ra, dec, parallax))
    ebv = np.full(ra.shape, np.nan)
    known = np.isfinite(ra) & np.isfinite(dec) & (parallax > 0)
    if known.any():
        query = _open_map(map_path)
        place = SkyCoord(
            ra[known] * u.deg, dec[known] * u.deg, distance=1 / parallax[known] * u.kpc
        )
        ebv[known] = map_to_ebv * query(place, mode="best")
    return ebv


def cmd_position(
    stars: Table | dict[str, ArrayLike],
    map_path: PathLike,
    extinction: dict[str, float],
) -> dict[str, np.ndarray]:
    """Reddening, extinction and place in the colour-magnitude diagram of stars.

    Paper, section 2.2.

    Parameters
    ----------
    stars : shape (n,)
        `ra`, `dec` [deg], `parallax` [mas], `phot_g_mean_mag`, `phot_bp_mean_mag`,
        `phot_rp_mean_mag` [mag].
    map_path
        Bayestar19 map.
    extinction
        `r_v`, `map_to_ebv` and `iterations`.

    Returns
    -------
    each of shape (n,)
        By the names of `COLUMNS` [mag]; NaN where an input or the map has nothing.

    Raises
    ------
    InputError
        If the map cannot be read.
    """
    ebv = reddening(
        stars["ra"], stars["dec"], stars["parallax"], map_path, extinction["map_to_ebv"]
    )
    a_v = extinction["r_v"] * ebv
    place = deredden(
        *(stars[f"phot_{band}_mean_mag"] for band in ("g", "bp", "rp")),
        a_v,
        extinction["iterations"],
    )
    mg0 = absolute_magnitude(place.pop("g0"), stars["parallax"])
    return {"ebv": ebv, "a_v": a_v, **place, "mg0": mg0}


def _open_map(path):
    """Open a Bayestar map; what dustmaps prints on the way goes to the log."""
    said = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(said):
        # dustmaps warns that it has no configuration file, though the map's path is
        # given, and sets the shape of an array as NumPy 2.5 would rather not have it.
        warnings.simplefilter("ignore")
        from dustmaps.bayestar import BayestarQuery

        try:
            # One sample: the best fit is stored apart, and the samples of the real
            # map would take 2 GB of memory.
            query = BayestarQuery(path, version="bayestar2019", max_samples=1)
        except (OSError, KeyError, ValueError) as error:
            raise InputError(
                f"{path} cannot be read as a Bayestar map: {error}"
            ) from error
    logger.debug("%s", said.getvalue())
    return query
