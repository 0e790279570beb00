"""Hyperparameters of least cross-validated error, for pixels solved together."""

from dataclasses import dataclass

import numpy as np

from mdwarfs.slam import splitting

# Every grid point gets the first number of iterations, and those that matter the
# following ones. The iteration begins at ridge regression, which flatters the points of
# large C and gamma, so that an earlier look must not rule any point out.
ITERATIONS = (32, 64, 256, 1024)

# The change since half the iterations bounds the error of a CV MSE. A point is iterated
# further while, within the errors, it may be the best and its error exceeds SETTLED, or
# while it is within NEAR of the best and its error exceeds VAGUE (all relative).
SETTLED = 2e-4
NEAR = 0.05
VAGUE = 5e-3

CHOSEN = 256  # iterations of the chosen point, for its predictions and its final CV MSE

# Columns (pixels times folds) that are solved together: as many as fit into arrays of
# this many numbers, which stay in the cache of one core, but not so few that the
# matrix products become slow.
CACHED = 50_000
COLUMNS = 120


@dataclass(frozen=True)
class Grid:
    """Values of the three hyperparameters, with what is shared by all pixels.

    Attributes
    ----------
    C, epsilon, gamma : ndarray
    smoothers : dict
        (index of gamma, index of C) -> smoother of that gamma at that C's ridge.
    """

    C: np.ndarray
    epsilon: np.ndarray
    gamma: np.ndarray
    smoothers: dict

    @classmethod
    def of(cls, grams, C, epsilon):
        """Make the smoothers of a list of `Gram`, one per gamma."""
        smoothers = {
            (g, c): gram.smoother(splitting.ridge(value)[1])
            for g, gram in enumerate(grams)
            for c, value in enumerate(C)
        }
        gamma = np.array([gram.gamma for gram in grams])
        return cls(np.asarray(C), np.asarray(epsilon), gamma, smoothers)


def assign_folds(n, k, rng):
    """Divide n stars at random into k folds whose sizes differ by one at most.

    Returns
    -------
    ndarray of int, shape (n,)
    """
    fold = np.empty(n, int)
    fold[rng.permutation(n)] = np.arange(n) % k
    return fold


def panel_width(n, k):
    """Pixels of a panel, for n stars and k folds."""
    return max(1, round(max(COLUMNS, CACHED / n) / k))


def cross_validate(grid, y, weight, fold):
    """Find the hyperparameters of least cross-validated MSE, pixel by pixel.

    Parameters
    ----------
    grid : Grid
    y : ndarray of float32, shape (n, p)
        Standardised flux; zero where the weight is.
    weight : ndarray of float32, shape (n, p)
        1 where a star takes part in a pixel, else 0.
    fold : ndarray of int, shape (n,)
        Numbers 0 .. k-1.

    Returns
    -------
    best : ndarray of int, shape (p, 3)
        Index of gamma, C, epsilon.
    mse : ndarray, shape (p,)
        Cross-validated MSE there, in standardised flux.
    held_out : ndarray of float32, shape (n, p)
        Flux of each star predicted without it, there.
    """
    cube, _ = race(grid, y, weight, fold)
    flat = cube.reshape(-1, y.shape[1])
    best = np.stack(np.unravel_index(flat.argmin(0), cube.shape[:3]), axis=1)
    chosen = np.zeros(cube.shape, bool)
    chosen[(*best.T, np.arange(len(best)))] = True
    mse, held_out = np.empty(len(best)), np.empty_like(y)
    for point, held, value, _ in _solve(grid, chosen, y, weight, fold, CHOSEN):
        mse[point[-1]], held_out[:, point[-1]] = value, held
    return best, mse, held_out


def race(grid, y, weight, fold):
    """Cross-validated MSE over the whole grid, the more exact the more it matters.

    Parameters
    ----------
    grid, y, weight, fold
        As for `cross_validate`.

    Returns
    -------
    mse, error : ndarray, shape (n_gamma, n_C, n_epsilon, p)
        The latter is the change since half the iterations.
    """
    cube, error = sweep(grid, y, weight, fold)
    level = np.zeros(cube.shape, int)
    while True:
        rivals = cube - error <= (cube + error).min((0, 1, 2))
        near = cube <= (1 + NEAR) * cube.min((0, 1, 2))
        due = (rivals & (error > SETTLED * cube)) | (near & (error > VAGUE * cube))
        due &= level < len(ITERATIONS) - 1
        if not due.any():
            break
        level[due] += 1
        for number in np.unique(level[due]):
            wanted = due & (level == number)
            for point, _, *value in _solve(
                grid, wanted, y, weight, fold, ITERATIONS[number]
            ):
                cube[point], error[point] = value
    return cube, error


def sweep(grid, y, weight, fold, iterations=ITERATIONS[0]):
    """Cross-validated MSE over the whole grid.

    Returns
    -------
    mse, error : ndarray, shape (n_gamma, n_C, n_epsilon, p)
        The latter is the change since half the iterations.
    """
    shape = len(grid.gamma), len(grid.C), len(grid.epsilon)
    cube, error = np.empty((2, *shape, y.shape[1]))
    width = panel_width(len(y), fold.max() + 1)
    for first in range(0, y.shape[1], width):
        panel = slice(first, first + width)
        for g, c, e in np.ndindex(shape):
            _, cube[g, c, e, panel], error[g, c, e, panel] = _evaluate(
                grid,
                g,
                c,
                grid.epsilon[e],
                y[:, panel],
                weight[:, panel],
                fold,
                iterations,
            )
    return cube, error


def _solve(grid, wanted, y, weight, fold, iterations):
    """Evaluate wanted grid points: yield point, prediction, MSE and its error."""
    width = panel_width(len(y), fold.max() + 1)
    for g, c in np.argwhere(wanted.any((2, 3))):
        pairs = np.argwhere(wanted[g, c])
        for first in range(0, len(pairs), width):
            some = pairs[first : first + width]
            e, p = some.T
            epsilon = np.tile(grid.epsilon[e], fold.max() + 1)
            held, mse, error = _evaluate(
                grid, g, c, epsilon, y[:, p], weight[:, p], fold, iterations
            )
            for j, pair in enumerate(some):
                yield (g, c, *pair), held[:, j], mse[j], error[j]


def _evaluate(grid, g, c, epsilon, y, weight, fold, iterations):
    """Held-out predictions (n, p), their MSE and its change since halfway (p,)."""
    kappa, _ = splitting.ridge(grid.C[c])
    targets, trained = _columns(y, weight, fold)
    state, values = None, []
    for _ in range(2):
        fit, _, state = splitting.solve(
            grid.smoothers[g, c],
            targets,
            trained,
            kappa,
            np.asarray(epsilon, np.float32),
            iterations // 2,
            state,
        )
        held = _held_out(fit, fold)
        values.append(mean_squares(held, y, weight))
    return held, values[1], np.abs(values[1] - values[0])


def _columns(y, weight, fold):
    """Repeat pixels over folds, (n, k * p), with weight zero where held out."""
    k = fold.max() + 1
    targets = np.tile(y, k)
    in_fold = fold[:, None] != np.arange(k)
    trained = in_fold[:, :, None] * weight[:, None, :]
    return targets, np.ascontiguousarray(trained.reshape(len(y), -1), np.float32)


def _held_out(fit, fold):
    """Of (n, k * p) fitted values, those of each star in its own fold, (n, p)."""
    k = fold.max() + 1
    return fit.reshape(len(fit), k, -1)[np.arange(len(fit)), fold]


def mean_squares(prediction, y, weight):
    """Weighted mean of the squared residuals over stars, in float64, shape (p,)."""
    square = np.square(prediction.astype(float) - y) * weight
    return square.sum(0) / weight.sum(0, dtype=float)
