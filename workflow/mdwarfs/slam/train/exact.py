"""Support-vector regressions solved one by one to a certified optimum."""

import numpy as np

from mdwarfs.slam.train.activeset import finish
from mdwarfs.slam.train.duality import feasible, intercept, relative_gap
from mdwarfs.slam.train.fallback import libsvm

# A fit counts as converged below this relative duality gap; the active set aims lower.
CONVERGED = 1e-4
AIM = 1e-12


def solve(
    gram: np.ndarray,
    y: np.ndarray,
    part: np.ndarray,
    start: np.ndarray,
    C: float,
    epsilon: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Solve regressions that share a kernel matrix and C.

    Parameters
    ----------
    gram : shape (n, n)
    y : shape (n, m)
        Targets of m regressions.
    part : bool, shape (n, m)
        Which samples take part in which.
    start : shape (n, m)
        Dual coefficients to begin with: of the splitting.
    epsilon : shape (m,)

    Returns
    -------
    dual : shape (n, m)
        Zero for samples that take no part; gram @ dual + b is the fit, at all samples.
    b, gap : shape (m,)
        Intercept, and relative duality gap.
    solver : str, shape (m,)
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
