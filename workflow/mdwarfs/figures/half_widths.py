"""Half widths of differences by SNR: a panel per label, against references and truth.

For the tables of `mdwarfs.validation.gained` and `mdwarfs.validation.methods_by_snr`.
"""

from collections.abc import Callable

import numpy as np
from astropy.table import Table
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mdwarfs.figures import notes, panels, style
from mdwarfs.labels import LABELS
from mdwarfs.validation.half_width import REFERENCES, TRUTH

TITLES = {
    REFERENCES: "Against reference labels, stars not trained on",
    TRUTH: "Against the simulated truth, all unseen stars",
}
ROOM = 1.25  # by which the axis of SNR is longer than the points, as a factor


def sheet(
    table: Table,
    panel: Callable[[Axes, Table, str], None],
    size: Callable[[int, int], tuple[float, float]],
    ncols: int,
) -> Figure:
    """Lay out a figure: a row a label, a column for each of what is known.

    Parameters
    ----------
    table
        With columns `against` and `label`.
    panel
        Draws the rows of one panel, of a label.
    size
        Width and height of the figure [inch] of so many rows and columns.
    ncols
        Columns of the legend.
    """
    shown = [x for x in LABELS if x in set(table["label"])]
    known = [x for x in TITLES if x in set(table["against"])]
    rows, columns = max(len(shown), 1), max(len(known), 1)
    if columns == 1:  # the labels of one comparison share rows
        rows, columns = panels.arranged(rows)
    figure = style.new(*size(rows, columns))
    grid = figure.subplots(rows, columns, squeeze=False)
    pairs = [(against, label) for label in shown for against in known]
    for axes, (against, label) in zip(grid.flat, pairs):
        own = (table["against"] == against) & (table["label"] == label)
        panel(axes, table[np.asarray(own)], label)
    for axes in grid.flat[max(len(pairs), 1) :]:
        axes.remove()
    if not pairs:
        notes.no_stars(grid[0, 0])
        return figure
    for axes in figure.axes[-columns:]:
        axes.set_xlabel("SNR of the spectrum")
    if len(known) == 1:
        grid[0, 0].set_title(TITLES[known[0]], loc="left")
    else:
        for axes, against in zip(grid[0], known):
            axes.set_title(TITLES[against])
    handles, words = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, words, loc="outside lower center", ncols=ncols)
    return figure


def lines(
    axes: Axes, rows: Table, label: str, looks: dict[str, dict], spread: float
) -> Table:
    """Draw a line of points for each method, and name the axis.

    Parameters
    ----------
    rows
        Of one panel.
    looks
        Of the lines, by method; the name of the method is its label, if they have none.
    spread
        Between the methods of a bin, in the logarithm of SNR.

    Returns
    -------
    binned
        The rows that were drawn.
    """
    width = np.asarray(rows["half_width"], float)
    binned = rows[np.isfinite(width) & (np.asarray(rows["bin"]) > 0)]
    for place, (method, look) in enumerate(looks.items()):
        own = binned[np.asarray(binned["method"]) == method]
        shift = np.exp(spread * (place - (len(looks) - 1) / 2))
        axes.errorbar(
            np.asarray(own["snr"]) * shift, own["half_width"], own["e_half_width"],
            **{"label": method, **look},
        )  # fmt: skip
    axes.set_ylabel(
        style.with_unit(rf"Half width, $\Delta$ {style.symbol(label)}", label)
    )
    if len(binned):
        snr = np.asarray(binned["snr"], float)
        panels.log_snr(axes, snr.min() / ROOM, snr.max() * ROOM)
    else:
        notes.no_stars(axes)
    return binned
