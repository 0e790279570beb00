"""How the CPU time of the training grows with stars, pixels and grid points.

    python benchmarks/scaling.py [--run results/simulated] [folder]

The stars are drawn anew from the spectra of the run's model, so that there may be more
of them than the run has: labels of training stars with a jitter, and noise of the
training spectra's signal-to-noise. One BLAS thread; the folder gets table and plot.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import training_set
from astropy.table import Table
from matplotlib.figure import Figure
from threadpoolctl import threadpool_limits

from mdwarfs.figures.style import BLUE, GREY, PAGE, RED, styled
from mdwarfs.slam.model import Slam
from mdwarfs.slam.pixels import fit_pixels
from mdwarfs.slam.training import Problem

STARS = (435, 870, 1740)
PIXELS = (16, 32, 64, 128)
GRIDS = (
    {"C": [1.0], "epsilon": [0.1], "gamma": [0.03]},
    {"C": [0.1, 1.0, 10.0], "epsilon": [0.1], "gamma": [0.01, 0.03, 0.1]},
    {"C": [0.1, 1.0, 10.0], "epsilon": [0.05, 0.1, 0.2], "gamma": [0.01, 0.03, 0.1]},
    None,  # the default grid
)
JITTER = 0.1  # of the labels, in standard deviations
LAWS = {0: "constant", 1: "in proportion", 2: "with the square"}
USUAL = {"stars": 870, "pixels": 64, "grid": None}


def draw_stars(model, snr, number, rng):
    """Labels, flux and ivar of stars like the training stars."""
    labels = model.labels[rng.integers(len(model.labels), size=number)]
    labels = labels + JITTER * rng.normal(size=labels.shape) * model.labels.std(0)
    flux = model.spectra(labels)
    noise = 1 / rng.choice(snr, (number, 1))
    return labels, flux + noise * rng.normal(size=flux.shape), noise**-2 + 0 * flux


def measure(sample, settings, stars, pixels, grid):
    """CPU seconds of what all pixels share, and of the pixels."""
    labels, flux, ivar = (part[:stars] for part in sample)
    chosen = np.linspace(0, flux.shape[1] - 1, pixels).astype(int)
    x, _, _ = training_set.standardised(labels, flux[:, :1], ivar[:, :1])
    grid = grid or settings["grid"]
    start = time.process_time()
    problem = Problem.of(x, grid, settings["folds"], 1)
    ready = time.process_time()
    fit_pixels(problem, flux[:, chosen], ivar[:, chosen])
    done = time.process_time()
    return {
        "stars": stars,
        "pixels": pixels,
        "grid_points": int(np.prod([len(values) for values in grid.values()])),
        "shared": ready - start,
        "per_pixel": (done - ready) / pixels,
    }


@threadpool_limits.wrap(limits=1)
def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    training_set.add_argument(parser)
    parser.add_argument("folder", type=Path, nargs="?")
    options = parser.parse_args()
    model = Slam.read(options.run / "slam" / "model.fits")
    _, _, ivar, _ = training_set.read(options.run)
    settings = training_set.default_settings()
    rng = np.random.default_rng(1)
    sample = draw_stars(model, np.sqrt(np.median(ivar, axis=1)), max(STARS), rng)
    cases = [
        *({"stars": stars} for stars in STARS),
        *({"pixels": pixels} for pixels in PIXELS if pixels != USUAL["pixels"]),
        *({"grid": grid} for grid in GRIDS if grid),
    ]
    measure(sample, settings, 435, 16, GRIDS[0])  # warms up
    table = Table([measure(sample, settings, **(USUAL | case)) for case in cases])
    for name in ("shared", "per_pixel"):
        table[name].info.format = ".3f"
    print("CPU seconds that all pixels share, and of each pixel")
    print("\n".join(table.pformat()))
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        table.write(options.folder / "scaling.ecsv", overwrite=True)
        draw(table).savefig(options.folder / "scaling.png", dpi=200)


@styled
def draw(table):
    """CPU time per pixel against stars, pixels solved together, and grid points."""
    figure = Figure(figsize=(PAGE, 2.3), layout="constrained")
    usual = {"stars": 870, "pixels": 64, "grid_points": table["grid_points"].max()}
    for axes, (name, label, power) in zip(
        figure.subplots(1, 3, sharey=True),
        (
            ("stars", "Training stars", 2),
            ("pixels", "Pixels of a job", 0),
            ("grid_points", "Grid points", 1),
        ),
    ):
        others = [other for other in usual if other != name]
        rows = table[np.all([table[o] == usual[o] for o in others], axis=0)]
        rows.sort(name)
        axes.plot(rows[name], rows["per_pixel"], "o-", color=BLUE, ms=4, label="pixel")
        share = rows["shared"] / 1740
        axes.plot(rows[name], share, "s:", color=GREY, ms=3, label="share of the setup")
        last = rows[-1]
        law = last["per_pixel"] * (rows[name] / last[name]) ** power
        axes.plot(rows[name], law, "--", color=RED, lw=0.8, label=LAWS[power])
        axes.set(xscale="log", yscale="log", xlabel=label)
        axes.set_xticks(rows[name], [str(value) for value in rows[name]])
        axes.set_xticks([], minor=True)
        axes.legend()
    figure.axes[0].set_ylabel("CPU time per pixel [s]")
    return figure


if __name__ == "__main__":
    main()
