"""Comparison of a label with another source: one column of three panels.

Figures 6, 7 and 8 are rows of such columns: one-to-one above, the difference against
the reference in the middle, the histogram of the differences below.

They show the stars that enter the statistics, chosen by SLAM's own labels: those within
the usable range whose fit converged (`mdwarfs.validation.comparisons`). That cuts
straight across the upper panels, and near its edges the differences are biased: a star
stays where SLAM errs inwards, and is lost where it errs outwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from astropy.table import Table
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from mdwarfs.figures import notes, panels, scales, style
from mdwarfs.labels import LABELS

CELL = 0.4  # side of the cells of densities, in widths of the bins of differences
BOUND = {"color": "black", "lw": 0.7, "ls": ":"}


@dataclass
class Comparison:
    """What one column shows; rows in which a value is missing are dropped.

    Attributes
    ----------
    label
        "feh", "teff" or "logg".
    reference, value : shape (n,)
        Along the x and the y axis of the upper panel.
    difference : shape (n,)
        Of the middle and lower panel.
    snr : shape (n,)
        Signal-to-noise ratio of the spectrum (of a pair: the smaller one).
    names
        Of the reference and the value; and what minus what the difference is.
    least
        Shortest half-axis of the differences, in the unit of the label.
    members
        What is compared: "stars" or "pairs".
    """

    label: str
    reference: np.ndarray
    value: np.ndarray
    difference: np.ndarray
    snr: np.ndarray
    names: tuple[str, str, str]
    least: float
    members: str = "stars"

    @property
    def limits(self) -> tuple[float, float]:
        """Common limits of both axes of the upper panel."""
        return scales.span(np.concatenate([self.reference, self.value]), 2 * self.least)

    @property
    def half(self) -> float:
        """Half the length of the axis of differences."""
        return scales.half_width(self.difference, self.least)


def with_reference(table: Table, label: str, source: str, least: float) -> Comparison:
    """SLAM against another source; the difference is SLAM minus the other.

    Parameters
    ----------
    table
        `snr`, the label, the label with `_ref`, and `used`: the rows that enter the
        statistics are shown.
    source
        Name of the other source, as a subscript.
    least
        Shortest half-axis of the differences.
    """
    table = table[np.asarray(table["used"], bool)]
    value, reference, snr = scales.finite(
        table[label], table[f"{label}_ref"], table["snr"]
    )
    names = (
        style.symbol(label, source),
        style.symbol(label, "SLAM"),
        f"SLAM $-$ {source}",
    )
    return Comparison(label, reference, value, value - reference, snr, names, least)


def start(
    height: float, comparisons: Sequence[Comparison]
) -> tuple[Figure, np.ndarray]:
    """A figure with one column of three panels for each comparison.

    Returns
    -------
    figure
    grid : Axes, shape (3, n)
    """
    figure = style.new(style.PAGE * len(comparisons) / 3, height)
    grid = figure.subplots(3, len(comparisons), squeeze=False, height_ratios=(3, 2, 2))
    for upper, middle, lower, column in zip(*grid, comparisons):
        reference, value, direction = (
            style.with_unit(name, column.label) for name in column.names
        )
        upper.set(xlim=column.limits, ylim=column.limits)
        upper.set(xlabel=reference, ylabel=value)
        middle.set(xlim=column.limits, ylim=(-column.half, column.half))
        middle.set_xlabel(reference)
        middle.set_ylabel(direction, fontsize=7.5)
        difference = rf"$\Delta$ {style.symbol(column.label)}, {direction}"
        lower.set(xlabel=difference, ylabel=column.members.capitalize())
        limits = (-column.half, column.half)
        panels.histogram(lower, column.difference, column.label, limits, column.members)
        for axes in (upper, middle, lower):
            panels.few_ticks(axes)
        if len(column.value) == 1:
            notes.no_stars(middle, "one star: nothing follows from it")
        if len(column.value):
            notes.count_beyond(upper, column.reference, column.value)
            notes.count_beyond(middle, column.reference, column.difference)
            notes.slope(middle, column.reference, column.difference)
        else:
            notes.no_stars(upper)
            notes.no_stars(middle)
    return figure, grid


def coloured_by_snr(
    height: float, comparisons: Sequence[Comparison], width: float
) -> Figure:
    """Columns whose points are coloured by the signal-to-noise ratio (Figure 6).

    Parameters
    ----------
    height
        Of the figure [inch].
    width
        Width of the bins of the residuals, in the unit of the label.
    """
    figure, grid = start(height, comparisons)
    ratios = [column.snr for column in comparisons]
    norm = scales.snr_norm(*ratios)
    for upper, middle, column in zip(*grid[:2], comparisons):
        panels.identity(upper)
        panels.zero(middle)
        colour = column.snr, norm, style.BLUE_TO_RED
        drawn = panels.points(upper, column.reference, column.value, *colour)
        panels.points(middle, column.reference, column.difference, *colour)
        _medians(middle, column, width)
    arrows = scales.arrows(norm, *ratios)
    panels.log_bar(figure, drawn, grid[:2], "SNR of the spectrum", arrows)
    return figure


def as_density(
    height: float,
    comparisons: list[Comparison],
    width: float,
    usable: tuple[float, float],
) -> Figure:
    """Columns of two-dimensional densities with binned residuals (Figures 7, 8).

    Parameters
    ----------
    height
        Of the figure [inch].
    width
        Width of the bins of the residuals, in the unit of the label. Cells of the
        density are smaller, and the same in every panel.
    usable
        SLAM's labels that are compared: (low, high).
    """
    figure, grid = start(height, comparisons)
    norm = LogNorm(1, 2)
    side, unit = CELL * width, LABELS[comparisons[0].label].unit
    drawn = []
    for upper, middle, column in zip(*grid[:2], comparisons):
        panels.identity(upper, style.RED)
        panels.zero(middle, style.RED)
        limits, half = column.limits, column.half
        drawn += [
            panels.cells(
                upper, column.reference, column.value, limits, limits, side,
                (usable[0], usable[0]), norm,
            ),
            panels.cells(
                middle, column.reference, column.difference, limits, (-half, half),
                side, (usable[0], 0.0), norm,
            ),
        ]  # fmt: skip
        for bound in usable:
            upper.axhline(bound, **BOUND)
            middle.axline((bound, 0), slope=-1, **BOUND)
        notes.above(upper, "dotted: usable range")
        _medians(middle, column, width)
    norm.vmax = max(2.0, *(np.nanmax(mesh.get_array().filled(0)) for mesh in drawn))
    panels.log_bar(
        figure,
        drawn[0],
        grid[:2],
        f"Stars per cell of {side:g} \u00d7 {side:g} {unit}",
    )
    return figure


def _medians(axes, column, width):
    """Median and standard deviation of the differences in bins of the reference."""
    centre, median, std = scales.binned(column.reference, column.difference, width)
    axes.errorbar(
        centre, median, std, fmt="o", ms=4, mfc="white", mec="black", mew=0.8,
        ecolor="black", elinewidth=1.0, capsize=0, zorder=4,
    )  # fmt: skip
