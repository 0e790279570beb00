"""Experiment: what the errors of the training labels add, against SNR."""

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.figures import panels, style


@style.styled
def draw(table: Table) -> Figure:
    """One panel a label: spread between trainings beside the uncertainties.

    Parameters
    ----------
    table
        As `mdwarfs.validation.label_errors.summarise` makes it.
    """
    labels = list(dict.fromkeys(str(label) for label in table["label"]))
    figure = style.new(style.PAGE, 2.5)
    grid = np.atleast_1d(figure.subplots(1, len(labels)))
    for axes, label in zip(grid, labels):
        rows = table[np.asarray(table["label"]) == label]
        _panel(axes, rows[np.asarray(rows["bin"]) > 0])
        axes.set_title(style.with_unit(style.symbol(label), label))
    grid[0].set_ylabel("Uncertainty")
    handles, names = grid[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=len(names))
    return figure


def _panel(axes, rows):
    for column, name in (("sigma", "calibrated"), ("formal", "formal")):
        colour, marker, line = style.LOOKS[name]
        axes.plot(
            rows["snr"], rows[column], color=colour, marker=marker, ls=line, ms=3,
            label=name,
        )  # fmt: skip
    axes.errorbar(
        rows["snr"], rows["spread"], rows["e_spread"], color="black", fmt="s", ls="--",
        ms=3, elinewidth=0.7,
        label="from the errors of the training labels (maximum posterior)",
    )  # fmt: skip
    axes.set_xlabel("SNR")
    axes.set_ylim(0, None)
    panels.log_snr(axes)
    if len(rows):
        axes.set_xlim(0.75 * min(rows["snr"]), 1.33 * max(rows["snr"]))
