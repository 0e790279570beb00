"""Hyperparameters of least cross-validated error, for pixels solved together.

The search is in two steps. A sweep gives every point of the grid a few iterations and
estimates how wrong the cross-validated error (CV MSE) is that it finds. A play-off then
solves exactly the points that may be the best within these errors, until none is left.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mdwarfs.slam.train import splitting
from mdwarfs.slam.train.grid import Grid

# Iterations of the sweep at each grid point; up to MOST where there are fewer than FEW
# stars, which need more, and for which they are cheap. No point is ruled out before:
# the iteration begins at ridge regression, whose error is too small where C and gamma
# are large. The points that differ in epsilon alone are visited one after the other,
# and each begins with the solution of the one before: that saves iterations, so that
# all but the first get the share WARM of them.
ITERATIONS = 48
MOST = 128
FEW = 400
WARM = 2 / 3

# How much a CV MSE has changed since half the iterations is taken for its error. Solved
# exactly are the points that may be the best within this error and MARGIN; and, to be
# safe, those within NEAR of the least CV MSE whose error still exceeds VAGUE. All three
# are fractions of the CV MSE.
MARGIN = 1e-4
NEAR = 0.05
VAGUE = 2e-3
# A support-vector regression of few stars may have a range of intercepts that are all
# equally good. libsvm takes the middle, and so does the exact solution, but not the
# sweep. The relative error of its CV MSE is then taken to be this number over the
# square of the number of good stars: 0.019, 0.002 and 0.001 were seen for 43, 109 and
# 218.
UNDECIDED = 60.0

# Columns of the matrices (pixels times folds) that are solved together: as many as make
# an array of CACHED numbers, which stays in the cache of one core, but no fewer than
# COLUMNS, below which the matrix products are slow.
CACHED = 50_000
COLUMNS = 120


def panel_width(n: int, k: int) -> int:
    """Pixels of a panel, for n stars and k folds."""
    return max(1, round(max(COLUMNS, CACHED / n) / k))


def iterations(n: int) -> int:
    """Iterations over the grid for n stars: an even number."""
    return 2 * round(min(MOST, ITERATIONS * max(1.0, FEW / n)) / 2)


def halves(n: int, epsilons: int) -> list[int]:
    """Half of the iterations for each epsilon in turn, for n stars: see `WARM`."""
    first = iterations(n) // 2
    return [first] + (epsilons - 1) * [round(WARM * first)]


def cross_validate(
    grid: Grid, y: np.ndarray, weight: np.ndarray, fold: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Find the hyperparameters of least cross-validated MSE, pixel by pixel.

    Parameters
    ----------
    y : shape (n, p)
        Standardised flux; zero where the weight is.
    weight : shape (n, p)
        1 where a star takes part in a pixel, else 0.
    fold : int, shape (n,)
        Numbers 0 .. k-1.

    Returns
    -------
    best : int, shape (p, 3)
        Index of gamma, C, epsilon.
    mse : shape (p,)
        Cross-validated MSE there, in standardised flux.
    held_out : shape (n, p)
        Flux of each star predicted without it, there.
    gap : shape (p,)
        Largest duality gap of the folds' fits, there.
    cube : shape (n_gamma, n_C, n_epsilon, p)
        Cross-validated MSE of the whole grid, the more exact the more it matters.
    """
    cube, error = sweep(grid, y.astype(np.float32), weight.astype(np.float32), fold)
    error += MARGIN * cube
    p = y.shape[1]
    best, mse, gap = np.zeros((p, 3), int), np.full(p, np.inf), np.zeros(p)
    held_out, done = np.empty(y.shape), np.zeros(cube.shape, bool)
    while True:
        # An exact value may be larger than its estimate: then others may be the best,
        # and are solved in the next round.
        finalist = cube - error <= (cube + error).min((0, 1, 2))
        near = cube - error <= (1 + NEAR) * cube.min((0, 1, 2))
        wanted = (finalist | (near & (error > VAGUE * cube))) & ~done
        if not wanted.any():
            return best, mse, held_out, gap, cube
        for point, held, value, width in playoff(grid, wanted, y, weight, fold):
            cube[point], error[point], done[point] = value, 0.0, True
            pixel = point[-1]
            if value < mse[pixel]:
                best[pixel], mse[pixel], gap[pixel] = point[:3], value, width
                held_out[:, pixel] = held


def sweep(
    grid: Grid, y: np.ndarray, weight: np.ndarray, fold: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Cross-validated MSE over the whole grid, after a few iterations.

    Parameters
    ----------
    grid, y, weight, fold
        As for `cross_validate`, in float32.

    Returns
    -------
    mse, error : shape (n_gamma, n_C, n_epsilon, p)
        The latter is the change since half the iterations, or what `UNDECIDED` says.
    """
    shape = len(grid.gamma), len(grid.C), len(grid.epsilon)
    cube, error = np.empty((2, *shape, y.shape[1]))
    width = panel_width(len(y), int(fold.max()) + 1)
    for first in range(0, y.shape[1], width):
        panel = slice(first, first + width)
        for g, c in np.ndindex(shape[:2]):
            state = None
            for e, half in enumerate(halves(len(y), shape[2])):
                cube[g, c, e, panel], error[g, c, e, panel], state = _evaluate(
                    y[:, panel],
                    weight[:, panel],
                    fold,
                    smoother=grid.smoothers[g, c],
                    C=grid.C[c],
                    epsilon=grid.epsilon[e],
                    half=half,
                    state=state,
                )
    return cube, error


def playoff(
    grid: Grid, wanted: np.ndarray, y: np.ndarray, weight: np.ndarray, fold: np.ndarray
) -> Iterator[tuple[tuple[int | np.integer, ...], np.ndarray, float, float]]:
    """Solve wanted grid points exactly.

    Parameters
    ----------
    grid, y, weight, fold
        As for `cross_validate`.
    wanted : bool, shape (n_gamma, n_C, n_epsilon, p)

    Yields
    ------
    point
        Index of gamma, C, epsilon, pixel.
    held_out : shape (n,)
    mse, gap
    """
    k = int(fold.max()) + 1
    for g, c, e, p in _panels(wanted, panel_width(len(y), k)):
        targets, trained = _columns(y[:, p], weight[:, p], fold)
        epsilon = np.tile(grid.epsilon[e], k)
        dual, b, gap, _ = grid.fit(g, c, epsilon, targets, trained, iterations(len(y)))
        held = _held_out(grid.grams[g].matrix @ dual + b, fold)
        mse = mean_squares(held, y[:, p], weight[:, p])
        worst = gap.reshape(k, -1).max(0)
        for j in range(len(p)):
            yield (g, c, e[j], p[j]), held[:, j], mse[j], worst[j]


def _panels(wanted, width):
    """Gather the wanted points that share gamma and C: yield g, c, and arrays e, p."""
    for g, c in np.argwhere(wanted.any((2, 3))):
        pairs = np.argwhere(wanted[g, c])
        for first in range(0, len(pairs), width):
            yield g, c, *pairs[first : first + width].T


def _evaluate(y, weight, fold, *, smoother, C, epsilon, half, state):
    """Cross-validated MSE and its error, both (p,), and the state of the splitting.

    It does twice `half` iterations, from the state that the splitting has reached at
    the epsilon before, or from zero if `state` is None.
    """
    kappa, _ = splitting.ridge(C)
    epsilon = np.asarray(epsilon, np.float32)
    targets, trained = _columns(y, weight, fold)
    values = []
    for _ in range(2):
        fit, state = splitting.solve(
            smoother, targets, trained, kappa, epsilon, half, state
        )
        values.append(mean_squares(_held_out(fit, fold), y, weight))
    undecided = splitting.undecided(state, trained, kappa, epsilon)
    undecided = undecided.reshape(-1, y.shape[1]).any(0)
    change = np.abs(values[1] - values[0])
    doubt = UNDECIDED / weight.sum(0) ** 2 * undecided * values[1]
    return values[1], np.maximum(change, doubt), state


def _columns(y, weight, fold):
    """Repeat pixels over folds, (n, k * p), with weight zero where held out."""
    k = int(fold.max()) + 1
    targets = np.tile(y, k)
    in_fold = fold[:, None] != np.arange(k)
    trained = in_fold[:, :, None] * weight[:, None, :]
    return targets, np.ascontiguousarray(trained.reshape(len(y), -1))


def _held_out(fit, fold):
    """Of (n, k * p) fitted values, those of each star in its own fold, (n, p)."""
    k = int(fold.max()) + 1
    return fit.reshape(len(fit), k, -1)[np.arange(len(fit)), fold]


def mean_squares(
    prediction: np.ndarray, y: np.ndarray, weight: np.ndarray
) -> np.ndarray:
    """Weighted mean of the squared residuals over stars, in float64, shape (p,)."""
    square = np.square(prediction.astype(float) - y) * weight
    return square.sum(0) / weight.sum(0, dtype=float)
