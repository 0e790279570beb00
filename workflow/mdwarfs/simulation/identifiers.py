"""Names of the simulated stars in the catalogues: Gaia, SDSS, 2MASS."""

import healpy
import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

DR2_RENAMED = 0.04  # share of the sources whose identifier changed from DR2 to DR3
SDSS_ID_START = 54_000_000
CATALOGID_START = 27_021_597_000_000_000


def assign(stars: Table, rng: np.random.Generator) -> None:
    """Give every star its identifiers, in place.

    Parameters
    ----------
    stars
        `ra`, `dec` [deg], `kind`, `ph_qual` ("" without 2MASS). Gets `source_id` (Gaia
        DR3), `gaia_dr2_source_id` (the same for all but 4 %), `sdss_id`, `catalogid`
        and `tmass_designation`. Stars of kind "no_gaia" have no DR3 source (0); half of
        them have a DR2 identifier, which leads nowhere.
    """
    n = len(stars)
    numbers = rng.permutation(2 * n)
    stars["source_id"] = gaia_identifier(stars["ra"], stars["dec"], numbers[:n])
    other = gaia_identifier(stars["ra"], stars["dec"], numbers[n:])
    renamed = rng.random(n) < DR2_RENAMED
    stars["gaia_dr2_source_id"] = np.where(renamed, other, stars["source_id"])
    (lost,) = np.nonzero(stars["kind"] == "no_gaia")
    stars["gaia_dr2_source_id"][lost] = other[lost]
    stars["gaia_dr2_source_id"][lost[::2]] = 0
    stars["source_id"][lost] = 0
    stars["sdss_id"] = SDSS_ID_START + rng.permutation(10 * n)[:n]
    stars["catalogid"] = CATALOGID_START + rng.permutation(10 * n)[:n]
    stars["tmass_designation"] = tmass_designation(stars["ra"], stars["dec"])
    stars["tmass_designation"][np.asarray(stars["ph_qual"]) == ""] = ""


def gaia_identifier(ra: ArrayLike, dec: ArrayLike, number: ArrayLike) -> np.ndarray:
    """Gaia source identifier: the HEALPix cell of level 12, and a running number.

    Parameters
    ----------
    ra, dec : [deg], shape (n,)
    number : int, shape (n,)
        Below 2**25.

    Returns
    -------
    int64, shape (n,)
    """
    ra, dec = np.asarray(ra), np.asarray(dec)
    cell = healpy.ang2pix(2**12, ra, dec, nest=True, lonlat=True)
    return (cell.astype(np.int64) << 35) | (np.asarray(number, np.int64) << 7)


def tmass_designation(ra: ArrayLike, dec: ArrayLike) -> np.ndarray:
    """2MASS designation, hhmmssss+ddmmsss, of a place.

    Parameters
    ----------
    ra, dec : [deg], shape (n,)

    Returns
    -------
    str, shape (n,)
    """
    hours = _sexagesimal(np.asarray(ra) / 15, 2)
    degrees = _sexagesimal(np.abs(np.asarray(dec)), 1)
    sign = np.where(np.asarray(dec) < 0, "-", "+")
    return np.array([f"{a}{b}{c}" for a, b, c in zip(hours, sign, degrees)])


def _sexagesimal(values, decimals):
    """Units, minutes and seconds without any separator, the seconds cut off."""
    per_unit = 3600 * 10**decimals
    total = np.floor(values * per_unit).astype(int)
    units, rest = np.divmod(total, per_unit)
    minutes, seconds = np.divmod(rest, 60 * 10**decimals)
    width = 2 + decimals
    return [f"{u:02d}{m:02d}{s:0{width}d}" for u, m, s in zip(units, minutes, seconds)]
