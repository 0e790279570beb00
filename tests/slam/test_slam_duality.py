import numpy as np
import pytest
from sklearn.svm import SVR

from mdwarfs.slam.activeset import finish
from mdwarfs.slam.duality import feasible, intercept, relative_gap
from mdwarfs.slam.fallback import libsvm
from mdwarfs.slam.kernel import Gram
from mdwarfs.slam.splitting import ridge, solve


@pytest.fixture(scope="module")
def pixel():
    rng = np.random.default_rng(4)
    labels = rng.normal(size=(90, 3))
    y = np.sin(labels[:, 0]) + 0.5 * labels[:, 1] + rng.normal(0, 0.3, 90)
    return Gram.of(labels, 0.2), labels, y - y.mean()


def test_feasible_coefficients_are_bounded_and_sum_to_zero():
    rng = np.random.default_rng(0)
    for shift in (-3.0, 0.0, 3.0):
        dual = feasible(rng.normal(shift, 2, 40), 1.5)
        assert np.abs(dual).max() <= 1.5
        assert abs(dual.sum()) < 1e-12
    exact = np.array([1.5, -1.5, 0.5, -0.5, 0.0])
    np.testing.assert_array_equal(feasible(exact, 1.5), exact)


def test_intercept_has_least_loss():
    residual = np.random.default_rng(1).normal(size=31)
    best = intercept(residual, 0.2)
    loss = [
        np.maximum(np.abs(residual - b) - 0.2, 0).sum()
        for b in (best - 1e-3, best, best + 1e-3)
    ]
    assert loss[1] <= min(loss[0], loss[2])


def test_gap_is_an_upper_bound_that_closes(pixel):
    gram, _, y = pixel
    C, epsilon = 1.0, 0.1
    best = feasible(libsvm(gram.matrix, y, C, epsilon), C)

    def objective_and_gap(dual):
        smooth = gram.matrix @ dual
        b = intercept(y - smooth, epsilon)
        loss = np.maximum(np.abs(y - smooth - b) - epsilon, 0).sum()
        gap = relative_gap(smooth, dual, b, y, C, epsilon)
        return 0.5 * smooth @ dual + C * loss, gap

    least, closed = objective_and_gap(best)
    assert closed < 1e-5
    for factor in (0.0, 0.5, 0.9, 0.99):
        primal, gap = objective_and_gap(factor * best)
        assert gap >= 1 - least / primal - 1e-6
        assert gap > closed


def test_gap_of_a_perfect_fit_is_zero():
    nothing = np.zeros(5)
    assert relative_gap(nothing, nothing, 0.3, np.full(5, 0.3), 1.0, 0.1) == 0.0


@pytest.mark.parametrize("C", [0.1, 1.0, 30.0])
def test_splitting_and_newton_steps_reach_the_optimum(pixel, C):
    gram, labels, y = pixel
    kappa, rho = ridge(C)
    column = y[:, None].astype(np.float32)
    _, _, state = solve(
        gram.smoother(rho), column, np.ones_like(column), kappa, np.float32(0.1), 200
    )
    dual, b, gap = finish(gram.matrix, y, state[:, 0], C, 0.1, kappa, 1e-14)
    assert gap < 1e-12
    # libsvm keeps kernel values in single precision: it is the less exact one
    machine = SVR(C=C, epsilon=0.1, gamma=0.2, tol=1e-8).fit(labels, y)
    np.testing.assert_allclose(
        gram.matrix @ dual + b, machine.predict(labels), atol=1e-4
    )
    np.testing.assert_allclose(b, machine.intercept_[0], atol=1e-4)


def test_splitting_predicts_held_out_samples(pixel):
    gram, labels, y = pixel
    held = np.arange(90) % 4 == 0
    kappa, rho = ridge(1.0)
    weight = (~held)[:, None].astype(np.float32)
    target = np.where(held, 99.0, y)[:, None].astype(np.float32) * weight
    fit, _, _ = solve(gram.smoother(rho), target, weight, kappa, np.float32(0.1), 300)
    machine = SVR(C=1.0, epsilon=0.1, gamma=0.2, tol=1e-8).fit(labels[~held], y[~held])
    np.testing.assert_allclose(fit[held, 0], machine.predict(labels[held]), atol=2e-3)
