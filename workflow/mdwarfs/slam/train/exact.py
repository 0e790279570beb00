"""Support-vector regressions solved one by one to a certified optimum."""

import numpy as np

from mdwarfs.slam.train.activeset import finish
from mdwarfs.slam.train.duality import feasible, intercept, relative_gap
from mdwarfs.slam.train.fallback import libsvm

# A fit counts as converged below this relative duality gap; the active set aims lower.
CONVERGED = 1e-4
AIM = 1e-12


def solve(gram, y, part, start, C, epsilon):
    """Solve regressions that share a kernel matrix and C.

    Parameters
    ----------
    gram : ndarray, shape (n, n)
    y : ndarray, shape (n, m)
        Targets of m regressions.
    part : ndarray of bool, shape (n, m)
        Which samples take part in which.
    start : ndarray, shape (n, m)
        Dual coefficients to begin with: of the splitting.
    C : float
    epsilon : ndarray, shape (m,)

    Returns
    -------
    dual : ndarray, shape (n, m)
        Zero for samples that take no part; gram @ dual + b is the fit, at all samples.
    b, gap : ndarray, shape (m,)
        Intercept, and relative duality gap.
    solver : ndarray of str, shape (m,)
        "splitting"; "libsvm" if the gap stayed above `CONVERGED`, "unconverged" if
        libsvm did not do better.
    """
    dual = np.zeros(y.shape)
    for column, members in enumerate(part.T):
        dual[members, column] = feasible(start[members, column], C)
    smooth = gram @ dual
    b, gap = np.empty((2, y.shape[1]))
    solver = np.full(y.shape[1], "splitting", "U11")
    for i in range(y.shape[1]):
        problem = y[:, i], part[:, i], C, epsilon[i]
        fit = finish(gram, *problem, dual[:, i], smooth[:, i], AIM)
        if fit[2] > CONVERGED:
            fit = min(fit, _by_libsvm(gram, *problem), key=lambda one: one[2])
            solver[i] = "libsvm" if fit[2] <= CONVERGED else "unconverged"
        dual[:, i], b[i], gap[i] = fit
    return dual, b, gap, solver


def _by_libsvm(gram, y, part, C, epsilon):
    square = gram[np.ix_(part, part)]
    dual = np.zeros(len(y))
    dual[part] = feasible(libsvm(square, y[part], C, epsilon), C)
    smooth = square @ dual[part]
    b = intercept(y[part] - smooth, epsilon)
    return dual, b, relative_gap(smooth, dual[part], b, y[part], C, epsilon)
