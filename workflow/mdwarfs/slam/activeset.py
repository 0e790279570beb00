"""The exact end of a fit that the splitting has nearly finished.

At the optimum of an epsilon-SVR every sample is inside its tube (dual coefficient 0),
beyond it (+-C) or on it. Once the splitting has found which is which, the
coefficients of those on the tube solve a small linear system. Repeating the two steps
is Newton's method on the splitting's fixed-point equation.
"""

import numpy as np
from scipy.linalg import lu_factor, lu_solve

from mdwarfs.slam.duality import feasible, intercept, relative_gap

STEPS = 15

# Added to the diagonal of the factored matrix, so that samples of equal labels do not
# make it singular; a step of refinement takes its effect away again.
JITTER = 1e-11


def finish(gram, y, state, C, epsilon, kappa, tolerance):
    """Take Newton steps from the splitting's state until the gap is closed.

    Parameters
    ----------
    gram : ndarray, shape (n, n)
        Kernel matrix of the samples that take part.
    y : ndarray, shape (n,)
    state : ndarray, shape (n,)
        V of `splitting.solve`.
    C, epsilon, kappa : float
    tolerance : float
        Stop at this relative duality gap, if not before, where a step changes
        nothing. The error of the flux goes with the square root of the gap.

    Returns
    -------
    dual : ndarray, shape (n,)
        The best feasible coefficients seen.
    b : float
    gap : float
        Relative duality gap; above `tolerance` if the steps did not get there.
    """
    rho = kappa / C
    state = state.astype(float)
    best = np.zeros(len(y)), 0.0, np.inf
    before = None
    for _ in range(STEPS):
        size = np.abs(state)
        # 0 inside the tube, +-1 on it, +-2 beyond
        place = np.sign(state) * np.digitize(size, [epsilon, epsilon + kappa])
        if np.array_equal(place, before):
            break
        before = place
        dual = np.where(np.abs(place) == 2, np.sign(place) * C, 0.0)
        free = np.flatnonzero(np.abs(place) == 1)
        b = None
        if len(free):
            edge = y[free] - epsilon * place[free] - gram[free] @ dual
            solution = _solve(gram[np.ix_(free, free)], np.append(edge, -dual.sum()))
            dual[free], b = solution[:-1], solution[-1]
        allowed = feasible(dual, C)
        smooth = gram @ allowed
        middle = intercept(y - smooth, epsilon)
        gap = relative_gap(smooth, allowed, middle, y, C, epsilon)
        if gap < best[2]:
            best = allowed, middle, gap
        if gap <= tolerance:
            break
        residual = y - gram @ dual
        state = (
            rho * dual + residual - (intercept(residual, epsilon) if b is None else b)
        )
    return best


def _solve(gram, right):
    """Solve [[gram, 1], [1', 0]] x = right."""
    n = len(gram)
    matrix = np.ones((n + 1, n + 1))
    matrix[:n, :n] = gram
    matrix[n, n] = 0.0
    shifted = matrix.copy()
    shifted[np.arange(n), np.arange(n)] += JITTER
    factors = lu_factor(shifted)
    solution = lu_solve(factors, right)
    return solution + lu_solve(factors, right - matrix @ solution)
