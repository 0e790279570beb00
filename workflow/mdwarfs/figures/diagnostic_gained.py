"""Diagnostic: how much less the hybrid labels are off than SLAM's, by SNR and label."""

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mdwarfs.figures import panels, style
from mdwarfs.labels import LABELS
from mdwarfs.validation.gained import FLAT, HYBRID, REFERENCES, SLAM, TRUTH

LOOKS = {
    SLAM: {"color": style.GREY, "marker": "s", "ls": "--"},
    HYBRID: {"color": style.BLUE, "marker": "o", "ls": "-"},
    FLAT: {"color": style.RED, "marker": "D", "ls": ":", "mfc": "white"},
}
CALLED = {FLAT: f"{FLAT} (of the stars that it leaves labels)"}
SPREAD = 0.03  # between the methods of a bin, in the logarithm of SNR
HEADROOM = 1.28  # above the largest half width, for what is said of all stars
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
        From `mdwarfs.validation.gained.gained`.
    """
    shown = [x for x in LABELS if x in set(table["label"])]
    known = [x for x in TITLES if x in set(table["against"])]
    rows, columns = max(len(shown), 1), max(len(known), 1)
    if len(known) == 1:  # the labels of one comparison share rows
        rows, columns = panels.arranged(rows)
    figure = style.new(panels.width(columns), 1.7 * rows + 0.5)
    grid = figure.subplots(rows, columns, squeeze=False)
    pairs = [(against, label) for label in shown for against in known]
    for axes, (against, label) in zip(grid.flat, pairs):
        own = (table["against"] == against) & (table["label"] == label)
        _panel(axes, table[np.asarray(own)], label)
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
    figure.legend(handles, words, loc="outside lower center", ncols=len(words))
    return figure


def _panel(axes, rows, label):
    """One label: a line of points for each method, and in words what is gained."""
    rows = rows[np.isfinite(np.asarray(rows["half_width"], float))]
    binned = rows[np.asarray(rows["bin"]) > 0]
    for place, (method, look) in enumerate(LOOKS.items()):
        own = binned[np.asarray(binned["method"]) == method]
        shift = np.exp(SPREAD * (place - 1))
        axes.errorbar(
            np.asarray(own["snr"]) * shift, own["half_width"], own["e_half_width"],
            ms=3.8, lw=0.9, elinewidth=0.7, label=CALLED.get(method, method), **look,
        )  # fmt: skip
    axes.set_ylabel(
        style.with_unit(rf"Half width, $\Delta$ {style.symbol(label)}", label)
    )
    if not len(binned):
        panels.no_stars(axes)
        return
    snr = np.asarray(binned["snr"], float)
    panels.log_snr(axes, 0.8 * snr.min(), 1.25 * snr.max())
    highest = np.max(np.asarray(binned["half_width"] + binned["e_half_width"], float))
    axes.set_ylim(0, HEADROOM * highest)
    axes.yaxis.set_major_locator(MaxNLocator(5))
    panels.note(axes, said(rows), "upper right")


def said(rows: Table) -> str:
    """Of all stars of a label, by how much the hybrid labels are less off.

    Parameters
    ----------
    rows
        Of one label, against one of what is known.
    """
    whole = rows[np.asarray(rows["bin"]) == 0]
    width = {str(x["method"]): float(x["half_width"]) for x in whole}
    if not {SLAM, HYBRID} <= set(width):
        return ""
    change = 100 * (width[HYBRID] / width[SLAM] - 1)
    text = f"{abs(change):.0f} % {'less' if change < 0 else 'more'} than SLAM"
    return f"hybrid: {text} ({max(whole['n']):,} stars)"
