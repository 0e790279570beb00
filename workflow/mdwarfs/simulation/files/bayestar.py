"""A coarse dust map in the structure of Bayestar19, which `dustmaps` opens."""

from collections.abc import Callable

import h5py
import healpy
import numpy as np
from astropy.coordinates import SkyCoord

from mdwarfs.simulation.files.fits_table import COMMENT
from mdwarfs.tables import atomic
from mdwarfs.types import PathLike

DISTANCE_MODULI = np.arange(4.0, 19.0, 0.125)  # the 120 distances of the real map
DEC_MIN = -30.0  # the real map ends there [deg]
NSIDE = 64  # resolution: 0.9 deg (HEALPix, galactic, nested)
PIXEL_INFO = [
    ("nside", "i4"),
    ("healpix_index", "i8"),
    ("converged", "u1"),
    ("DM_reliable_min", "f4"),
    ("DM_reliable_max", "f4"),
]


def write_map(path: PathLike, ebv: Callable, nside: int = NSIDE) -> None:
    """Write a dust map of one resolution and one sample per pixel.

    `dustmaps.bayestar.BayestarQuery` interpolates linearly in distance modulus; it
    gives the value of a pixel's centre all over the pixel, and below 63 pc (distance
    modulus 4) a reddening proportional to distance.

    Parameters
    ----------
    path
        Such as `bayestar2019.h5`.
    ebv
        Reddening in the units of the map [mag], of galactic longitude and latitude
        [deg] and distance modulus [mag], arrays that broadcast.
    nside
        Resolution (HEALPix, galactic, nested).
    """
    longitude, latitude = healpy.pix2ang(
        nside, np.arange(healpy.nside2npix(nside)), nest=True, lonlat=True
    )
    sky = SkyCoord(longitude, latitude, unit="deg", frame="galactic")
    (pixels,) = np.nonzero(sky.icrs.dec.deg > DEC_MIN)
    reddening = np.asarray(
        ebv(longitude[pixels, None], latitude[pixels, None], DISTANCE_MODULI), "f4"
    )
    info = np.empty(len(pixels), PIXEL_INFO)
    info["nside"], info["healpix_index"], info["converged"] = nside, pixels, 1
    info["DM_reliable_min"] = DISTANCE_MODULI[0]
    info["DM_reliable_max"] = DISTANCE_MODULI[-1]
    packed = {"compression": "gzip", "shuffle": True}
    with atomic(path) as part, h5py.File(part, "w") as file:
        file.attrs["SIMULATD"], file.attrs["comment"] = True, COMMENT
        file.create_dataset("pixel_info", data=info, **packed)
        file["pixel_info"].attrs["DM_bin_edges"] = DISTANCE_MODULI
        file.create_dataset("best_fit", data=reddening, **packed)
        file.create_dataset("samples", data=reddening[:, None, :], **packed)
        converged = np.ones_like(reddening)
        file.create_dataset("GRdiagnostic", data=converged, **packed)
