"""Draws from distributions by mixtures that are adapted to them."""

import numpy as np
import pytest

from mdwarfs.slam.infer.mixture import (
    Mixture,
    effective_of,
    sample,
    softened,
    systematic,
)


def test_a_mixture_draws_what_its_density_says():
    centre = np.array([[0.0, 0.0], [3.0, 1.0]])
    covariance = np.array([[[0.04, 0.01], [0.01, 0.02]], [[0.01, 0.0], [0.0, 0.3]]])
    mixture = Mixture.about(centre, covariance)
    rng = np.random.default_rng(4)
    places = mixture.draw(20_000, rng)
    # the mean of one density over another, of draws by the second, is 1
    narrow = Mixture.about(centre[:1], covariance[:1])
    ratio = np.exp(narrow.logarithm(places) - mixture.logarithm(places))
    assert ratio.mean() == pytest.approx(1, abs=0.05)


def test_systematic_draws_are_as_even_as_can_be():
    rng = np.random.default_rng(0)
    rows = systematic(np.array([0.5, 0.25, 0.0, 0.25]), 400, rng)
    assert np.bincount(rows, minlength=4).tolist() == [200, 100, 0, 100]


def test_a_mixture_far_off_finds_the_distribution():
    """Begun thirty standard deviations away, of a Gaussian whose moments are known."""
    mean, covariance = np.array([1.0, -0.5]), np.array([[0.01, 0.008], [0.008, 0.01]])
    inverse = np.linalg.inv(covariance)

    def logarithm(places):
        step = places - mean
        return -0.5 * np.einsum("ni,ij,nj->n", step, inverse, step)

    begin = Mixture.about(np.array([[-2.0, 0.5]]), 0.01 * np.eye(2)[None])
    rng = np.random.default_rng(3)
    places, effective = sample(logarithm, begin, 2000, 12, rng)
    assert effective > 2000
    np.testing.assert_allclose(places.mean(0), mean, atol=0.01)
    np.testing.assert_allclose(np.cov(places.T), covariance, atol=0.0012)


def test_weights_are_softened_until_they_are_worth_enough_and_no_more():
    known = np.array([0.0, -50, -60, -np.inf, -55])
    weights = softened(known, 3)
    assert weights.sum() == pytest.approx(1) and weights[3] == 0
    assert effective_of(weights) == pytest.approx(3, abs=0.05)
    even = np.zeros(5)
    np.testing.assert_allclose(softened(even, 3), 0.2)
