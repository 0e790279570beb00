"""Diagnostic: SLAM and the hybrid labels against the comparison catalogues."""

import numpy as np
from astropy.table import Table
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mdwarfs.figures import notes, panels, style
from mdwarfs.figures.catalogue_looks import LOOKS, POINTS
from mdwarfs.labels import LABELS

SPREAD = 0.2  # between the methods of a catalogue, in the distance of two catalogues
SIDES = 0.55  # left and right of the outer catalogues, in the same


@style.styled
def draw(table: Table) -> Figure:
    """A column a label: half widths of the differences above, their medians below.

    Parameters
    ----------
    table
        From `mdwarfs.validation.gained_catalogues.gained_catalogues`.
    """
    labels = [x for x in LABELS if x in set(table["label"])]
    columns = max(len(labels), 1)
    figure = style.new(panels.width(columns), 4.6)
    grid = figure.subplots(2, columns, squeeze=False, sharex="col")
    if not labels:
        for axes in grid.flat[1:]:
            axes.remove()
        notes.no_stars(grid[0, 0])
        return figure
    for (upper, lower), label in zip(grid.T, labels):
        own = table[np.asarray(table["label"]) == label]
        names = list(dict.fromkeys(own["name"]))
        _points(upper, own, names, "half_width")
        _points(lower, own, names, "median")
        upper.set_ylim(0, None)
        lower.axhline(0, color=style.GREY, lw=0.6, zorder=0)
        said = rf"$\Delta$ {style.symbol(label)}"
        upper.set_ylabel(style.with_unit(f"Half width, {said}", label))
        lower.set_ylabel(style.with_unit(f"Median, {said}", label))
        lower.set_xlim(-SIDES, len(names) - 1 + SIDES)
        lower.set_xticks(range(len(names)), [_named(own, name) for name in names])
    handles, words = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, words, loc="outside lower center", ncols=len(LOOKS))
    return figure


def _points(axes: Axes, rows: Table, names: list[str], column: str) -> None:
    """The points of all methods, side by side at each catalogue."""
    for number, (method, look) in enumerate(LOOKS.items()):
        own = rows[np.asarray(rows["method"]) == method]
        place = [names.index(name) for name in own["name"]]
        shift = SPREAD * (number - (len(LOOKS) - 1) / 2)
        axes.errorbar(
            np.array(place) + shift, own[column], own[f"e_{column}"],
            **{"label": method} | POINTS | look | {"ls": ""},
        )  # fmt: skip
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.minorticks_off()
    axes.tick_params(axis="x", which="both", length=0)


def _named(rows: Table, name: str) -> str:
    """A catalogue and its stars, as it stands below its points."""
    own = rows[np.asarray(rows["name"]) == name]
    first, _, year = name.replace(" wide binaries", " pairs").partition(" (")
    lines = [own["comparison"][0], first.replace(" et al.", "+"), year.rstrip(")")]
    return "\n".join([*filter(None, lines), f"({max(own['n']):,})"])
