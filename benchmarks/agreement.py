"""How well the training agrees with libsvm, at the full grid and all stars.

Half of the pixels are those whose noise is least, compared with the scatter of their
flux; the others are spread over wavelength. The cross-validated MSE of every grid point
is computed from fits that the active set solves to a duality gap of 1e-9 or less: the
reference. libsvm (scikit-learn, tolerance 1e-6) is run at every grid point within 0.5 %
of a pixel's minimum, which decides which one is best, and at others within 5 %, drawn
at random. Its final fit, too, is compared with the training's.
"""

import command
import numpy as np
import training_set
from astropy.table import Table
from sklearn.svm import SVR
from threadpoolctl import threadpool_limits

from mdwarfs.figures import style
from mdwarfs.slam.standardise import flux_scale
from mdwarfs.slam.train import exact, splitting
from mdwarfs.slam.train.crossvalidation import cross_validate, mean_squares
from mdwarfs.slam.train.pixels import learn
from mdwarfs.slam.train.problem import Problem
from mdwarfs.spectra.good_pixels import good_pixels

COLUMNS = {
    "wavelength": ("Angstrom", "Of the pixel, in vacuum, rest frame"),
    "noise": ("", "Median variance of the noise over that of the flux"),
    "near": ("", "Grid points whose CV MSE is within 5 % of the least"),
    "mse_error": ("", "Largest relative error of the training's CV MSE there"),
    "libsvm": ("", "Grid points at which libsvm was run"),
    "libsvm_error": ("", "Largest relative difference from libsvm's CV MSE there"),
    "excess": ("", "libsvm's CV MSE at the chosen grid point over its least, minus 1"),
    "same": ("", "The chosen grid point is libsvm's, or as good to 1e-6"),
    "gap": ("", "Duality gap of the training's fits, relative to the objective"),
    "flux_error": ("", "Largest difference from libsvm's fit, in sd of the flux"),
    "solver": ("", "What solved the pixel, see mdwarfs.slam.train.pixels.SOLVERS"),
}
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
        One row per pixel: `COLUMNS` without the first two.
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
        own = Table({name: learnt[name][[p]] for name in grid})
        chosen = tuple(problem.grid.find(own)[0])
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
    """CV MSE of one pixel at every grid point, each fold solved below `GAP`."""
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


def relative_noise(flux, ivar):
    """Median variance of the noise over that of the flux (p,); NaN where unknown."""
    good = good_pixels(flux, ivar)
    _, scale = flux_scale(flux, good)
    known = (scale > 0) & (good.mean(0) > 0.5)
    noise = np.where(good, 1 / np.where(good, ivar, 1.0), np.nan)[:, known]
    result = np.full(flux.shape[1], np.nan)
    result[known] = np.nanmedian(noise, axis=0) / scale[known] ** 2
    return result


def some_pixels(noise, number):
    """Half of them of least noise, the others spread over wavelength."""
    usable = np.flatnonzero(np.isfinite(noise))
    clean = usable[np.argsort(noise[usable])[: number // 2]]
    others = np.setdiff1d(usable, clean)
    spread = others[np.linspace(0, len(others) - 1, number - len(clean)).astype(int)]
    return np.concatenate([clean, spread])


def report(table):
    """Print the largest differences."""
    same = np.asarray(table["same"])
    fallbacks = np.count_nonzero(table["solver"] != "splitting")
    print(f"grid points within 5 % of the minimum    {table['near'].sum()}")
    print(f"largest error of their CV MSE            {table['mse_error'].max():.2e}")
    print(f"grid points at which libsvm was run      {table['libsvm'].sum()}")
    print(f"largest difference from its CV MSE       {table['libsvm_error'].max():.2e}")
    print(f"pixels with libsvm's grid point          {same.mean():.1%}")
    print(f"largest excess of CV MSE at the others   {table['excess'].max():.2e}")
    print(f"largest duality gap                      {table['gap'].max():.1e}")
    print(f"largest error of the flux [sd]           {table['flux_error'].max():.1e}")
    print(f"solved by scikit-learn                   {fallbacks}")


@style.styled
def draw(table):
    """Errors of the CV MSE, and differences from libsvm's result, against noise."""
    figure = style.new(style.PAGE, 2.5)
    errors, results = figure.subplots(1, 2, sharex=True)
    noise = table["noise"]
    blue = {"marker": "o", "color": style.BLUE, "ms": 3, "ls": ""}
    red = {"marker": "s", "color": style.RED, "ms": 4.5, "ls": "", "mfc": "none"}
    errors.plot(noise, table["mse_error"], **blue, label="from exactly solved fits")
    errors.plot(noise, table["libsvm_error"], **red, label="from libsvm")
    errors.set_ylabel("Largest relative error of CV MSE")
    text = "flux of the final fit, in standard deviations"
    results.plot(noise, np.maximum(table["flux_error"], TIE), **blue, label=text)
    text = "CV MSE of the chosen grid point, relative"
    results.plot(noise, np.maximum(table["excess"], TIE), **red, label=text)
    results.set_ylabel(r"Difference from libsvm (at least $10^{-6}$)")
    for axes in (errors, results):
        axes.set(xscale="log", yscale="log")
        axes.set_xlabel("Variance of the noise over that of the flux")
        low, high = axes.get_ylim()
        axes.set_ylim(low, 20 * high)  # room for the legend
        axes.legend(loc="upper left")
    return figure


@threadpool_limits.wrap(limits=1)
def main(arguments=None):
    parser = command.parser(__doc__)
    parser.add_argument("--pixels", type=int, default=24)
    parser.add_argument("--stars", type=int, help="every k-th star, about so many")
    parser.add_argument("--drawn", type=int, default=8, help="more points for libsvm")
    options = parser.parse_args(arguments)
    labels, spectra = training_set.read(options.run)
    step = max(1, len(labels) // (options.stars or len(labels)))
    labels, spectra = labels[::step], spectra.take(slice(None, None, step))
    noise = relative_noise(spectra.flux, spectra.ivar)
    pixels = some_pixels(noise, options.pixels)
    flux, ivar = spectra.flux[:, pixels], spectra.ivar[:, pixels]
    settings = training_set.default_settings()
    table = compare(
        *training_set.standardised(labels, flux, ivar),
        settings["grid"],
        settings["folds"],
        seed=1,
        drawn=options.drawn,
    )
    table["wavelength"], table["noise"] = spectra.wavelength[pixels], noise[pixels]
    print(f"{len(labels)} stars, {len(table)} pixels")
    report(table)
    stamp = command.stamp_of(options.run)
    command.write(options, "agreement", table, COLUMNS, stamp, draw)


if __name__ == "__main__":
    main()
