"""Experiment: how far off the labels of every method are, by SNR and label."""

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from mdwarfs.figures import panels, style
from mdwarfs.labels import LABELS
from mdwarfs.methods.names import HYBRID, MEAN, SLAM
from mdwarfs.validation.gained import REFERENCES, TRUTH

FIRST = {
    SLAM: {"color": style.RED, "marker": "s", "lw": 1.5, "ms": 4, "zorder": 5},
    HYBRID: {"color": "black", "marker": "o", "lw": 1.8, "ms": 4, "zorder": 6},
    MEAN: {"color": style.GREY, "marker": "", "ls": ":", "lw": 1.2},
}
# Paul Tol's muted colours for all others, in the order of the table.
HUES = (
    "#332288", "#117733", "#44AA99", "#999933", "#DDCC77", "#AA4499", "#88CCEE",
    "#882255",
)  # fmt: skip
MARKS = "D^vP*Xh<"
SPREAD = 0.018  # between the methods of a bin, in the logarithm of SNR
TITLES = {
    REFERENCES: "Against reference labels, stars not trained on",
    TRUTH: "Against the simulated truth, all unseen stars",
}


@style.styled
def draw(table: Table) -> Figure:
    """A row a label: half widths of the differences, against each of what is known.

    Parameters
    ----------
    table
        From `mdwarfs.validation.methods_by_snr.methods_by_snr`.
    """
    shown = [x for x in LABELS if x in set(table["label"])]
    known = [x for x in TITLES if x in set(table["against"])]
    methods = list(dict.fromkeys(str(x) for x in table["method"]))
    rows, columns = max(len(shown), 1), max(len(known), 1)
    if columns == 1:  # the labels of one comparison share rows
        rows, columns = panels.arranged(rows)
    figure = style.new(style.PAGE, 1.75 * rows + 0.7)
    grid = figure.subplots(rows, columns, squeeze=False)
    pairs = [(against, label) for label in shown for against in known]
    looks = _looks(methods)
    for axes, (against, label) in zip(grid.flat, pairs):
        own = (table["against"] == against) & (table["label"] == label)
        _panel(axes, table[np.asarray(own)], label, looks)
    for axes in grid.flat[max(len(pairs), 1) :]:
        axes.remove()
    if not pairs:
        panels.no_stars(grid[0, 0])
        return figure
    for axes in figure.axes[-columns:]:
        axes.set_xlabel("SNR of the spectrum")
    if len(known) == 1:
        grid[0, 0].set_title(TITLES[known[0]], loc="left")
    else:
        for axes, against in zip(grid[0], known):
            axes.set_title(TITLES[against])
    handles, words = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, words, loc="outside lower center", ncols=4)
    return figure


def _looks(methods):
    """Colour, marker and line of each method, by its name."""
    others = [name for name in methods if name not in FIRST]
    looks = dict(FIRST)
    for place, name in enumerate(others):
        hue, mark = HUES[place % len(HUES)], MARKS[place % len(MARKS)]
        looks[name] = {"color": hue, "marker": mark, "lw": 0.8, "ms": 3.2}
    return {name: looks[name] for name in methods}


def _panel(axes, rows, label, looks):
    """One label: a line of points for each method."""
    rows = rows[np.isfinite(np.asarray(rows["half_width"], float))]
    binned = rows[np.asarray(rows["bin"]) > 0]
    for place, (method, look) in enumerate(looks.items()):
        own = binned[np.asarray(binned["method"]) == method]
        shift = np.exp(SPREAD * (place - (len(looks) - 1) / 2))
        axes.errorbar(
            np.asarray(own["snr"]) * shift, own["half_width"], own["e_half_width"],
            elinewidth=0.5, label=method, **look,
        )  # fmt: skip
    axes.set_ylabel(
        style.with_unit(rf"Half width, $\Delta$ {style.symbol(label)}", label)
    )
    if not len(binned):
        panels.no_stars(axes)
        return
    snr = np.asarray(binned["snr"], float)
    panels.log_snr(axes, 0.75 * snr.min(), 1.33 * snr.max())
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    panels.note(axes, f"{max(rows['n']):,} stars", "upper right")
