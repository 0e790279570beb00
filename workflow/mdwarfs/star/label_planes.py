"""The square of label planes of one star: its posterior, and the training stars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from scipy.ndimage import gaussian_filter

from mdwarfs.figures import style
from mdwarfs.labels import LABELS

if TYPE_CHECKING:
    from mdwarfs.star.figure import Page
    from mdwarfs.star.one import Star

SQUARE = 4.55  # its side [inch]
GAP = 0.07  # between its panels [inch]
LEVELS = 0.95, 0.68  # shares of the draws within the contours
CELLS, SMOOTH = 36, 1.5  # of the contours' grid, a side, and its smoothing [cells]
ROOM = 0.06  # beyond what a panel shows, as a share
INNER_TICKS = {"prune": "both", "steps": [1, 2, 2.5, 5, 10]}
"""Numbers along an axis, none of them at its ends."""
HYBRID, KNOWN = "#009988", "#AA4499"
"""Colours; those of Paul Tol's sets, as in the style."""


def draw(page: Page, star: Star, left: float) -> None:
    """Draw the square: the posterior below the diagonal, the training stars above.

    Parameters
    ----------
    left
        Of the square [inch].
    """
    names = list(star.training.colnames)
    d = len(names)
    side = (SQUARE - GAP * (d - 1)) / d
    near = {row["label"]: _range_of(star, row) for row in star.labels}
    far = {name: _range_of_training(star, name) for name in names}
    page.down(0.3)
    for i, y in enumerate(names):
        for j, x in enumerate(names):
            place = left + j * (side + GAP), i * (side + GAP)
            axes = page.axes(*place, side, side)
            axes.tick_params(labelbottom=False, labelleft=False, labelsize=6, length=2)
            axes.minorticks_off()
            if i == j:
                _one_label(axes, star, i, near[x])
            elif i > j:
                _two_labels(axes, star, j, i, near[x], near[y])
            else:
                _among_training(axes, star, x, y, far[x], far[y])
            for axis in (axes.xaxis, axes.yaxis):
                axis.set_major_locator(MaxNLocator(3, **INNER_TICKS))
            if i == j:
                axes.set_yticks([])
            if i == d - 1:
                _name(axes, "bottom", x, (0.5, -0.25 / side))
            if j == 0 and i > 0:
                _name(axes, "left", y, (-0.3 / side, 0.5))
            if i == 0 and j > 0:
                _name(axes, "top", x, (0.5, 1 + 0.22 / side))
            if j == d - 1 and i < d - 1:
                _name(axes, "right", y, (1 + 0.27 / side, 0.5))


def symbol(label: str) -> str:
    """Symbol of a label; one that is not known, as it is called."""
    return LABELS[label].tex if label in LABELS else label.replace("$", r"\$")


def _name(axes, side, label, place):
    """Write numbers and symbol of a label on one side of a panel."""
    x = side in ("bottom", "top")
    axis, turned = (axes.xaxis, 40) if x else (axes.yaxis, 0)
    look = {f"label{side}": True, "labelrotation": turned, "pad": 1.5}
    axes.tick_params(axis="x" if x else "y", **look)
    axis.set_label_position(side)
    axis.set_label_text(symbol(label), fontsize=7.5)
    axis.set_label_coords(*place)


def _range_of(star, row):
    """Ends of the axis of a label where its posterior is shown."""
    known = []
    if star.posterior is not None:
        column = list(star.posterior.names).index(row["label"])
        draws = star.posterior.draws[:, column]
        known += [*np.percentile(draws, [0.1, 99.9]), *star.posterior.minima[:, column]]
    for value, error, widths in (
        ("value", "sigma_value", 2.2),
        ("value", "formal_e_value", 2.2),
        ("hybrid", "e_hybrid", 1.2),
    ):
        if np.isfinite(row[value]):
            reach = widths * row[error] if np.isfinite(row[error]) else 0.0
            known += [row[value] - reach, row[value] + reach]
    return _widened(known)


def _range_of_training(star, name):
    """Ends of the axis of a label where the training stars are shown."""
    (row,) = (row for row in star.labels if row["label"] == name)
    own = np.asarray(star.training[name], float)
    more = [x for x in (row["value"], row["hybrid"]) if np.isfinite(x)]
    return _widened([own.min(), own.max(), *more])


def _widened(values):
    """The ends of some values with room beyond them."""
    low, high = min(values), max(values)
    room = ROOM * (high - low) or 0.1
    return low - room, high + room


def _one_label(axes: Axes, star, column, limits):
    """The draws of one label, its calibrated uncertainty, and every minimum."""
    row = star.labels[column]
    axes.set_xlim(limits)
    if star.posterior is not None:
        draws = star.posterior.draws[:, column]
        axes.hist(
            draws,
            np.linspace(*limits, 41),
            density=True,
            color="0.75",
            histtype="stepfilled",
        )
        for place in star.posterior.minima[:, column]:
            axes.axvline(place, color=style.RED, lw=0.7)
    x = np.linspace(*limits, 200)
    for value, error, colour, line in (
        ("value", "sigma_value", style.RED, "--"),
        ("hybrid", "e_hybrid", HYBRID, "-"),
    ):
        sigma = row[error]
        if np.isfinite(row[value]) and np.isfinite(sigma) and sigma > 0:
            bell = np.exp(-0.5 * ((x - row[value]) / sigma) ** 2)
            axes.plot(x, bell / sigma / np.sqrt(2 * np.pi), line, color=colour, lw=0.9)
    if np.isfinite(row["reference"]):
        axes.axvline(row["reference"], color=KNOWN, lw=0.9, ls=":")
    axes.set_ylim(bottom=0)


def _two_labels(axes: Axes, star, one, other, x_limits, y_limits):
    """Contours of the draws of two labels, with every minimum."""
    x, y = star.labels[one], star.labels[other]
    axes.set_xlim(x_limits)
    axes.set_ylim(y_limits)
    if star.posterior is not None:
        _contours(axes, *star.posterior.draws[:, [one, other]].T)
        for k, place in enumerate(star.posterior.minima[:, [one, other]]):
            axes.plot(*place, "x" if k else "+", color=style.RED, ms=5, mew=1.0)
    look = {"fmt": "D", "ms": 2.6, "mew": 0, "elinewidth": 0.8}
    axes.errorbar(
        x["hybrid"], y["hybrid"], y["e_hybrid"], x["e_hybrid"], color=HYBRID, **look
    )
    axes.plot(x["reference"], y["reference"], "*", color=KNOWN, ms=6, mew=0)


def _contours(axes, x, y):
    """Filled contours that hold `LEVELS` of some points."""
    ends = [_widened(np.percentile(values, [0.05, 99.95])) for values in (x, y)]
    cells, x_edges, y_edges = np.histogram2d(x, y, CELLS, ends)
    density = gaussian_filter(cells, SMOOTH)
    ordered = np.sort(density.ravel())[::-1]
    within = np.cumsum(ordered) / max(ordered.sum(), 1e-300)
    heights = [ordered[np.searchsorted(within, level)] for level in LEVELS]
    centres = [(edges[1:] + edges[:-1]) / 2 for edges in (x_edges, y_edges)]
    if heights[0] < heights[1]:
        axes.contourf(
            *centres,
            density.T,
            [*heights, density.max() * 1.01],
            colors=["0.85", "0.6"],
        )
        axes.contour(*centres, density.T, heights, colors="0.35", linewidths=0.5)


def _among_training(axes: Axes, star, x, y, x_limits, y_limits):
    """The training stars in the plane of two labels, and where the star is."""
    n = len(star.training)
    area = float(np.clip(60 / np.sqrt(n), 1.2, 6))
    axes.scatter(
        star.training[x], star.training[y], s=area, color="0.62", lw=0, rasterized=True
    )
    by_name = {row["label"]: row for row in star.labels}
    own, other = by_name[x], by_name[y]
    for row, line in ((own, axes.axvline), (other, axes.axhline)):
        for end in (row["low"], row["high"]):
            if np.isfinite(end):
                line(end, color=style.BLUE, lw=0.5, ls=":")
    for value, error, colour, fmt in (
        ("hybrid", "e_hybrid", HYBRID, "D"),
        ("value", "sigma_value", style.RED, "o"),
    ):
        axes.errorbar(
            own[value], other[value], other[error], own[error], fmt=fmt, color=colour,
            ms=3, mew=0, elinewidth=0.9, zorder=4,
        )  # fmt: skip
    axes.set_xlim(x_limits)
    axes.set_ylim(y_limits)
