"""Differences of labels against SNR, with their median and scatter in bins of SNR.

The figures of the two weightings, of the released labels, of two data releases and of
the value-added catalogues are such figures.
"""

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.figures import notes, panels, scales, style
from mdwarfs.labels import LABELS


@style.styled
def draw(
    differences: dict[str, np.ndarray],
    snr: np.ndarray,
    statistics: Table,
    title: str,
    headroom: float = 1.0,
) -> Figure:
    """A row of two panels a label: each star on the left, scatter on the right.

    Parameters
    ----------
    differences : each of shape (n,)
        By label.
    snr : shape (n,)
    statistics
        Of these stars, with the columns of `mdwarfs.validation.by_snr`.
    title
        What minus what.
    headroom
        Factor by which the first axis of the scatter is longer than it had to be, for
        the legend.
    """
    snr = np.asarray(snr, float)
    shown = [label for label in LABELS if label in differences]
    figure = style.new(style.PAGE, 1.45 * len(shown) + 0.5)
    grid = figure.subplots(
        len(shown), 2, sharex=True, squeeze=False, width_ratios=(3, 2)
    )
    figure.suptitle(title, fontsize=8.5)
    for pair, label in zip(grid, shown):
        own = statistics[
            (np.asarray(statistics["label"]) == label)
            & (np.asarray(statistics["bin"]) > 0)
            & (np.asarray(statistics["n"]) > 1)
        ]
        _stars(pair[0], *scales.finite(snr, differences[label]), own, label)
        _spread(pair[1], own, label)
    positive = snr[snr > 0]
    limits = (0.9 * positive.min(), 1.1 * positive.max()) if positive.size else (1, 100)
    for axes in grid[-1]:
        axes.set_xlabel("SNR of the spectrum")
    for axes in grid.flat:
        panels.log_snr(axes)
        axes.set_xlim(limits)
    grid[0, 1].set_ylim(0, headroom * grid[0, 1].get_ylim()[1])
    grid[0, 1].legend(loc="upper right")
    for column in grid.T:
        figure.align_ylabels(column)
    return figure


def _stars(axes, snr, difference, bins, label):
    half = scales.half_width(difference, LABELS[label].visible)
    axes.plot(
        snr, difference, ".", ms=2, color=style.BLUE, alpha=0.35, mew=0,
        rasterized=len(snr) > panels.RASTER,
    )  # fmt: skip
    panels.zero(axes)
    axes.errorbar(
        bins["snr"], bins["robust_bias"], bins["robust_scatter"], fmt="o", ms=4,
        mfc="white", mec="black", ecolor="black", elinewidth=1.0, zorder=4,
    )  # fmt: skip
    axes.set_ylim(-half, half)
    axes.set_ylabel(style.with_unit(rf"$\Delta$ {style.symbol(label)}", label))
    inside = snr > 0
    notes.count_beyond(axes, snr[inside], difference[inside])


def _spread(axes, bins, label):
    axes.errorbar(
        bins["snr"], bins["scatter"], bins["e_scatter"], fmt="s-", ms=3.5,
        color=style.RED, elinewidth=0.6, label="standard deviation",
    )  # fmt: skip
    axes.plot(
        bins["snr"], bins["robust_scatter"], "o--", ms=3.5, color="black",
        label="robust",
    )  # fmt: skip
    axes.set_ylim(0, 1.06 * axes.get_ylim()[1])  # or the highest mark is on the edge
    axes.set_ylabel(
        style.with_unit(rf"Scatter of $\Delta$ {style.symbol(label)}", label)
    )
