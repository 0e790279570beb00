import numpy as np
from sklearn.metrics.pairwise import rbf_kernel

from mdwarfs.slam.kernel import Gram, rbf


def test_kernel_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(7, 3)), rng.normal(size=(5, 3))
    np.testing.assert_allclose(rbf(a, b, 0.3), rbf_kernel(a, b, gamma=0.3), rtol=1e-12)


def test_smoother_solves_kernel_ridge_with_free_intercept():
    rng = np.random.default_rng(1)
    labels = rng.normal(size=(60, 3))
    target = rng.normal(size=60)
    for gamma, rho in [(0.01, 0.5), (1.0, 0.002)]:
        gram = Gram.of(labels, gamma)
        # stationarity of |R - K a - b|^2 + rho a'Ka in a and b
        system = np.ones((61, 61))
        system[:60, :60] = gram.matrix + rho * np.eye(60)
        system[60, 60] = 0.0
        solution = np.linalg.solve(system, np.append(target, 0.0))
        expected = gram.matrix @ solution[:60] + solution[60]
        fit = target.astype(np.float32)
        for factor in reversed(gram.smoother(rho)):
            fit = factor @ fit
        np.testing.assert_allclose(fit, expected, atol=1e-3)
        np.testing.assert_allclose(
            gram.ridge_intercept(rho) @ target, solution[60], atol=1e-9
        )


def test_smoother_is_thin_where_few_modes_matter():
    gram = Gram.of(np.random.default_rng(2).normal(size=(200, 3)), 0.01)
    assert len(gram.smoother(1.0)) == 2
    assert gram.smoother(1.0)[0].shape[1] < 60
    assert len(Gram.of(gram.vectors[:, :20], 5.0).smoother(1e-3)) == 1
