"""Velocities in the Galaxy, and who moves as the halo does."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.metal_poor.kinematics import is_halo, measure, velocities
from mdwarfs.simulation import galaxy

LIMITS = {"v_halo_min": 210.0, "parallax_snr_min": 5.0}

# Gaia DR3 and SIMBAD; U, V and W relative to the Sun by the literature: of Barnard's
# star -141, 5, 18 km/s; of Kapteyn's, the nearest star of the halo, 20, -288, -53 km/s.
STARS = Table({
    "source_id": [4472832130942575872, 4810594479418041856],
    "sdss_id": [1, 2],
    "ra": [269.4520769586, 77.9190],
    "dec": [4.6933649665, -45.0182],
    "parallax": [546.976, 254.199],
    "parallax_error": [0.04, 0.017],
    "pmra": [-801.551, 6491.22],
    "pmdec": [10362.394, -5708.61],
})  # fmt: skip
V_RAD = np.array([-110.5, 245.0])


def test_known_stars_move_as_the_literature_says():
    found = velocities(STARS, V_RAD, np.zeros(2))
    sun = galaxy.SUN
    heliocentric = [
        np.asarray(found[name]) - s for name, s in zip(("u_lsr", "v_lsr", "w_lsr"), sun)
    ]
    np.testing.assert_allclose(
        np.transpose(heliocentric), [[-141, 5, 18], [20, -288, -53]], atol=2.5
    )
    assert is_halo(found, LIMITS).tolist() == [False, True]


@pytest.mark.parametrize("name", galaxy.EVERY)
def test_the_ellipsoids_of_the_simulation_come_back(name):
    rng, n = np.random.default_rng(5), 3000
    stars = {
        "ra": rng.uniform(0, 360, n),
        "dec": np.degrees(np.arcsin(rng.uniform(-1, 1, n))),
        "parallax": rng.uniform(2, 20, n),
        "parallax_error": np.full(n, 0.1),
    }
    kind = np.full(n, name)
    distance = 1000 / stars["parallax"]
    stars["pmra"], stars["pmdec"], v_rad = galaxy.motions(
        kind, stars["ra"], stars["dec"], distance, rng
    )
    found = velocities(stars, v_rad, np.zeros(n))
    law = galaxy.COMPONENTS[name]
    middle = (0.0, -law.lag, 0.0)
    axes = ("u_lsr", "v_lsr", "w_lsr")
    for axis, mean, sigma in zip(axes, middle, law.dispersion):
        assert abs(np.mean(found[axis]) - mean) < 4 * sigma / np.sqrt(n)
        assert np.std(found[axis]) == pytest.approx(sigma, rel=0.06)
    assert np.all(found["v_least"] <= found["v_total"] + 1e-9)


def test_the_error_is_that_of_parallax_and_velocity():
    rng, n = np.random.default_rng(7), 4000
    one = {name: np.full(n, STARS[name][1]) for name in STARS.colnames}
    one["parallax_error"] = np.full(n, 4.0)
    e_v_rad = np.full(n, 6.0)
    stated = velocities(one, np.full(n, V_RAD[1]), e_v_rad)["e_v_total"][0]
    one["parallax"] = one["parallax"] + rng.normal(0, 4.0, n)
    v_rad = V_RAD[1] + rng.normal(0, 6.0, n)
    drawn = velocities(one, v_rad, e_v_rad)["v_total"]
    assert np.std(drawn) == pytest.approx(stated, rel=0.06)


def test_without_a_radial_velocity_the_least_speed_decides():
    found = velocities(STARS, np.full(2, np.nan), np.full(2, np.nan))
    assert np.isnan(found["v_total"]).all() and np.isfinite(found["v_least"]).all()
    tried = np.arange(-400.0, 401.0)
    for star, least in zip(STARS, found["v_least"]):
        many = {name: np.full(len(tried), star[name]) for name in STARS.colnames}
        total = velocities(many, tried, np.zeros(len(tried)))["v_total"]
        assert np.min(total) == pytest.approx(least, abs=0.01)
    slow = {"v_halo_min": float(found["v_least"][1]) - 1, "parallax_snr_min": 5.0}
    assert is_halo(found, slow).tolist() == [False, True]


def test_a_parallax_that_is_none_or_uncertain_is_no_candidate():
    stars = STARS.copy()
    stars["parallax"] = [-1.0, 254.199]
    stars["parallax_error"] = [0.04, 60.0]
    found = velocities(stars, V_RAD, np.zeros(2))
    assert np.isnan(found["v_total"][0]) and np.isnan(found["parallax_snr"][0])
    assert not is_halo(found, LIMITS).any()


def test_each_candidate_has_a_row_with_the_velocity_of_its_spectrum():
    spectra = Table({"source_id": STARS["source_id"][1:], "v_rad": V_RAD[1:]})
    spectra["e_v_rad"] = 3.0
    table = measure(STARS, spectra, LIMITS)
    assert np.isnan(table["v_rad"][0]) and table["v_rad"][1] == V_RAD[1]
    assert table["halo"].tolist() == [False, True]
    assert table["v_total"].unit == "km / s"
