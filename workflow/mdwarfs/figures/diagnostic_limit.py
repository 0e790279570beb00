"""Diagnostic: errors of labels beside the smallest that spectra and noise allow."""

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from mdwarfs.figures import notes, panels, style
from mdwarfs.labels import LABELS
from mdwarfs.method_names import HYBRID, SLAM
from mdwarfs.validation.half_width import OF_LIMIT

POINTS = {
    SLAM: {"color": style.GREY, "marker": "s", "ls": "--"},
    HYBRID: {"color": style.BLUE, "marker": "o", "ls": "-"},
}
BOUNDS = {
    "bound": {"color": "black", "ls": "-", "label": "bound without bias"},
    "bound_prior": {
        "color": style.RED, "ls": ":", "label": "bound, knowing the population",
    },
}  # fmt: skip
ROOM, ABOVE = 1.25, 4.5
"""By which the axes are longer than what is drawn: of SNR, and for what is said."""


@style.styled
def draw(table: Table) -> Figure:
    """A panel a label: half widths by method, and the two bounds.

    Parameters
    ----------
    table
        From `mdwarfs.recovery.limit.distances`.
    """
    shown = [name for name in LABELS if name in set(table["label"])]
    rows, columns = panels.arranged(max(len(shown), 1))
    figure = style.new(panels.width(columns), 1.9 * rows + 0.5)
    grid = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axes, name in zip(grid, shown):
        _panel(axes, table[np.asarray(table["label"]) == name], name)
    for axes in grid[max(len(shown), 1) :]:
        axes.remove()
    if not shown:
        notes.no_stars(grid[0])
    figure.axes[0].set_title("Sound simulated stars that no model has seen", loc="left")
    for axes in figure.axes[-columns:]:
        axes.set_xlabel("SNR of the spectrum")
    handles, words = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, words, loc="outside lower center", ncols=4)
    return figure


def _panel(axes, rows, name):
    """One label."""
    whole = _of_range(rows)
    known = np.isfinite(np.asarray(rows["half_width"], float))
    binned = rows[known & ~whole]
    for method, look in POINTS.items():
        own = binned[np.asarray(binned["method"]) == method]
        error = 0.93 * own["half_width"] / np.sqrt(own["n"])
        axes.errorbar(
            own["snr"], own["half_width"], error,
            label=method, ms=3.8, lw=0.9, elinewidth=0.7, **look,
        )  # fmt: skip
    own = binned[np.asarray(binned["method"]) == SLAM]
    for column, look in BOUNDS.items():
        axes.plot(own["snr"], own[column], lw=1.2, **look)
    axes.set_ylabel(
        style.with_unit(rf"Half width, $\Delta$ {style.symbol(name)}", name)
    )
    if not len(binned):
        notes.no_stars(axes)
        return
    snr = np.asarray(binned["snr"], float)
    panels.log_snr(axes, snr.min() / ROOM, snr.max() * ROOM)
    axes.set_yscale("log")
    values = np.concatenate(
        [np.asarray(binned[x], float) for x in ("half_width", *BOUNDS)]
    )
    axes.set_ylim(np.nanmin(values) / ROOM, np.nanmax(values) * ABOVE)
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    notes.note(axes, said(rows[known & whole]), "upper right")


def _of_range(rows):
    """Rows of the stars that the distance is stated of."""
    low, high = (np.asarray(rows[x], float) for x in ("snr_low", "snr_high"))
    return (low == OF_LIMIT[0]) & (high == OF_LIMIT[1])


def said(rows: Table) -> str:
    """The distances, in words.

    Parameters
    ----------
    rows
        Of one label and `OF_LIMIT`, one per method.
    """
    lines = [
        f"{row['method']}: {row['ratio']:.2f}, {row['ratio_prior']:.2f}" for row in rows
    ]
    return (
        "\n".join([f"SNR {OF_LIMIT[0]:g} to {OF_LIMIT[1]:g}, over both bounds", *lines])
        if lines
        else ""
    )
