"""CPU time of the training of a pixel, against scikit-learn's on the same pixels.

All methods search the default grid with the same folds. Ours trains one whole group of
pixels, spread over wavelength; scikit-learn's GridSearchCV(SVR), and SVR with a
precomputed kernel matrix that all C, epsilon and folds share, do some of them, spread
from the least noisy to the noisiest. Times are CPU seconds of one BLAS thread.
"""

import command
import numpy as np
import training_set
from astropy.table import Table
from sklearn.model_selection import GridSearchCV, PredefinedSplit
from sklearn.svm import SVR
from threadpoolctl import threadpool_limits

from mdwarfs.figures import style
from mdwarfs.slam.kernel import rbf
from mdwarfs.slam.train.crossvalidation import halves, panel_width, sweep
from mdwarfs.slam.train.pixels import fit_pixels
from mdwarfs.slam.train.problem import Problem
from mdwarfs.slam.train.training import group_size

COLUMNS = {
    "wavelength": ("Angstrom", "Of the pixel, in vacuum, rest frame"),
    "cv_r2": ("", "One minus cross-validated MSE over the variance of the flux"),
    "ours": ("s", "CPU time per pixel of this workflow, with its share of the set-up"),
    "grid_search": ("s", "CPU time of scikit-learn's GridSearchCV(SVR)"),
    "shared_gram": ("s", "CPU time of scikit-learn's SVR with shared kernel matrices"),
    "same": ("", "All three chose the same grid point"),
}
THEIRS = {
    "grid_search": "scikit-learn, GridSearchCV(SVR)",
    "shared_gram": "scikit-learn, shared kernel matrices",
}


def grid_search(x, y, fold, grid):
    """scikit-learn's search and final fit of one pixel."""
    search = GridSearchCV(
        SVR(kernel="rbf"), grid, scoring="neg_mean_squared_error",
        cv=PredefinedSplit(fold),
    )  # fmt: skip
    search.fit(x, y)
    return search.best_params_


def shared_gram(grams, y, fold, grid):
    """The same with precomputed kernel matrices, one per gamma."""
    best = np.inf, {}
    for gamma, gram in zip(grid["gamma"], grams):
        for C in grid["C"]:
            for epsilon in grid["epsilon"]:
                machine = SVR(kernel="precomputed", C=C, epsilon=epsilon)
                held_out = np.empty(len(y))
                for k in range(fold.max() + 1):
                    train, held = fold != k, fold == k
                    machine.fit(gram[np.ix_(train, train)], y[train])
                    held_out[held] = machine.predict(gram[np.ix_(held, train)])
                mse = np.square(held_out - y).mean()
                if mse < best[0]:
                    best = mse, {"C": C, "epsilon": epsilon, "gamma": gamma}
    gram = grams[grid["gamma"].index(best[1]["gamma"])]
    SVR(kernel="precomputed", C=best[1]["C"], epsilon=best[1]["epsilon"]).fit(gram, y)
    return best[1]


def compare(labels, spectra, settings, compared):
    """Table of the compared pixels; the head has stars, pixels solved together, rates.

    Parameters
    ----------
    labels : ndarray, shape (n, d)
    spectra : mdwarfs.spectra.spectrum_set.SpectrumSet
        Of the same stars.
    settings : dict
        The section `slam` of a configuration.
    compared : int
        Pixels that scikit-learn does too.

    Returns
    -------
    astropy.table.Table
        `COLUMNS`.
    """
    grid, folds = settings["grid"], settings["folds"]
    size = group_size(len(labels), folds)
    group = np.linspace(0, len(spectra.wavelength) - 1, size).astype(int)
    flux, ivar = spectra.flux[:, group], spectra.ivar[:, group]
    x, y, good = training_set.standardised(labels, flux, ivar)
    setup, problem = command.cpu(Problem.of, x, grid, folds, 1)
    fitting, (row, _) = command.cpu(fit_pixels, problem, flux, ivar)
    r2 = 1 - row["cv_mse"] / row["scale"] ** 2
    rows = []
    for p in np.argsort(-r2)[np.linspace(0, size - 1, compared).astype(int)]:
        stars = good[:, p]
        fold = problem.fold[stars]
        grams = [rbf(x[stars], x[stars], gamma) for gamma in grid["gamma"]]
        search, found = command.cpu(grid_search, x[stars], y[stars, p], fold, grid)
        shared, same = command.cpu(shared_gram, grams, y[stars, p], fold, grid)
        rows.append(
            {
                "wavelength": spectra.wavelength[group[p]],
                "cv_r2": r2[p],
                "ours": setup / len(spectra.wavelength) + fitting / size,
                "grid_search": search,
                "shared_gram": shared,
                "same": found == same == {name: float(row[name][p]) for name in grid},
            }
        )
    table = Table(rows)
    table.meta = {"STARS": len(labels), "GROUP": size}
    table.meta["GFLOPS"] = rates(problem, y, good)
    return table


def rates(problem, y, good):
    """GFLOP/s of float32 products on one core.

    Returns
    -------
    dict of str to float
        `search`: what the search over the whole grid reaches, its other work included;
        `products`: its products alone; `square`: a product of two matrices of
        2,000 x 2,000, which is what the machine can do.
    """
    grid, folds = problem.grid, problem.folds
    columns = panel_width(len(y), folds) * folds
    rng = np.random.default_rng(0)
    target = rng.normal(size=(len(y), columns)).astype(np.float32)

    def products():
        for smoother in grid.smoothers.values():
            result = target
            for factor in reversed(smoother):
                result = factor @ result

    sizes = sum(f.size for smoother in grid.smoothers.values() for f in smoother)
    alone = min(command.cpu(products)[0] for _ in range(10))
    big = rng.normal(size=(2000, 2000)).astype(np.float32)
    square = min(command.cpu(np.matmul, big, big)[0] for _ in range(5))
    single = y.astype(np.float32), good.astype(np.float32)
    search, _ = command.cpu(sweep, grid, *single, problem.fold)
    work = 2 * sizes * 2 * sum(halves(len(y), len(grid.epsilon))) * folds * y.shape[1]
    return {
        "search": work / search / 1e9,
        "products": 2 * columns * sizes / alone / 1e9,
        "square": 2 * 2000**3 / square / 1e9,
    }


def report(table):
    """Print medians, ratios and rates."""
    command.show(table)
    ours = table["ours"][0]
    print(
        f"{table.meta['STARS']} stars; ours: {ours:.3f} CPU s per pixel, in a group "
        f"of {table.meta['GROUP']}"
    )
    for name in THEIRS:
        ratio = table[name] / ours
        print(
            f"{name}: {np.median(table[name]):.1f} CPU s per pixel (median), "
            f"{np.median(ratio):.0f} times ours (least {ratio.min():.0f})"
        )
    print(
        "float32 GFLOP/s of one core: search over the grid {search:.0f}, its products "
        "alone {products:.0f}, a large square product {square:.0f}".format(
            **table.meta["GFLOPS"]
        )
    )


@style.styled
def draw(table):
    """CPU seconds per pixel of the three methods."""
    figure = style.new(style.COLUMN, 2.5)
    axes = figure.subplots()
    noise = 1 - table["cv_r2"]
    for (name, label), marker, colour in zip(
        (*THEIRS.items(), ("ours", "this workflow")),
        "osD",
        (style.RED, style.GREY, style.BLUE),
    ):
        axes.plot(noise, table[name], marker, color=colour, label=label, ms=4)
    axes.set(yscale="log", xlim=(0, 1.1))
    low, high = axes.get_ylim()
    axes.set_ylim(low / 2, 30 * high)  # room for the legend
    axes.set_xlabel("Cross-validated MSE over variance of the pixel")
    axes.set_ylabel("CPU time per pixel (s)")
    axes.legend(loc="upper left")
    return figure


@threadpool_limits.wrap(limits=1)
def main(arguments=None):
    parser = command.parser(__doc__)
    parser.add_argument(
        "--pixels", type=int, default=5, help="that scikit-learn does too (default: 5)"
    )
    options = parser.parse_args(arguments)
    settings = training_set.default_settings()
    table = compare(*training_set.read(options.run), settings, options.pixels)
    report(table)
    stamp = command.stamp_of(options.run)
    command.write(options, "training", table, COLUMNS, stamp, draw)


if __name__ == "__main__":
    main()
