import astropy.units as u
import healpy
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from dustmaps.bayestar import BayestarQuery

from mdwarfs.simulation.files import bayestar

NSIDE = 32


def reddening(longitude, latitude, distance_modulus):
    """Dust in a disc of 100 pc, denser towards the Galactic centre."""
    distance = 10 ** (0.2 * distance_modulus + 1)
    slope = (np.abs(np.sin(np.radians(latitude))) + 1e-3) / 100
    column = -np.expm1(-distance * slope) / slope
    return 3e-4 * column * (1.5 + np.cos(np.radians(longitude)))


@pytest.fixture(scope="module")
def query(tmp_path_factory):
    path = tmp_path_factory.mktemp("map") / "bayestar2019.h5"
    bayestar.write_map(path, reddening, NSIDE)
    assert path.stat().st_size < 5e6
    return BayestarQuery(map_fname=str(path), version="bayestar2019")


def stars(n=500):
    rng = np.random.default_rng([3, 1])
    longitude = rng.uniform(0, 360, n)
    latitude = np.degrees(np.arcsin(rng.uniform(-1, 1, n)))
    pixel = healpy.ang2pix(NSIDE, longitude, latitude, nest=True, lonlat=True)
    centres = healpy.pix2ang(NSIDE, pixel, nest=True, lonlat=True)
    return *centres, rng.uniform(20, 2000, n)


@pytest.mark.parametrize("mode", ["best", "median"])
def test_map_returns_the_reddening_that_was_put_in(query, mode):
    longitude, latitude, distance = stars()
    sky = SkyCoord(
        longitude * u.deg, latitude * u.deg, distance * u.pc, frame="galactic"
    )
    found = query(sky, mode=mode)
    covered = sky.icrs.dec.deg > -30
    truth = reddening(longitude, latitude, 5 * np.log10(distance) - 5)
    np.testing.assert_array_equal(np.isfinite(found), covered)
    far = covered & (distance > 65)
    np.testing.assert_allclose(found[far], truth[far], rtol=0.01)
    # within 63 pc the map is proportional to distance, the truth but nearly so
    np.testing.assert_allclose(found[covered], truth[covered], rtol=0.05, atol=0.002)


def test_same_map_gives_the_same_bytes(tmp_path):
    for name in ("a.h5", "b.h5"):
        bayestar.write_map(tmp_path / name, reddening, nside=4)
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()
