"""Pixels that the model cannot explain have no say in the labels."""

import numpy as np
import pytest

from mdwarfs.slam.infer import outliers, posterior
from mdwarfs.slam.infer.losses import squared
from mdwarfs.slam.infer.map import weigh_pixels
from mdwarfs.slam.infer.prior import Prior


@pytest.fixture(scope="module")
def hit(strangers):
    """The strangers' flux with a cosmic ray each, ivar, and which pixels were hit."""
    _, flux, ivar = strangers
    rng = np.random.default_rng(8)
    where = np.argmax(rng.random(flux.shape) * (ivar > 0), axis=1)
    hits = where[:, None] == np.arange(flux.shape[1])
    sigma = 1 / np.sqrt(np.where(ivar > 0, ivar, 1.0))
    return np.where(hits, flux + 25 * sigma, flux), ivar, hits


@pytest.fixture(scope="module")
def problem(model, hit, finder, spectral):
    flux, weight = weigh_pixels(spectral, *hit[:2])
    flat = Prior.flat(len(model.label_names))
    return posterior.Posterior(spectral, finder.domain, flux, weight, flat, squared)


def predict(finder, flux, ivar):
    return finder.predict(flux, ivar, block=64, threads=1)


def test_cosmic_rays_are_dropped_as_if_they_were_known(finder, strangers, hit):
    flux, ivar, hits = hit
    found = predict(finder, flux, ivar)
    masked = predict(finder, flux, np.where(hits, 0.0, ivar))
    np.testing.assert_array_equal(found.n_good, (ivar > 0).sum(1))
    np.testing.assert_array_equal(found.dof, found.n_good - found.n_outliers - 3)
    caught = found.n_outliers == 1
    assert caught.mean() > 0.9
    sigma = np.sqrt(np.diagonal(masked.covariance, axis1=1, axis2=2))
    off = np.abs(found.labels - masked.labels) / sigma
    assert np.mean(off[caught].max(1) < 0.05) > 0.98
    np.testing.assert_allclose(
        np.median(found.chi2[caught] / masked.chi2[caught]), 1, atol=1e-3
    )


@pytest.mark.dag
@pytest.mark.parametrize("height", [1.0, 100.0, 1e5])
def test_the_height_of_a_cosmic_ray_does_not_matter(finder, strangers, hit, height):
    """However strong, it neither chooses the start nor hides behind the fit."""
    _, ivar, hits = hit
    flux = np.where(hits, strangers[1] + height, strangers[1])
    found = predict(finder, flux, ivar)
    masked = predict(finder, flux, np.where(hits, 0.0, ivar))
    bright = slice(60, None)  # where a ray of any of these heights is far off
    np.testing.assert_array_equal(found.n_outliers[bright], 1)
    sigma = np.sqrt(np.diagonal(masked.covariance, axis1=1, axis2=2))
    off = np.abs(found.labels - masked.labels) / sigma
    assert off[bright].max() < 0.05


def test_outliers_do_not_depend_on_the_block(hit, finder):
    flux, ivar, _ = hit
    whole = predict(finder, flux, ivar)
    parts = finder.predict(flux, ivar, block=1, threads=2)
    np.testing.assert_array_equal(parts.labels, whole.labels)
    np.testing.assert_array_equal(parts.n_outliers, whole.n_outliers)


def test_outliers_would_have_cost_much(model, strangers, problem, finder):
    """Half as much again in error; else nobody would need to drop them."""
    true = finder.domain.inward(model.scale.forward(strangers[0]))
    cost = posterior.coarse_cost(problem, finder.starts)
    kept = posterior.search(problem, finder.starts, cost)
    dropped, _ = outliers.search(problem, finder.starts)
    error = [np.median(np.abs(f.coordinates - true)) for f in (kept, dropped)]
    assert error[1] < 0.67 * error[0]


def test_the_fit_is_the_maximum_of_what_is_left(finder, problem):
    fit, left = outliers.search(problem, finder.starts)
    cost, chi2, gradient, hessian, _ = left.expand(fit.coordinates)
    np.testing.assert_allclose(fit.cost, cost, rtol=1e-5)
    np.testing.assert_allclose(fit.chi2, chi2, rtol=1e-5)
    inside = fit.converged & ~fit.at_edge
    assert inside.sum() > 60
    step = np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0]
    gain = (gradient * step).sum(1)
    assert np.all(gain[inside] < 10 * posterior.TOLERANCE)


def test_all_fits_are_of_what_is_left(finder, problem):
    """Also those of stars whose outliers are not those of the first search."""
    fit, left, fits, star = outliers.search_all(problem, finder.starts)
    cost = left.of(star).cost(fits.coordinates)
    np.testing.assert_allclose(fits.cost, cost, rtol=1e-5)
    least = [fits.cost[star == one].min() for one in range(len(fit.cost))]
    np.testing.assert_allclose(least, fit.cost, atol=10 * posterior.ROUNDING)


def test_sound_spectra_lose_nothing(finder, strangers):
    found = predict(finder, *strangers[1:])
    assert found.n_outliers.sum() <= 1  # of 4,800 pixels with Gaussian errors


def test_a_star_unlike_the_model_keeps_its_pixels(finder, strangers):
    """And its chi-square says so: the pixels are not to blame."""
    flux, ivar = strangers[1][60:].copy(), strangers[2][60:]
    flux[:, ::3] += 0.5
    found = predict(finder, flux, ivar)
    assert np.all(found.n_outliers == 0)
    assert np.all(found.chi2 > 20 * found.dof)


def test_few_pixels_are_left_by_a_careless_limit(finder, strangers, monkeypatch):
    """Even where fewer pixels than labels remain, the fit is finite."""
    monkeypatch.setattr(outliers, "MOST", 1.0)
    flux, ivar = strangers[1], 1e6 * np.ones_like(strangers[2])
    rng = np.random.default_rng(3)
    for row in ivar:
        row[rng.permutation(40)[4:]] = 0
    found = predict(finder, flux, ivar)
    assert np.isfinite(found.labels).all() and found.n_outliers.max() >= 2
