"""Diagnostic: labels from parts of the spectrum."""

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullLocator

from mdwarfs.figures import style
from mdwarfs.interpretation.windows import ALL, ONLY, WITHOUT
from mdwarfs.labels import LABELS

SIDES = (
    (WITHOUT, "maximum posterior without the window"),
    (ONLY, "maximum posterior from the window alone"),
)


@style.styled
def draw(table: Table) -> Figure:
    """Bias and scatter of the labels without each window, and from it alone.

    Parameters
    ----------
    table
        From `mdwarfs.interpretation.windows.table`.
    """
    labels = [name for name in LABELS if name in table["label"]]
    figure = style.new(style.PAGE, 1.3 * len(labels) + 0.8)
    rows = figure.subplots(len(labels), 2, sharex=True, squeeze=False)
    for axes, label in zip(rows, labels):
        part = table[table["label"] == label]
        for right, (kind, title) in enumerate(SIDES):
            _one(axes[right], part, kind)
            if label == labels[0]:
                axes[right].set_title(title)
        axes[0].set_ylabel(style.with_unit(style.symbol(label), label))
    for axes in rows[-1]:
        axes.set_xlabel(r"Window in vacuum ($\mathrm{\AA}$)")
    figure.align_ylabels(rows[:, 0])
    figure.legend(
        *rows[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=5
    )
    return figure


def _one(axes, table, kind):
    """The windows of one kind, with what all pixels give as lines."""
    whole = table[table["pixels"] == ALL][0]
    part = table[table["pixels"] == kind]
    middle = (part["wave_min"] + part["wave_max"]) / 2
    axes.axhline(whole["robust_std"], color=style.BLUE, lw=0.8, ls="--")
    axes.axhline(whole["formal"], color=style.GREY, lw=0.8, ls="--")
    axes.axhline(0, color="0.8", lw=0.6)
    axes.plot([], [], color="black", lw=0.8, ls="--", label="all pixels")
    scatter = part["robust_std"] / np.sqrt(2 * np.maximum(part["n"] - 1, 1))
    axes.errorbar(
        middle, part["robust_std"], scatter, fmt="o", ms=4, color=style.BLUE,
        label="robust scatter",
    )  # fmt: skip
    axes.plot(
        middle, part["shift_std"], "s", ms=3.5, mfc="white", color=style.BLUE,
        label="scatter of the change",
    )  # fmt: skip
    axes.plot(middle, part["formal"], "_", ms=9, color=style.GREY, label="formal error")
    axes.errorbar(
        middle, part["bias"], part["e_bias"], fmt="^", ms=4, color=style.RED,
        label="bias (median)",
    )  # fmt: skip
    axes.set_xlim(part["wave_min"][0], part["wave_max"][-1])
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.set_xticks(np.append(part["wave_min"], part["wave_max"][-1]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.margins(y=0.12)
