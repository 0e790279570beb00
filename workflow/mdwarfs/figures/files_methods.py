"""All methods on the same stars: how much the labels of each scatter."""

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mdwarfs.figures import notes, panels, style
from mdwarfs.method_names import HYBRID, MEAN, SLAM

LINES = {MEAN: "mean of the\ntraining labels"}  # of names too long for one
SPREADS = ("std", "robust_std")
HEIGHT = 0.2  # of the line of a method [inch]
ROOM = 1.12  # on the right of the largest scatter


@style.styled
def draw(table: Table) -> Figure:
    """One panel a label: a line of two points for each method.

    Parameters
    ----------
    table
        From `mdwarfs.validation.methods.compare_methods`.
    """
    labels = list(dict.fromkeys(str(x) for x in table["label"]))
    rows, columns = panels.arranged(max(len(labels), 1))
    names = list(dict.fromkeys(str(x) for x in table["method"]))
    height = HEIGHT * max(len(names), 3) + 0.6
    figure = style.new(panels.width(max(columns, 2)), height * rows + 0.45)
    grid = figure.subplots(rows, columns, squeeze=False, sharey=True)
    for axes, label in zip(grid.flat, labels):
        _panel(axes, table[np.asarray(table["label"]) == label], label)
    for axes in grid.flat[len(labels) :]:
        axes.remove()
    grid[0, 0].set_yticks(range(len(names)), [LINES.get(x, x) for x in names])
    grid[0, 0].set_ylim(len(names) - 0.4, -0.6)
    for axes in grid.flat:
        axes.tick_params(axis="y", which="both", left=False, right=False)
        axes.set_yticks([], minor=True)
    if labels:
        handles, words = grid[0, 0].get_legend_handles_labels()
        figure.legend(handles, words, loc="outside lower center", ncols=len(words))
    else:
        notes.no_stars(grid[0, 0])
    return figure


def _panel(axes, rows, label):
    names = [str(x) for x in rows["method"]]
    by = {str(row["method"]): row for row in rows}
    place = np.arange(len(names))
    for column, marker, hue, face, what in (
        ("robust_std", "o", style.BLUE, style.BLUE, "1.4826 MAD"),
        ("std", "s", style.GREY, "white", "standard deviation"),
    ):
        value, error = (
            np.array([by[x][name] for x in names], float)
            for name in (column, f"e_{column}")
        )
        axes.errorbar(
            value, place, xerr=error, fmt=marker, ms=4.5, color=hue, mfc=face,
            elinewidth=0.8, label=what, zorder=3,
        )  # fmt: skip
    for name, line in ((SLAM, ":"), (HYBRID, "--")):
        if name in by:
            axes.axvline(by[name]["robust_std"], color=style.BLUE, lw=0.7, ls=line)
    for line in place:
        axes.axhline(line, color="0.9", lw=0.6, zorder=0)
    largest = max(float(np.nanmax(rows[x] + rows[f"e_{x}"])) for x in SPREADS)
    axes.set_xlim(0, ROOM * largest)
    axes.set_xlabel(
        style.with_unit(rf"Scatter of $\Delta$ {style.symbol(label)}", label)
    )
    axes.set_title(f"{rows['n'][0]:,} stars", loc="right", fontsize=7.5, pad=2)
    axes.xaxis.set_major_locator(MaxNLocator(5))
