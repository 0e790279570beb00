"""Losses, priors and starting points of the search for labels."""

import numpy as np
import pytest
from scipy.optimize import least_squares

from mdwarfs.errors import InputError
from mdwarfs.slam.infer import posterior
from mdwarfs.slam.infer.losses import soft_l1, squared
from mdwarfs.slam.infer.prior import Prior
from mdwarfs.slam.infer.starts import Starts, Templates


@pytest.mark.parametrize("loss", [squared, soft_l1])
def test_a_loss_and_its_derivative(loss):
    z = np.geomspace(1e-6, 1e4, 60)
    rho, slope = loss(z)
    np.testing.assert_allclose(loss(1.0001 * z)[0] - rho, 1e-4 * z * slope, rtol=1e-3)
    single = loss(z.astype(np.float32))
    assert single[0].dtype == single[1].dtype == np.float32
    np.testing.assert_allclose(single[0], rho, rtol=1e-6)


def test_soft_l1_is_that_of_scipy():
    name = {squared: "linear", soft_l1: "soft_l1"}
    residual = np.array([0.01, 0.5, -3.0, 40.0])
    for loss in (squared, soft_l1):
        start = least_squares(
            lambda x: residual + 0 * x, [0.0], loss=name[loss], max_nfev=1
        )
        assert loss(residual**2)[0].sum() / 2 == pytest.approx(start.cost, rel=1e-12)


def test_outliers_hardly_move_a_fit_with_soft_l1(model, strangers, finder, spectral):
    labels, flux, ivar = (part[60:100].copy() for part in strangers)
    rng = np.random.default_rng(4)
    flux[rng.random(flux.shape) < 0.1] += 1.0
    weight = 1 / (1 / np.where(ivar > 0, ivar, np.inf) + model.pixels["variance"])
    weight = np.where(ivar > 0, np.asarray(weight), 0)
    arrays = flux.astype(np.float32), weight.astype(np.float32)
    domain, starts = finder.domain, finder.starts
    flat = Prior.flat(len(model.label_names))
    errors = {}
    for loss in (squared, soft_l1):
        problem = posterior.Posterior(spectral, domain, *arrays, flat, loss)
        cost = posterior.coarse_cost(problem, starts)
        fit = posterior.search(problem, starts, cost)
        found = model.scale.back(domain.outward(fit.coordinates))
        errors[loss] = np.median(np.abs(found - labels)[:, 1])
        residual = arrays[0] - spectral.spectra(found)
        rho = loss((arrays[1] * residual**2).astype(float))[0]
        np.testing.assert_allclose(fit.chi2, rho.sum(1), rtol=1e-3)
    assert errors[soft_l1] < 0.5 * errors[squared]


def knowing_nothing(strangers):
    """Spectra whose pixels say next to nothing."""
    return strangers[1][:20], np.full_like(strangers[2][:20], 1e-9)


def test_without_data_a_prior_gives_back_its_mean_and_width(finder, strangers):
    prior = {
        "feh": {"mean": -0.1, "sigma": 0.05},
        "teff": {"mean": 3500.0, "sigma": 20.0},
        "logg": {"mean": 4.8, "sigma": 0.01},
    }
    found = finder.predict(
        *knowing_nothing(strangers), block=50, threads=1, prior=prior
    )
    mean, sigma = (
        np.array([prior[name][key] for name in prior]) for key in ("mean", "sigma")
    )
    np.testing.assert_allclose((found.labels - mean) / sigma, 0, atol=0.02)
    for covariance in found.covariance / np.outer(sigma, sigma):
        np.testing.assert_allclose(covariance, np.eye(3), atol=1e-3)
    # chi-square is that of the pixels alone
    assert (found.chi2 < 1e-3).all()


def test_a_prior_and_a_spectrum_add_their_information(finder, strangers):
    flux, ivar = strangers[1][:60], strangers[2][:60]
    alone = finder.predict(flux, ivar, block=60, threads=1)
    sigma = np.median(np.sqrt(alone.covariance[:, 1, 1]))
    prior = {"teff": {"mean": 3450.0, "sigma": sigma}}
    both = finder.predict(flux, ivar, block=60, threads=1, prior=prior)
    assert np.all(both.covariance[:, 1, 1] < sigma**2)
    pull = (both.labels - alone.labels)[:, 1] / (3450.0 - alone.labels[:, 1])
    far = np.abs(3450.0 - alone.labels[:, 1]) > 100
    assert far.sum() > 20 and np.median(pull[far]) == pytest.approx(0.5, abs=0.15)


def test_a_prior_of_infinite_width_changes_nothing(finder, strangers):
    wide = {"feh": {"mean": 7.0, "sigma": np.inf}}
    flat, given = (
        finder.predict(*strangers[1:], block=60, threads=1, prior=prior)
        for prior in (None, wide)
    )
    np.testing.assert_array_equal(given.labels, flat.labels)
    np.testing.assert_array_equal(given.covariance, flat.covariance)


def test_a_prior_of_an_unknown_label_is_refused(finder, strangers):
    with pytest.raises(InputError, match="prior is given for mass"):
        finder.predict(
            *strangers[1:],
            block=60,
            threads=1,
            prior={"mass": {"mean": 0.5, "sigma": 0.1}},
        )


def test_slope_and_curvature_of_the_cost(finder, strangers, spectral):
    _, flux, ivar = (part[60:64] for part in strangers)
    weight = (ivar / 40).astype(np.float32)
    prior = Prior(np.array([[0.3, 0.1, -0.2]]), np.array([0.5]))
    place = np.random.default_rng(1).normal(0, 0.5, (4, 3))
    for loss in (squared, soft_l1):
        problem = posterior.Posterior(
            spectral, finder.domain, flux.astype(np.float32), weight, prior, loss
        )
        cost, _, gradient, hessian, bend = problem.expand(place)
        np.testing.assert_allclose(problem.cost(place), cost, rtol=1e-5)
        for d in range(3):
            step = 1e-2 * np.eye(3)[d]
            up, down = (problem.cost(place + k * step) for k in (1, -1))
            np.testing.assert_allclose(
                -2 * gradient[:, d], (up - down) / 2e-2, atol=0.01 * abs(gradient).max()
            )
            up, down = (problem.expand(place + k * step)[2] for k in (1, -1))
            curvature = (down - up) / 2e-2
            if loss is squared:
                np.testing.assert_allclose(
                    (hessian + bend)[:, d], curvature, atol=0.01 * abs(hessian).max()
                )


def test_starts_are_good_apart_and_few():
    rng = np.random.default_rng(2)
    places = rng.normal(size=(400, 3))
    starts = Starts.of(places, rng.normal(size=(400, 5)).astype(np.float32))
    cost = 8 * (places[:, 0] ** 2 - 1) ** 2 + rng.uniform(0, 1, (30, 400))
    star, start = starts.choose(cost, apart=1.0, most=4, close=3.0)
    assert np.all(np.diff(star) >= 0) and set(star) == set(range(30))
    for k in range(30):
        mine = start[star == k]
        assert mine[0] == cost[k].argmin() and 2 <= len(mine) <= 4
        assert np.all(cost[k, mine] <= cost[k].min() + 3)
        apart = np.linalg.norm(places[mine][:, None] - places[mine], axis=-1)
        assert np.all(apart[~np.eye(len(mine), dtype=bool)] > 1)


def test_templates_are_compared_by_chi_square(spectral, strangers):
    _, flux, ivar = (part[:5].astype(np.float32) for part in strangers)
    templates = spectral.templates[:7]
    residual = flux[:, None].astype(float) - templates
    expected = (ivar[:, None] * residual**2).sum(-1)
    np.testing.assert_allclose(
        Templates.of(templates).chi2(flux, ivar), expected, rtol=1e-3, atol=0.1
    )
