"""Experiment: bias and scatter of every variant of the recipe against SNR."""

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from mdwarfs.emulation.recipe import VARIANTS
from mdwarfs.figures import panels, scales, style
from mdwarfs.labels import LABELS
from mdwarfs.method_names import MAP
from mdwarfs.spectra.weighting import ASTRA

MARKS = "sD^vP*Xh"  # of the ingredients
SPREAD = 0.015  # between the variants of a bin, in the logarithm of SNR


@style.styled
def draw(accuracy: Table) -> Figure:
    """A row of two panels a label: bias on the left, scatter on the right.

    Parameters
    ----------
    accuracy
        As `mdwarfs.emulation.accuracy.accuracy` makes it.

    Returns
    -------
    figure
        Robust bias and scatter: the few stars that are very far off do not hide the
        others. In the bias panels, variants stand beside each other.
    """
    shown = [label for label in LABELS if label in accuracy["label"]]
    figure = style.new(style.PAGE, 1.72 * len(shown))
    grid = figure.subplots(len(shown), 2, sharex=True, squeeze=False)
    looks = _looks()
    for pair, label in zip(grid, shown):
        own = accuracy[
            (np.asarray(accuracy["label"]) == label) & (np.asarray(accuracy["bin"]) > 0)
        ]
        _bias(pair[0], own, label, looks)
        _scatter(pair[1], own, label, looks)
    for axes in grid[-1]:
        axes.set_xlabel("SNR of the spectrum")
    (snr,) = scales.finite(accuracy["snr"])
    for axes in grid.flat:
        panels.log_snr(axes)
        axes.set_xlim(0.8 * snr.min(), 1.25 * snr.max())
    for column in grid.T:
        figure.align_ylabels(column)
    handles, names = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=4)
    return figure


def _looks():
    """Colour, marker and style of the line of each variant, by its name."""
    looks = {
        MAP: {"color": "black", "marker": "o", "lw": 1.6, "zorder": 4},
        f"{ASTRA} with ivar": {"color": style.RED, "marker": "o", "ls": "--"},
        ASTRA: {"color": style.RED, "marker": "o", "lw": 1.6, "zorder": 4},
    }
    others = (name for name in VARIANTS if name not in looks)
    for name, hue, mark in zip(others, style.MUTED, MARKS):
        looks[name] = {"color": hue, "marker": mark}
    return {name: {"ms": 3.2, "lw": 0.8, **looks[name]} for name in VARIANTS}


def _lines(accuracy, looks):
    """Rows of each variant, the SNR at which to draw them, and their look."""
    offsets = SPREAD * (np.arange(len(looks)) - (len(looks) - 1) / 2)
    for (name, look), offset in zip(looks.items(), offsets):
        rows = accuracy[np.asarray(accuracy["variant"]) == name]
        yield name, rows, np.asarray(rows["snr"]) * np.exp(offset), look


def _bias(axes, accuracy, label, looks):
    for name, rows, snr, look in _lines(accuracy, looks):
        axes.errorbar(
            snr, rows["robust_bias"], rows["e_robust_bias"], elinewidth=0.5,
            label=name.replace("_", " ").replace("mse", "MSE"), **look,
        )  # fmt: skip
    panels.zero(axes)
    axes.set_ylabel(style.with_unit(f"Bias of {style.symbol(label)}", label))


def _scatter(axes, accuracy, label, looks):
    for _, rows, _, look in _lines(accuracy, looks):
        axes.plot(rows["snr"], rows["robust_scatter"], **look)
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_ylabel(style.with_unit(f"Scatter of {style.symbol(label)}", label))
