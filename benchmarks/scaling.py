"""How the CPU time of the training grows with stars, pixels and grid points.

The stars are drawn anew from the spectra of the run's model, so that there may be more
of them than the run has: labels of training stars with a jitter, and noise of the
training spectra's signal-to-noise. Each number is varied while the others are the
middle ones and the default grid. Times are CPU seconds of one BLAS thread.
"""

import command
import numpy as np
import training_set
from astropy.table import Table
from threadpoolctl import threadpool_limits

from mdwarfs.figures import style
from mdwarfs.slam.model import SupportVectors
from mdwarfs.slam.train.pixels import fit_pixels
from mdwarfs.slam.train.problem import Problem

COLUMNS = {
    "stars": ("", "Training stars"),
    "pixels": ("", "Pixels that are solved together"),
    "grid_points": ("", "Combinations of C, epsilon and gamma"),
    "shared": ("s", "CPU time of what all pixels of a model share"),
    "share": ("s", "The same, per pixel of the run's model"),
    "per_pixel": ("s", "CPU time of each pixel"),
}
GRIDS = (
    {"C": [1.0], "epsilon": [0.1], "gamma": [0.03]},
    {"C": [0.1, 1.0, 10.0], "epsilon": [0.1], "gamma": [0.01, 0.03, 0.1]},
    {"C": [0.1, 1.0, 10.0], "epsilon": [0.05, 0.1, 0.2], "gamma": [0.01, 0.03, 0.1]},
)  # and the default grid
JITTER = 0.1  # of the labels, in standard deviations
AXES = {
    "stars": ("Training stars", 2, "with the square"),
    "pixels": ("Pixels solved together", 0, "constant"),
    "grid_points": ("Grid points", 1, "in proportion"),
}


def draw_stars(model, snr, number, rng):
    """Labels, flux and ivar of stars like the training stars."""
    labels = model.labels[rng.integers(len(model.labels), size=number)]
    labels = labels + JITTER * rng.normal(size=labels.shape) * model.labels.std(0)
    flux = model.spectral_model().spectra(labels)
    noise = 1 / rng.choice(snr, (number, 1))
    return labels, flux + noise * rng.normal(size=flux.shape), noise**-2 + 0 * flux


def measure(sample, folds, stars, pixels, grid):
    """CPU seconds of what all pixels share, and of the pixels."""
    labels, flux, ivar = (part[:stars] for part in sample)
    chosen = np.linspace(0, flux.shape[1] - 1, pixels).astype(int)
    x, _, _ = training_set.standardised(labels, flux[:, :1], ivar[:, :1])
    shared, problem = command.cpu(Problem.of, x, grid, folds, 1)
    fitting, _ = command.cpu(fit_pixels, problem, flux[:, chosen], ivar[:, chosen])
    return {
        "stars": stars,
        "pixels": pixels,
        "grid_points": int(np.prod([len(values) for values in grid.values()])),
        "shared": shared,
        "share": shared / flux.shape[1],
        "per_pixel": fitting / pixels,
    }


def middle(numbers):
    """The one in the middle of some ascending numbers, the upper one of two."""
    return numbers[len(numbers) // 2]


@style.styled
def draw(table):
    """CPU time per pixel against stars, pixels solved together, and grid points."""
    figure = style.new(style.PAGE, 2.3)
    usual = table.meta["USUAL"]
    panels = figure.subplots(1, 3, sharey=True)
    for axes, (name, (label, power, law)) in zip(panels, AXES.items()):
        others = [other for other in usual if other != name]
        rows = table[np.all([table[o] == usual[o] for o in others], axis=0)]
        rows.sort(name)
        numbers, last = rows[name], rows[-1]
        slope = last["per_pixel"] * (numbers / last[name]) ** power
        axes.plot(numbers, rows["per_pixel"], "o-", color=style.BLUE, ms=4)
        axes.plot(numbers, rows["share"], "s:", color=style.GREY, ms=3)
        axes.plot(numbers, slope, "--", color=style.RED, lw=0.8, label=law)
        axes.set(xscale="log", yscale="log", xlabel=label)
        axes.set_xticks(numbers, [str(number) for number in numbers])
        axes.set_xticks([], minor=True)
        axes.legend(loc="upper left")
    low, high = axes.get_ylim()
    panels[0].set_ylim(low / 2, 5 * high)  # room for the text and the legends
    panels[0].set_ylabel("CPU time per pixel (s)")
    for line, text in zip(panels[1].lines, ("each pixel", "its share of the set-up")):
        panels[1].annotate(
            text, (0.5, np.median(line.get_ydata())), (0, -4),
            xycoords=("axes fraction", "data"), textcoords="offset points",
            ha="center", va="top", color=line.get_color(), fontsize=7.5,
        )  # fmt: skip
    return figure


@threadpool_limits.wrap(limits=1)
def main(arguments=None):
    parser = command.parser(__doc__)
    parser.add_argument("--stars", type=int, nargs="+", default=[435, 870, 1740])
    parser.add_argument("--pixels", type=int, nargs="+", default=[16, 32, 64, 128])
    options = parser.parse_args(arguments)
    settings = training_set.default_settings()
    model = SupportVectors.read(options.run / "slam" / "model.fits")
    _, spectra = training_set.read(options.run)
    snr = np.sqrt(np.median(spectra.ivar, axis=1))
    snr = snr[snr > 0]
    rng = np.random.default_rng(1)
    sample = draw_stars(model, snr, max(options.stars), rng)
    usual = {
        "stars": middle(options.stars),
        "pixels": middle(options.pixels),
        "grid": settings["grid"],
    }
    cases = [
        *({"stars": stars} for stars in options.stars),
        *({"pixels": number} for number in options.pixels if number != usual["pixels"]),
        *({"grid": grid} for grid in GRIDS),
    ]
    small = min(options.stars), min(options.pixels), GRIDS[0]
    measure(sample, settings["folds"], *small)  # warms up
    table = Table(
        [measure(sample, settings["folds"], **(usual | case)) for case in cases]
    )
    usual["grid_points"] = max(table["grid_points"])
    table.meta["USUAL"] = {name: int(usual[name]) for name in AXES}
    command.show(table)
    stamp = command.stamp_of(options.run) | {"simulated": True}
    command.write(options, "scaling", table, COLUMNS, stamp, draw)


if __name__ == "__main__":
    main()
