"""Training of one group of pixels: hyperparameters, coefficients, and variances."""

import numpy as np

from mdwarfs.slam.pixel_columns import COLUMNS
from mdwarfs.slam.standardise import flux_scale
from mdwarfs.slam.train import exact, splitting
from mdwarfs.slam.train.crossvalidation import cross_validate
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


def fit_pixels(problem, flux, ivar):
    """Choose hyperparameters and fit, pixel by pixel.

    Parameters
    ----------
    problem : mdwarfs.slam.train.problem.Problem
    flux, ivar : ndarray, shape (n, p)
        Normalised spectra of the training stars.

    Returns
    -------
    row : dict of str to ndarray, shape (p,)
        `COLUMNS`; NaN where there is nothing to say.
    dual : ndarray, shape (n, p)
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


def refit_pixels(grid, flux, ivar, chosen):
    """Fit pixels whose hyperparameters have been chosen before.

    Parameters
    ----------
    grid : mdwarfs.slam.train.crossvalidation.Grid
    flux, ivar : ndarray, shape (n, p)
        Normalised spectra of the training stars.
    chosen : astropy.table.Table of p rows
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


def blank(mean, scale, good, enough):
    """`COLUMNS` of pixels before any fit, as they stay where there is none.

    Parameters
    ----------
    mean, scale : ndarray, shape (p,)
        Of the flux of the good stars.
    good : ndarray of bool, shape (n, p)
    enough : ndarray of bool, shape (p,)
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


def standardised(flux, good, mean, scale):
    """Flux of mean 0 and standard deviation 1 over the good stars; else zero."""
    return np.where(good, flux - mean, 0.0) / scale


def learn(problem, y, good, noise):
    """Fit pixels from which something can be learnt; all in standardised flux.

    Parameters
    ----------
    problem : mdwarfs.slam.train.problem.Problem
    y : ndarray, shape (n, p)
        Flux; zero where it is not good.
    good : ndarray of bool, shape (n, p)
    noise : ndarray, shape (n, p)
        Variance of the flux.

    Returns
    -------
    learnt : dict of str to ndarray, shape (p,)
    dual : ndarray, shape (n, p)
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


def final_fits(grid, y, good, best):
    """Fit each pixel to all its good stars, with its own hyperparameters.

    Parameters
    ----------
    grid : mdwarfs.slam.train.crossvalidation.Grid
    y, good
        As for `learn`.
    best : ndarray of int, shape (p, 3)
        Index of gamma, C and epsilon.

    Returns
    -------
    dual : ndarray, shape (n, p)
    b, gap : ndarray, shape (p,)
        Intercept, and relative duality gap.
    solver : ndarray of str, shape (p,)
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
        start = splitting.coefficients(
            grid.smoothers[g, c],
            y[:, some],
            good[:, some],
            grid.C[c],
            grid.epsilon[best[some, 2]],
            ITERATIONS,
        )
        dual[:, some], b[some], gap[some], solver[some] = exact.solve(
            grid.grams[g].matrix,
            y[:, some],
            good[:, some],
            start,
            grid.C[c],
            grid.epsilon[best[some, 2]],
        )
    return dual, b, gap, solver
