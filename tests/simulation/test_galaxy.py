"""The components of the simulated Galaxy, held against astropy's frames."""

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord

from mdwarfs.simulation import galaxy


def test_motions_are_those_of_the_component_in_the_frame_of_the_galaxy():
    n, rng = 3000, np.random.default_rng(1)
    ra, dec = rng.uniform(0, 360, n), np.degrees(np.arcsin(rng.uniform(-1, 1, n)))
    for name, law in galaxy.COMPONENTS.items():
        pmra, pmdec, v_rad = galaxy.motions(
            np.full(n, name), ra, dec, np.full(n, 200.0), rng
        )
        stars = SkyCoord(
            ra * u.deg, dec * u.deg, distance=200 * u.pc,
            pm_ra_cosdec=pmra * u.mas / u.yr, pm_dec=pmdec * u.mas / u.yr,
            radial_velocity=v_rad * u.km / u.s,
        )  # fmt: skip
        velocity = stars.galactic.velocity.d_xyz.to_value(u.km / u.s)
        mean = np.array([0, -law.lag, 0]) - galaxy.SUN
        error = np.array(law.dispersion) / np.sqrt(n)
        assert np.all(np.abs(velocity.mean(axis=1) - mean) < 4 * error)
        assert np.allclose(velocity.std(axis=1), law.dispersion, rtol=0.06)


def test_components_have_their_shares_and_metallicities():
    rng = np.random.default_rng(2)
    chosen = galaxy.choose(20_000, rng, galaxy.EVERY)
    for name, law in galaxy.COMPONENTS.items():
        assert abs(np.mean(chosen == name) - law.share) < 0.01
    assert set(galaxy.choose(500, rng, galaxy.DISC)) == {"thin", "thick"}


def test_nothing_moves_where_there_is_no_star():
    empty = np.empty(0)
    moved = galaxy.motions(
        empty.astype(str), empty, empty, empty, np.random.default_rng()
    )
    assert [len(one) for one in moved] == [0, 0, 0]
