"""The exact end of a fit that the splitting has nearly finished.

At the optimum of an epsilon-SVR every sample is in one of three states. Its residual is
smaller than epsilon (the sample is inside the tube): its dual coefficient is 0. Or it
is larger (outside): the coefficient is +C or -C. Or it equals epsilon (on the edge):
the coefficient is free, anything in between. Once the splitting has found the state of
nearly all samples, an active-set method corrects the others, one by one, and solves the
linear system of the free coefficients exactly. Every change improves the dual
objective, so that no combination of states comes twice, but for rounding: `CHANGES`
ends the search where rounding makes it go in circles. The systems of wide kernels are
nearly singular, which does no harm.
"""

import numpy as np
from scipy.linalg.lapack import dgetrf, dgetrs

from mdwarfs.slam.train.duality import intercept, relative_gap

# Most changes of state; after the splitting a few hundred samples take one to ten.
CHANGES = 2000

# Added to the diagonal of the factored matrix, so that samples of equal labels do not
# make it singular; a step of refinement takes its effect away again.
JITTER = 1e-11


def finish(
    gram: np.ndarray,
    y: np.ndarray,
    part: np.ndarray,
    C: float,
    epsilon: float,
    dual: np.ndarray,
    smooth: np.ndarray,
    tolerance: float,
) -> tuple[np.ndarray, float, float]:
    """Go from feasible dual coefficients to those of the optimum.

    The free coefficients go towards their optimum until one of them meets a bound (0
    or +-C), where it stays, and so on. At their optimum the two samples that violate
    the optimality conditions most, as libsvm picks them, are moved and become free.

    Parameters
    ----------
    gram : shape (n, n)
    y : shape (n,)
    part : bool, shape (n,)
        Samples that take part.
    dual : shape (n,)
        Within [-C, C], of sum zero; zero for samples that take no part.
    smooth : shape (n,)
        gram @ dual.
    tolerance
        Relative duality gap to stop at. The error of the flux goes with the square
        root of the gap.

    Returns
    -------
    dual : shape (n,)
        The best coefficients seen.
    b
    gap
        Relative duality gap; above `tolerance` if `CHANGES` did not suffice.
    """
    dual, smooth = dual.copy(), smooth.copy()
    free = (dual != 0) & (np.abs(dual) < C)
    side = np.sign(dual)
    best = dual.copy(), 0.0, np.inf
    for _ in range(CHANGES):
        _optimise_free(gram, y, dual, smooth, free, side, C, epsilon)
        b = intercept((y - smooth)[part], epsilon)
        gap = relative_gap(smooth[part], dual[part], b, y[part], C, epsilon)
        if gap < best[2]:
            best = dual.copy(), b, gap
        if gap <= tolerance:
            break
        upwards, downwards = np.where(dual >= 0, 1, -1), np.where(dual > 0, 1, -1)
        rise = np.where(part & (dual < C), y - smooth - epsilon * upwards, -np.inf)
        fall = np.where(part & (dual > -C), y - smooth - epsilon * downwards, np.inf)
        i, j = rise.argmax(), fall.argmin()
        if rise[i] <= fall[j]:
            break
        _exchange(gram, dual, smooth, i, j, rise[i] - fall[j], C)
        free[[i, j]] = (dual[[i, j]] != 0) & (np.abs(dual[[i, j]]) < C)
        side[i], side[j] = upwards[i], downwards[j]
    return best


def _exchange(gram, dual, smooth, i, j, slope, C):
    """Raise one coefficient and lower another by as much; changes arrays in place.

    They go to the optimum of the two, or until one of them meets 0 or a bound: the
    objective falls, and so no set of free coefficients ever comes back.
    """
    room_i = C - dual[i] if dual[i] >= 0 else -dual[i]
    room_j = C + dual[j] if dual[j] <= 0 else dual[j]
    curvature = gram[i, i] + gram[j, j] - 2 * gram[i, j]
    step = min(room_i, room_j)
    if slope < curvature * step:
        step = slope / curvature
    dual[i] = dual[i] + step if step < room_i else C * (dual[i] >= 0)
    dual[j] = dual[j] - step if step < room_j else -C * (dual[j] <= 0)
    smooth += step * (gram[i] - gram[j])


def _optimise_free(gram, y, dual, smooth, free, side, C, epsilon):
    """Move the free coefficients, bound by bound; changes its arguments in place.

    `side` is the sign that a free coefficient may have, and `smooth` is gram @ dual.
    """
    while free.any():
        places = np.flatnonzero(free)
        square = gram[np.ix_(places, places)]
        fixed = smooth[places] - square @ dual[places]
        right = y[places] - epsilon * side[places] - fixed
        total = dual[places].sum() - dual.sum()
        move = _solve(square, np.append(right, total))[:-1] - dual[places]
        outer = C * side[places]
        bound = np.where(move > 0, np.maximum(outer, 0), np.minimum(outer, 0))
        room = np.full(len(places), np.inf)
        np.divide(bound - dual[places], move, out=room, where=move != 0)
        first = room.argmin()
        step = min(1.0, room[first]) * move
        dual[places] += step
        smooth += step @ gram[places]
        if room[first] >= 1:
            break
        dual[places[first]] = bound[first]
        free[places[first]] = False


def _solve(gram, right):
    """Solve [[gram, 1], [1', 0]] x = right."""
    n = len(gram)
    matrix = np.ones((n + 1, n + 1))
    matrix[:n, :n] = gram
    matrix[n, n] = 0.0
    shifted = matrix.copy()
    shifted[np.arange(n), np.arange(n)] += JITTER
    # LAPACK itself: of small systems SciPy's own functions take as long about it.
    factors, pivots, _ = dgetrf(shifted)
    solution, _ = dgetrs(factors, pivots, right)
    rest = right - matrix @ solution
    return solution + dgetrs(factors, pivots, rest)[0]
