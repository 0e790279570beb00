"""The convex hull of the training stars, and places all over the domain."""

import numpy as np
from scipy.optimize import nnls

from mdwarfs.slam.infer.domain import Domain


def cloud(n=200, d=4, seed=1):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)) @ rng.normal(size=(d, d))


def test_inside_the_hull_is_an_average_of_training_stars():
    x = cloud()
    domain = Domain(x)
    corners = np.vstack([domain.inward(x).T, np.ones(len(x))])
    places = domain.inward(x[:100]) * np.linspace(0.5, 1.8, 100)[:, None]
    average = [nnls(corners, np.append(place, 1.0))[1] < 1e-6 for place in places]
    assert 20 < np.sum(average) < 80
    np.testing.assert_array_equal(domain.outside_hull(places), ~np.array(average))


def test_errors_across_the_facet_decide_what_is_outside():
    square = np.array([[x, y] for x in (-1.0, 1.0) for y in (-1.0, 1.0)] * 10)
    domain = Domain(square)
    inside = domain.inward(square).max(0)
    at = np.array([[inside[0] + 0.5, 0.0]])
    assert domain.outside_hull(at, np.diag([0.24**2, 9.0])[None])[0]
    assert not domain.outside_hull(at, np.diag([0.26**2, 0.0])[None])[0]


def test_labels_without_a_width_between_them_have_a_hull():
    x = cloud(d=2)
    for labels in (x[:, :1], np.c_[x, x.sum(1)]):
        domain = Domain(labels)
        places = domain.inward(labels)
        assert not domain.outside_hull(places).any()
        assert domain.outside_hull(3 * places[[np.abs(places[:, -1]).argmax()]])[0]


def test_places_are_spread_all_over_the_box():
    domain = Domain(cloud())
    places = domain.spread(500)
    assert places.shape == (500, 4)
    assert ((places >= domain.low) & (places <= domain.high)).all()
    assert (places == domain.low).any(0).all() and (places == domain.high).any(0).all()
    np.testing.assert_array_equal(places[:100], domain.spread(100))
    assert np.all(np.abs(np.median(places, axis=0)) < 0.1)
