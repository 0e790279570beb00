"""CPU time of the training of a pixel, against scikit-learn's on the same pixels.

    python benchmarks/training.py [--run results/simulated] [--compared 5] [folder]

All methods search the default grid with the same folds. Ours trains one whole group of
pixels, spread over wavelength; scikit-learn's GridSearchCV(SVR), and SVR with a
precomputed kernel matrix that all C, epsilon and folds share, do some of them, spread
from the least noisy to the noisiest. Times are CPU seconds of one BLAS thread, which
other work on the machine disturbs less than wall time. The folder gets table and plot.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import training_set
from astropy.table import Table
from matplotlib.figure import Figure
from sklearn.model_selection import GridSearchCV, PredefinedSplit
from sklearn.svm import SVR
from threadpoolctl import threadpool_limits

from mdwarfs.figures.style import BLUE, COLUMN, GREY, RED, styled
from mdwarfs.slam.crossvalidation import iterations, panel_width, sweep
from mdwarfs.slam.kernel import rbf
from mdwarfs.slam.pixels import fit_pixels
from mdwarfs.slam.training import Problem, group_size


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


def cpu(function, *arguments):
    """CPU seconds of a call, and what it returned."""
    start = time.process_time()
    result = function(*arguments)
    return time.process_time() - start, result


def rates(problem, y, good):
    """GFLOP/s of float32 products.

    Returns
    -------
    sweep : float
        What the search over the whole grid reaches, its other work included.
    products : float
        Its products alone.
    square : float
        A product of two matrices of 2,000 x 2,000: what the machine can do.
    """
    grid, folds = problem.grid, problem.folds
    columns = panel_width(len(y), folds) * folds
    rng = np.random.default_rng(0)
    target = rng.normal(size=(len(y), columns)).astype(np.float32)

    def once():
        for smoother in grid.smoothers.values():
            result = target
            for factor in reversed(smoother):
                result = factor @ result

    sizes = sum(f.size for smoother in grid.smoothers.values() for f in smoother)
    products = 2 * columns * sizes / min(cpu(once)[0] for _ in range(10))
    big = rng.normal(size=(2000, 2000)).astype(np.float32)
    square = 2 * 2000**3 / min(cpu(np.matmul, big, big)[0] for _ in range(5))
    single = y.astype(np.float32), good.astype(np.float32)
    seconds, _ = cpu(sweep, grid, *single, problem.fold)
    work = 2 * sizes * iterations(len(y)) * len(grid.epsilon) * folds * y.shape[1]
    return np.array([work / seconds, products, square]) / 1e9


@threadpool_limits.wrap(limits=1)
def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    training_set.add_argument(parser)
    parser.add_argument("--compared", type=int, default=5)
    parser.add_argument("folder", type=Path, nargs="?")
    options = parser.parse_args()
    labels, flux, ivar, wavelength = training_set.read(options.run)
    settings = training_set.default_settings()
    grid, folds = settings["grid"], settings["folds"]
    size = group_size(len(labels), folds)
    group = np.linspace(0, flux.shape[1] - 1, size).astype(int)
    flux, ivar = flux[:, group], ivar[:, group]
    x, y, good = training_set.standardised(labels, flux, ivar)

    setup, problem = cpu(Problem.of, x, grid, folds, 1)
    fitting, (row, _) = cpu(fit_pixels, problem, flux, ivar)
    ours = setup / len(wavelength) + fitting / size
    noise = np.argsort(row["cv_mse"] / row["scale"] ** 2)
    some = noise[np.linspace(0, size - 1, options.compared).astype(int)]
    rows = []
    for p in some:
        stars = good[:, p]
        grams = [rbf(x[stars], x[stars], gamma) for gamma in grid["gamma"]]
        fold = problem.fold[stars]
        search, found = cpu(grid_search, x[stars], y[stars, p], fold, grid)
        shared, same = cpu(shared_gram, grams, y[stars, p], fold, grid)
        chosen = {name: float(row[name][p]) for name in grid}
        rows.append(
            {
                "wavelength": wavelength[group[p]],
                "cv_r2": 1 - row["cv_mse"][p] / row["scale"][p] ** 2,
                "ours": ours,
                "grid_search": search,
                "shared_gram": shared,
                "same": found == chosen and same == chosen,
            }
        )
        print(rows[-1], flush=True)
    table = Table(rows)
    report(table, len(labels), size, rates(problem, y, good))
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        table.write(options.folder / "training.ecsv", overwrite=True)
        draw(table).savefig(options.folder / "training.png", dpi=200)


def report(table, stars, size, gflops):
    """Print medians, ratios and rates."""
    table["cv_r2"].info.format = ".3f"
    for name in ("wavelength", "ours", "grid_search", "shared_gram"):
        table[name].info.format = ".2f"
    print("\n".join(table.pformat(max_width=-1)))
    ours = table["ours"][0]
    print(f"{stars} stars; ours: {ours:.3f} CPU s per pixel, in a group of {size}")
    for name in ("grid_search", "shared_gram"):
        ratio = table[name] / ours
        print(
            f"{name}: {np.median(table[name]):.1f} CPU s per pixel (median), "
            f"{np.median(ratio):.0f} times ours (least {ratio.min():.0f})"
        )
    print(
        "float32 GFLOP/s of one core: search over the grid {:.0f}, its products alone "
        "{:.0f}, a large square product {:.0f}".format(*gflops)
    )


@styled
def draw(table):
    """CPU seconds per pixel of the three methods."""
    figure = Figure(figsize=(COLUMN, 2.5), layout="constrained")
    axes = figure.subplots()
    for name, label, marker, colour in (
        ("grid_search", "scikit-learn, GridSearchCV(SVR)", "o", RED),
        ("shared_gram", "scikit-learn, shared Gram matrix", "s", GREY),
        ("ours", "this workflow", "D", BLUE),
    ):
        axes.plot(
            1 - table["cv_r2"], table[name], marker, color=colour, label=label, ms=4
        )
    axes.set(yscale="log", xlim=(0, 1.1), ylim=(0.1, 1000))
    axes.set_xlabel("Cross-validated MSE over variance of the pixel")
    axes.set_ylabel("CPU time per pixel [s]")
    axes.legend(loc="upper left")
    return figure


if __name__ == "__main__":
    main()
