import numpy as np

from mdwarfs.simulation import dust


def sky(n=500):
    rng = np.random.default_rng(1)
    latitude = np.degrees(np.arcsin(rng.uniform(-1, 1, n)))
    return rng.uniform(0, 360, n), latitude


def test_reddening_grows_with_distance_and_vanishes_here():
    longitude, latitude = sky()
    moduli = np.arange(-5.0, 19.0, 0.5)
    ebv = dust.ebv(longitude[:, None], latitude[:, None], moduli)
    assert np.all(np.diff(ebv[:, moduli <= 7], axis=1) > 0)
    assert np.all(np.diff(ebv, axis=1) > -1e-12)  # the layer has an end
    assert np.all(ebv[:, 0] < 1e-3)


def test_reddening_is_modest_to_the_distance_of_the_m_dwarfs():
    longitude, latitude = sky()
    assert np.max(dust.ebv(longitude, latitude, 5 * np.log10(60))) < 0.3


def test_reddening_lies_in_a_layer():
    """In the plane it has no end, towards the pole the layer is soon behind."""
    far, farther = 5 * np.log10(100), 5 * np.log10(200)
    pole = dust.ebv(0.0, 90.0, np.array([far, farther]))
    plane = dust.ebv(0.0, 0.0, np.array([far, farther]))
    assert pole[1] < 1.01 * pole[0]
    assert np.isclose(plane[1], 2 * plane[0])
    assert pole[1] == np.max(pole) < 0.2 * plane[0]


def test_both_sides_of_the_plane_are_alike():
    longitude, latitude = sky()
    above, below = dust.ebv(longitude, [[1], [-1]] * np.abs(latitude), 8.0)
    assert np.allclose(above, below)
