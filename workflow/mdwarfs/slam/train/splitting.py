"""Douglas-Rachford splitting for many support-vector regressions at once.

The primal of the epsilon-SVR with a free intercept b and sample weights w_i is

    min over f, b of  1/2 |f - b|_H^2 + C sum_i w_i max(0, |y_i - f_i| - epsilon).

One step alternates kernel ridge regression S (the same for every pixel, fold and
epsilon of one gamma and C) with a shrinkage of each sample by itself:

    Z = clip(V, kappa + epsilon) - clip(V, epsilon), zero where w_i = 0
    F = S (Y + 2 Z - V)
    V <- V + relaxation (Y + Z - V - F),        kappa = rho C.

At the fixed point Y - F = V - Z, which are the optimality conditions of the SVR with
the dual coefficients Z / rho. A sample of weight zero has no part in the fit, and F is
the prediction for it: held-out folds and masked pixels are such samples.
"""

import numpy as np

RELAXATION = np.float32(1.9)
# A sample counts as on the edge of the tube if its dual coefficient is farther than
# this from 0 and from the bound, in units of the bound.
CLEARLY = np.float32(0.01)


def ridge(C: float) -> tuple[float, float]:
    """Step of the splitting: kappa, in standardised flux, and rho = kappa / C.

    Any positive kappa leads to the same solution; this one, of the size of a typical
    residual beyond the tube, leads there fast.
    """
    kappa = 0.2 * max(1.0, C) ** 0.2
    return kappa, kappa / C


def solve(
    smoother: tuple[np.ndarray, ...],
    y: np.ndarray,
    weight: np.ndarray,
    kappa: float,
    epsilon: float | np.floating | np.ndarray,
    iterations: int,
    state: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Iterate a given number of times.

    Parameters
    ----------
    smoother
        Of `Gram.smoother` at ridge rho = kappa / C.
    y : float32, shape (n, m)
        Targets: standardised flux of n stars; zero where the weight is.
    weight : float32, shape (n, m)
        1 for a sample that takes part, 0 for one that does not.
    epsilon : float32, shape (m,)
        Half width of the tube.
    state : float32, shape (n, m)
        Where to go on from; changed in place. Default: from zero.

    Returns
    -------
    fit : float32, shape (n, m)
        F, at every sample.
    state : float32, shape (n, m)
        V, whose size tells inner samples, samples on the tube and bounded ones apart.
    """
    inner = np.asarray(epsilon, np.float32)
    outer = inner + np.float32(kappa)
    if state is None:
        state = np.zeros_like(y)
    fit, shrunk, target, work = (np.empty_like(y) for _ in range(4))
    inside = np.empty((smoother[-1].shape[0], y.shape[1]), np.float32)
    for _ in range(iterations):
        _clip(state, outer, shrunk)
        shrunk -= _clip(state, inner, work)
        shrunk *= weight
        np.subtract(shrunk, state, out=work)
        work += y
        np.add(work, shrunk, out=target)
        if len(smoother) == 1:
            np.matmul(smoother[0], target, out=fit)
        else:
            np.matmul(smoother[0], np.matmul(smoother[1], target, out=inside), out=fit)
        work -= fit
        work *= RELAXATION
        state += work
    return fit, state


def coefficients(
    smoother: tuple[np.ndarray, ...],
    y: np.ndarray,
    weight: np.ndarray,
    C: float,
    epsilon: np.ndarray,
    iterations: int,
) -> np.ndarray:
    """Dual coefficients after a given number of iterations.

    Parameters
    ----------
    smoother, y, weight, iterations
        As for `solve`; `y` and `weight` of any type.
    epsilon : shape (m,)

    Returns
    -------
    shape (n, m)
        Z / rho in float64: within [-C, C], of any sum.
    """
    kappa, _ = ridge(C)
    _, state = solve(
        smoother,
        np.ascontiguousarray(y, np.float32),
        np.ascontiguousarray(weight, np.float32),
        kappa,
        np.asarray(epsilon, np.float32),
        iterations,
    )
    size = np.clip((np.abs(state.astype(float)) - epsilon) / kappa, 0, 1)
    return C * np.sign(state) * size * weight


def undecided(
    state: np.ndarray, weight: np.ndarray, kappa: float, epsilon: np.ndarray
) -> np.ndarray:
    """Whether the intercept may not be unique.

    It is unique if a sample lies clearly on the edge of the tube.

    Parameters
    ----------
    state, weight, kappa, epsilon
        As `solve` takes and returns them.

    Returns
    -------
    bool, shape (m,)
    """
    beyond = np.abs(state) - epsilon
    on_edge = (beyond > CLEARLY * kappa) & (beyond < (1 - CLEARLY) * kappa)
    return ~np.any(on_edge & (weight > 0), axis=0)


def _clip(values, limit, out):
    if limit.ndim == 0:
        return np.clip(values, -limit, limit, out=out)
    np.minimum(values, limit, out=out)
    return np.maximum(out, -limit, out=out)
