"""How well the training agrees with libsvm, at the full grid and all stars.

    python benchmarks/agreement.py [--run results/simulated] [--pixels 100] [--stars N]

Half of the pixels are those whose noise is least, compared with the scatter of their
flux; the others are spread over wavelength. The cross-validated MSE of every grid point
is computed from fits that the active set solves to a duality gap of 1e-9 or less: the
reference. libsvm (scikit-learn, tolerance 1e-6) is run at every grid point within 0.5 %
of a pixel's minimum, which decides which one is best, and at others within 5 %, drawn
at random. Its final fit, too, is compared with the training's.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import training_set
from astropy.table import Table
from sklearn.svm import SVR
from threadpoolctl import threadpool_limits

from mdwarfs.slam import exact, splitting
from mdwarfs.slam.crossvalidation import cross_validate, mean_squares
from mdwarfs.slam.pixels import learn
from mdwarfs.slam.standardise import flux_scale, good_pixels
from mdwarfs.slam.training import Problem

NEAR = 1.05  # of the least CV MSE: where agreement is asked for
RIVAL = 1.005  # of the least CV MSE: where libsvm is asked in any case
ITERATIONS = 64  # of the splitting, before the active set takes over
GAP = 1e-9
TIE = 1e-6  # CV MSE that differ by less are libsvm's rounding


def compare(x, y, good, grid, folds, seed, drawn):
    """Compare the training of pixels with libsvm.

    Parameters
    ----------
    x : ndarray, shape (n, d)
        Standardised labels.
    y : ndarray, shape (n, p)
        Standardised flux, zero where it is not good.
    good : ndarray of bool, shape (n, p)
    grid : dict of str to sequence of float
        Values of C, epsilon and gamma.
    folds, seed : int
    drawn : int
        Points within 5 % of the minimum at which libsvm is run, besides its rivals.

    Returns
    -------
    astropy.table.Table
        One row per pixel: `near` (grid points within 5 % of the minimum), `mse_error`
        (largest relative error of their CV MSE), `libsvm` (points at which libsvm was
        run), `libsvm_error` (largest relative difference from libsvm's CV MSE there),
        `excess` (libsvm's CV MSE at the chosen point over its least, minus one),
        `same` (grid point as libsvm's, or one that is as good to 1e-6), `gap`,
        `flux_error` (largest difference from libsvm's fit at the training stars'
        labels, in standard deviations of the flux), `solver`.
    """
    rng = np.random.default_rng(seed)
    problem = Problem.of(x, grid, folds, seed)
    *_, ours = cross_validate(problem.grid, y, good, problem.fold)
    learnt, dual = learn(problem, y, good, np.zeros(y.shape))
    rows = []
    for p in range(y.shape[1]):
        reference = exact_cube(problem, y[:, p], good[:, p])
        near = reference <= NEAR * reference.min()
        asked = reference <= RIVAL * reference.min()
        asked.flat[rng.permutation(np.flatnonzero(near & ~asked))[:drawn]] = True
        theirs = np.full(reference.shape, np.inf)
        for point in map(tuple, np.argwhere(asked)):
            theirs[point] = libsvm_mse(problem, y[:, p], good[:, p], point)
        chosen = tuple(problem.grid.find({k: learnt[k][[p]] for k in grid})[0])
        gram = problem.grid.grams[chosen[0]].matrix
        fitted = gram @ dual[:, p] + learnt["intercept"][p]
        everywhere = np.ones(len(y), bool)
        wanted = libsvm(problem, y[:, p], good[:, p], everywhere, chosen)
        rows.append(
            {
                "near": near.sum(),
                "mse_error": np.abs(ours[..., p] / reference - 1)[near].max(),
                "libsvm": asked.sum(),
                "libsvm_error": np.abs(ours[..., p] / theirs - 1)[asked].max(),
                "excess": theirs[chosen] / theirs.min() - 1,
                "same": theirs[chosen] <= (1 + TIE) * theirs.min(),
                "gap": learnt["gap"][p],
                "flux_error": np.abs(fitted - wanted).max(),
                "solver": learnt["solver"][p],
            }
        )
    return Table(rows)


def exact_cube(problem, y, good):
    """CV MSE of one pixel at every grid point, each fold solved to a gap of 1e-12."""
    grid, fold = problem.grid, problem.fold
    cube = np.empty((len(grid.gamma), len(grid.C), len(grid.epsilon)))
    width = len(grid.epsilon)
    trained = (fold[:, None] != np.arange(problem.folds)) & good[:, None]
    trained = np.repeat(trained, width, axis=1)
    target = np.where(trained, y[:, None], 0.0)
    epsilon = np.tile(grid.epsilon, problem.folds)
    for g, c in np.ndindex(cube.shape[:2]):
        C, gram = grid.C[c], grid.grams[g].matrix
        start = splitting.coefficients(
            grid.smoothers[g, c], target, trained, C, epsilon, ITERATIONS
        )
        dual, b, gap, _ = exact.solve(gram, target, trained, start, C, epsilon)
        if gap.max() > GAP:
            raise RuntimeError(f"the reference did not converge: gap {gap.max()}")
        fit = (gram @ dual + b).reshape(len(y), problem.folds, width)
        held_out = fit[np.arange(len(y)), fold]
        cube[g, c] = mean_squares(held_out, y[:, None], good[:, None])
    return cube


def libsvm_mse(problem, y, good, point):
    """CV MSE of one pixel at one grid point, by libsvm."""
    square = 0.0
    for k in range(problem.folds):
        train, held = good & (problem.fold != k), good & (problem.fold == k)
        square += np.square(libsvm(problem, y, train, held, point) - y[held]).sum()
    return square / good.sum()


def libsvm(problem, y, train, where, point):
    """Predictions at the labels of the stars `where` of a fit to the stars `train`."""
    grid = problem.grid
    gram = grid.grams[point[0]].matrix
    machine = SVR(
        kernel="precomputed",
        C=grid.C[point[1]],
        epsilon=grid.epsilon[point[2]],
        tol=1e-6,
        cache_size=64,
    )
    machine.fit(gram[np.ix_(train, train)], y[train])
    return machine.predict(gram[np.ix_(where, train)])


def some_pixels(flux, ivar, number):
    """Half of them of least noise, the others spread over wavelength."""
    good = good_pixels(flux, ivar)
    _, scale = flux_scale(flux, good)
    noise = np.where(good, 1 / np.where(good, ivar, 1.0), np.nan)
    usable = np.flatnonzero((scale > 0) & (good.mean(0) > 0.5))
    ratio = np.nanmedian(noise[:, usable], axis=0) / scale[usable] ** 2
    clean = usable[np.argsort(ratio)[: number // 2]]
    others = np.setdiff1d(usable, clean)
    spread = others[np.linspace(0, len(others) - 1, number - len(clean)).astype(int)]
    return np.concatenate([clean, spread])


@threadpool_limits.wrap(limits=1)
def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    training_set.add_argument(parser)
    parser.add_argument("--pixels", type=int, default=100)
    parser.add_argument("--stars", type=int, help="every k-th star, about so many")
    parser.add_argument("--drawn", type=int, default=8, help="more points for libsvm")
    parser.add_argument("--folder", type=Path, help="where to write the table")
    options = parser.parse_args()
    labels, flux, ivar, wavelength = training_set.read(options.run)
    every = slice(None, None, max(1, len(labels) // (options.stars or len(labels))))
    labels, flux, ivar = labels[every], flux[every], ivar[every]
    pixels = some_pixels(flux, ivar, options.pixels)
    x, y, good = training_set.standardised(labels, flux[:, pixels], ivar[:, pixels])
    settings = training_set.default_settings()
    start = time.process_time()
    table = compare(x, y, good, settings["grid"], settings["folds"], 1, options.drawn)
    table.add_column(wavelength[pixels], 0, "wavelength")
    seconds = time.process_time() - start
    for name, rows in (
        ("least noise", slice(len(pixels) // 2)),
        ("spread", slice(len(pixels) // 2, None)),
        ("all", slice(None)),
    ):
        print(f"{len(labels)} stars, {len(table[rows])} pixels, {name}:")
        summarise(table[rows])
    print(f"{seconds:.0f} CPU s, nearly all of them libsvm's and the reference's")
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        table.write(options.folder / "agreement.ecsv", overwrite=True)


def summarise(table):
    """Print the largest differences."""
    same = np.asarray(table["same"])
    print(f"  grid points within 5 % of the minimum    {table['near'].sum()}")
    print(f"  largest error of their CV MSE            {table['mse_error'].max():.2e}")
    print(f"  grid points at which libsvm was run      {table['libsvm'].sum()}")
    print(
        f"  largest difference from its CV MSE       {table['libsvm_error'].max():.2e}"
    )
    print(f"  pixels with libsvm's grid point          {same.mean():.1%}")
    print(f"  largest excess of CV MSE at the others   {table['excess'].max():.2e}")
    print(f"  largest duality gap                      {table['gap'].max():.1e}")
    print(f"  largest error of the flux [sd]           {table['flux_error'].max():.1e}")
    print(f"  solved by scikit-learn                   {fallbacks(table)}")


def fallbacks(table):
    """Number of pixels that the splitting did not solve."""
    return int((table["solver"] != "splitting").sum())


if __name__ == "__main__":
    main()
