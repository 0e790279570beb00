"""Training of one group of pixels: hyperparameters, coefficients, and variances."""

from __future__ import annotations

import numpy as np
from astropy.table import Table

from mdwarfs.slam.pixel_columns import COLUMNS
from mdwarfs.slam.standardise import flux_scale
from mdwarfs.slam.train.crossvalidation import cross_validate
from mdwarfs.slam.train.grid import Grid
from mdwarfs.slam.train.problem import Problem
from mdwarfs.slam.train.scatter import model_variance
from mdwarfs.spectra.good_pixels import good_pixels

# Iterations of the splitting before each fit is finished exactly.
ITERATIONS = 128

# The power of the flux scale that turns standardised values into those of COLUMNS. At
# a constant pixel all of these are zero: it is known exactly.
POWERS = {
    "intercept": 0,
    "gap": 0,
    "cv_md": 1,
    "cv_median_deviation": 1,
    "cv_mse": 2,
    "variance": 2,
}

# Columns that cross-validation has found. A fit to other labels or stars does not
# cross-validate again and keeps them.
CARRIED = (
    "C",
    "epsilon",
    "gamma",
    "variance",
    "cv_mse",
    "cv_md",
    "cv_median_deviation",
)


def fit_pixels(
    problem: Problem, flux: np.ndarray, ivar: np.ndarray
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Choose hyperparameters and fit, pixel by pixel.

    Parameters
    ----------
    flux, ivar : shape (n, p)
        Normalised spectra of the training stars.

    Returns
    -------
    row : each of shape (p,)
        `COLUMNS`; NaN where there is nothing to say.
    dual : shape (n, p)
        Coefficients of the kernel functions, in standardised flux.
    """
    good = good_pixels(flux, ivar)
    mean, scale = flux_scale(flux, good)
    in_folds = sum(good[problem.fold == k].any(0) for k in range(problem.folds))
    enough = (good.sum(0) >= problem.folds) & (in_folds > 1)
    row, dual = blank(mean, scale, good, enough), np.zeros(flux.shape)
    use = enough & (scale > 0)
    if use.any():
        good, scale = good[:, use], scale[use]
        y = standardised(flux[:, use], good, mean[use], scale)
        noise = 1 / np.where(good, ivar[:, use], 1.0) / scale**2
        learnt, dual[:, use] = learn(problem, y, good, noise)
        for name, values in learnt.items():
            row[name][use] = (
                values * scale ** POWERS[name] if name in POWERS else values
            )
    return row, dual


def refit_pixels(
    grid: Grid, flux: np.ndarray, ivar: np.ndarray, chosen: Table
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Fit pixels whose hyperparameters have been chosen before.

    Parameters
    ----------
    flux, ivar : shape (n, p)
        Normalised spectra of the training stars.
    chosen : p rows
        `COLUMNS` of the earlier fit.

    Returns
    -------
    row, dual
        As for `fit_pixels`; what cross-validation found is that of `chosen`. A pixel
        without hyperparameters has no fit, unless its flux is constant.
    """
    good = good_pixels(flux, ivar)
    mean, scale = flux_scale(flux, good)
    known = np.isfinite(chosen["gamma"])
    row = blank(mean, scale, good, good.any(0) & (known | (scale == 0)))
    dual = np.zeros(flux.shape)
    use = known & (scale > 0)
    if use.any():
        chosen = chosen[use]
        y = standardised(flux[:, use], good[:, use], mean[use], scale[use])
        fits = final_fits(grid, y, good[:, use], grid.find(chosen))
        dual[:, use], *rest = fits
        for name in CARRIED:
            row[name][use] = chosen[name]
        for name, values in zip(("intercept", "gap", "solver"), rest):
            row[name][use] = values
    return row, dual


def blank(
    mean: np.ndarray, scale: np.ndarray, good: np.ndarray, enough: np.ndarray
) -> dict[str, np.ndarray]:
    """`COLUMNS` of pixels before any fit, as they stay where there is none.

    Parameters
    ----------
    mean, scale : shape (p,)
        Of the flux of the good stars.
    good : bool, shape (n, p)
    enough : bool, shape (p,)
        Whether the pixel has enough good stars for a fit.
    """
    row = {
        "mean": np.where(enough, mean, np.nan),
        "scale": scale,
        "n_good": good.sum(0),
        "solver": np.where(enough, "constant", "none").astype("U11"),
    }
    row |= {name: np.where(enough, 0.0, np.nan) for name in POWERS}
    row |= {name: np.full(len(mean), np.nan) for name in ("C", "epsilon", "gamma")}
    return {name: row[name] for name in COLUMNS}


def standardised(
    flux: np.ndarray, good: np.ndarray, mean: np.ndarray, scale: np.ndarray
) -> np.ndarray:
    """Flux of mean 0 and standard deviation 1 over the good stars; else zero."""
    return np.where(good, flux - mean, 0.0) / scale


def learn(
    problem: Problem, y: np.ndarray, good: np.ndarray, noise: np.ndarray
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Fit pixels from which something can be learnt; all in standardised flux.

    Parameters
    ----------
    y : shape (n, p)
        Flux; zero where it is not good.
    good : bool, shape (n, p)
    noise : shape (n, p)
        Variance of the flux.

    Returns
    -------
    learnt : each of shape (p,)
    dual : shape (n, p)
    """
    best, mse, held_out, cv_gap, _ = cross_validate(problem.grid, y, good, problem.fold)
    dual, b, gap, solver = final_fits(problem.grid, y, good, best)
    deviation = np.where(good, held_out - y, np.nan)
    learnt = {
        "gamma": problem.grid.gamma[best[:, 0]],
        "C": problem.grid.C[best[:, 1]],
        "epsilon": problem.grid.epsilon[best[:, 2]],
        "intercept": b,
        "variance": model_variance(deviation, noise, good),
        "cv_mse": mse,
        "cv_md": np.nanmean(deviation, 0),
        "cv_median_deviation": np.nanmedian(deviation, 0),
        "gap": np.maximum(gap, cv_gap),
        "solver": solver,
    }
    return learnt, dual


def final_fits(
    grid: Grid, y: np.ndarray, good: np.ndarray, best: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Fit each pixel to all its good stars, with its own hyperparameters.

    Parameters
    ----------
    y, good
        As for `learn`.
    best : int, shape (p, 3)
        Index of gamma, C and epsilon.

    Returns
    -------
    dual : shape (n, p)
    b, gap : shape (p,)
        Intercept, and relative duality gap.
    solver : str, shape (p,)
        A key of `SOLVERS`.
    """
    p = y.shape[1]
    dual, b, gap, solver = (
        np.zeros(y.shape),
        np.zeros(p),
        np.zeros(p),
        np.empty(p, "U11"),
    )
    for g, c in np.unique(best[:, :2], axis=0):
        some = np.flatnonzero((best[:, 0] == g) & (best[:, 1] == c))
        dual[:, some], b[some], gap[some], solver[some] = grid.fit(
            g, c, grid.epsilon[best[some, 2]], y[:, some], good[:, some], ITERATIONS
        )
    return dual, b, gap, solver
