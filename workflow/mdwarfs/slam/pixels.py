"""The pixels of one group: hyperparameters, coefficients, and how sure they are."""

import numpy as np

from mdwarfs.slam import splitting
from mdwarfs.slam.activeset import finish
from mdwarfs.slam.crossvalidation import cross_validate
from mdwarfs.slam.duality import feasible, intercept, relative_gap
from mdwarfs.slam.fallback import libsvm
from mdwarfs.slam.scatter import model_variance
from mdwarfs.slam.standardise import flux_scale, good_pixels

# A fit counts as converged below this relative duality gap; the Newton steps aim lower.
CONVERGED = 1e-4
AIM = 1e-14
FINAL_ITERATIONS = 400

SOLVERS = {
    "splitting": "Douglas-Rachford splitting, finished by Newton steps",
    "libsvm": "scikit-learn, since the gap stayed above 1e-4",
    "unconverged": "scikit-learn too left a gap above 1e-4",
    "constant": "all good stars have the same flux; the model is that flux",
    "none": "fewer good stars than folds; the model has nothing to say here",
}

COLUMNS = {
    "C": "Penalty of the support-vector regression",
    "epsilon": "Half width of its tube, in standardised flux",
    "gamma": "Width parameter of its kernel, for standardised labels",
    "intercept": "Intercept, in standardised flux",
    "mean": "Mean normalised flux of the good training stars",
    "scale": "Standard deviation of the normalised flux of the good training stars",
    "variance": "Variance of the model flux: the scatter that the noise leaves",
    "cv_mse": "Cross-validated mean squared error of the flux",
    "cv_md": "Cross-validated mean of model minus observed flux (paper, equation 2)",
    "cv_median_deviation": "Cross-validated median of model minus observed flux",
    "n_good": "Training stars that take part",
    "gap": "Duality gap of the fit, as a fraction of its objective",
    "solver": "What solved it: " + "; ".join(f"{k}: {v}" for k, v in SOLVERS.items()),
}

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


def fit_pixels(problem, flux, ivar):
    """Choose hyperparameters and fit, pixel by pixel.

    Parameters
    ----------
    problem : mdwarfs.slam.training.Problem
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
    enough = good.sum(0) >= problem.folds
    row = {
        "mean": np.where(enough, mean, np.nan),
        "scale": scale,
        "n_good": good.sum(0),
        "solver": np.where(enough, "constant", "none").astype("U11"),
    }
    row |= {name: np.where(enough, 0.0, np.nan) for name in POWERS}
    row |= {name: np.full(len(mean), np.nan) for name in ("C", "epsilon", "gamma")}
    dual = np.zeros(flux.shape)

    use = enough & (scale > 0)
    if use.any():
        good, scale = good[:, use], scale[use]
        y = np.where(good, flux[:, use] - mean[use], 0.0) / scale
        noise = 1 / np.where(good, ivar[:, use], 1.0) / scale**2
        learnt, dual[:, use] = learn(problem, y, good, noise)
        for name, values in learnt.items():
            row[name][use] = (
                values * scale ** POWERS[name] if name in POWERS else values
            )
    return {name: row[name] for name in COLUMNS}, dual


def learn(problem, y, good, noise):
    """Fit pixels from which something can be learnt; all in standardised flux.

    Parameters
    ----------
    problem : mdwarfs.slam.training.Problem
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
    best, mse, held_out = cross_validate(
        problem.grid, y.astype(np.float32), good.astype(np.float32), problem.fold
    )
    dual, b, gap, solver = final_fits(problem, y, good, best)
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
        "gap": gap,
        "solver": solver,
    }
    return learnt, dual


def final_fits(problem, y, good, best):
    """Fit each pixel to all its good stars, with its own hyperparameters.

    Parameters
    ----------
    problem, y, good
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
    grid, p = problem.grid, y.shape[1]
    dual, b, gap, solver = np.zeros(y.shape), np.zeros(p), np.zeros(p), [""] * p
    for g, c in np.unique(best[:, :2], axis=0):
        members = np.flatnonzero((best[:, 0] == g) & (best[:, 1] == c))
        epsilon = grid.epsilon[best[members, 2]]
        kappa, _ = splitting.ridge(grid.C[c])
        _, _, states = splitting.solve(
            grid.smoothers[g, c],
            np.ascontiguousarray(y[:, members], np.float32),
            np.ascontiguousarray(good[:, members], np.float32),
            kappa,
            epsilon.astype(np.float32),
            FINAL_ITERATIONS,
        )
        for pixel, state, width in zip(members, states.T, epsilon):
            stars = good[:, pixel]
            dual[stars, pixel], b[pixel], gap[pixel], solver[pixel] = fit_pixel(
                problem.grams[g].matrix[np.ix_(stars, stars)],
                y[stars, pixel],
                state[stars],
                grid.C[c],
                width,
                kappa,
            )
    return dual, b, gap, np.array(solver)


def fit_pixel(gram, y, state, C, epsilon, kappa):
    """Finish one fit and certify it; turn to scikit-learn if that fails.

    Parameters
    ----------
    gram, y, state, C, epsilon, kappa
        As for `activeset.finish`.

    Returns
    -------
    dual : ndarray, shape (n,)
    b, gap : float
    solver : str
    """
    dual, b, gap = finish(gram, y, state, C, epsilon, kappa, AIM)
    if gap <= CONVERGED:
        return dual, b, gap, "splitting"
    other = feasible(libsvm(gram, y, C, epsilon), C)
    smooth = gram @ other
    middle = intercept(y - smooth, epsilon)
    smaller = relative_gap(smooth, other, middle, y, C, epsilon)
    if smaller < gap:
        dual, b, gap = other, middle, smaller
    return dual, b, gap, "libsvm" if gap <= CONVERGED else "unconverged"
