"""Panels that several figures share: comparisons, residuals, histograms, CMDs."""

from typing import Any

import numpy as np
from astropy.table import Table
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection, QuadMesh
from matplotlib.colorbar import Colorbar
from matplotlib.colors import Colormap, LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator
from numpy.typing import ArrayLike

from mdwarfs.figures.style import (
    BLUE,
    COLUMN,
    DENSITY,
    GREY,
    PAGE,
    RED,
    SEQUENTIAL,
)
from mdwarfs.labels import LABELS
from mdwarfs.statistics import summarise, trend

PAD = 0.08  # room on either side of an axis, as a share of its length
RASTER = 2000  # more points than this are drawn as pixels in the PDF
CROWD = 10_000  # more points than this hide each other, unless they are smaller
SMALLEST = 0.08  # down to this part of the area, which is a pixel of the PNG
LEAST = {"K": 200.0, "dex": 0.4}  # shortest half-axes of differences, by unit
SHORTER = {"logg": 0.15, "alpha_m": 0.15}  # and of labels that vary less
LOG_TICKS = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000)
FEWEST_TICKS = 3
EDGE = 0.02  # of an axis: a point so near to its end would be cut in two
# Text stays readable on data.
HALO = [withStroke(linewidth=2, foreground="white")]
SHEET = {"boxstyle": "round,pad=0.2", "fc": "white", "alpha": 0.8, "lw": 0}


def finite(*columns: ArrayLike) -> list[np.ndarray]:
    """The rows in which every column is a finite number, column by column.

    Parameters
    ----------
    *columns : shape (n,)

    Returns
    -------
    each of shape (m,), m <= n
    """
    columns = [np.asarray(column, float) for column in columns]
    good = np.all([np.isfinite(column) for column in columns], axis=0)
    return [column[good] for column in columns]


def float_column(table: Table, name: str) -> np.ndarray:
    """A column of numbers, NaN where it is null."""
    return np.ma.filled(np.ma.asarray(table[name], float), np.nan)


def span(values: ArrayLike, least: float) -> tuple[float, float]:
    """Limits of an axis: all values but those far from the rest.

    Parameters
    ----------
    values
        Finite values. Those are left out that lie beyond the middle 95 per cent by
        more than half its length.
    least
        The shortest axis, in the unit of the values.

    Returns
    -------
    entries
        (low, high).
    """
    values = np.asarray(values, float)
    if values.size:
        low, high = np.percentile(values, [2.5, 97.5])
        reach = (high - low) / 2
        values = values[(values >= low - reach) & (values <= high + reach)]
    low, high = _widened(values, least)
    room = PAD * (high - low)
    return low - room, high + room


def middle(values: ArrayLike, least: float) -> tuple[float, float]:
    """Limits of a colour scale: the middle 90 per cent of the values."""
    values = np.asarray(values, float)
    if values.size:
        values = np.percentile(values, [5, 95])
    return _widened(values, least)


def arrows(norm: Normalize, *values: ArrayLike) -> str:
    """At which ends of its colour bar a scale says that there are values beyond.

    Parameters
    ----------
    *values
        All that is drawn with the scale; NaN for what is not.

    Returns
    -------
    entry
        "neither", "min", "max" or "both".
    """
    every = np.concatenate([np.ravel(column) for column in values])
    below, above = bool(np.any(every < norm.vmin)), bool(np.any(every > norm.vmax))
    return {(0, 0): "neither", (1, 0): "min", (0, 1): "max", (1, 1): "both"}[
        below, above
    ]


def _widened(values, least):
    """Smallest and largest value, moved apart to the least distance; 0 if none."""
    if not values.size:
        return -least / 2, least / 2
    low, high = float(np.min(values)), float(np.max(values))
    short = max(least - (high - low), 0.0) / 2
    return low - short, high + short


def half_width(residuals: np.ndarray, least: float, room: float = 1.0) -> float:
    """Half the length of a residual axis: all residuals but those far from the rest.

    Parameters
    ----------
    residuals : shape (n,)
    least
        The shortest, in the unit of the residuals.
    room
        Factor by which it is longer. No point is cut in two by its end.
    """
    size = np.abs(residuals)
    if not size.size:
        return room * least
    inside = size[size <= 1.75 * np.percentile(size, 95)]
    half = room * max(least, 1.1 * float(np.max(inside)))
    for value in np.sort(size):
        if abs(value - half) < EDGE * half:
            half = value / (1 - EDGE)
    return half


def arranged(n: int) -> tuple[int, int]:
    """Rows and columns in which n panels stand, none too narrow for its axes."""
    columns = min(n, 2 if n == 4 else 3)
    return -(-n // columns), columns


def width(columns: int) -> float:
    """Width of a figure of so many columns [inch]: the page for three."""
    return {1: COLUMN, 2: 0.75 * PAGE}.get(columns, PAGE)


def shortest(label: str) -> float:
    """The shortest half-axis of differences of a label, in its unit."""
    return SHORTER.get(label, LEAST[LABELS[label].unit])


def binned(
    x: ArrayLike, y: ArrayLike, width: float, least: int = 5
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Median and standard deviation of y in bins of x.

    Parameters
    ----------
    x, y : shape (n,)
    width
        Width of the bins, whose edges are its multiples.
    least
        Bins of fewer rows are left out.

    Returns
    -------
    centre, median, std : shape (n_bins,)
    """
    x, y = finite(x, y)
    place = np.floor(x / width).astype(int)
    rows = []
    for number in np.unique(place):
        inside = y[place == number]
        if len(inside) >= least:
            bin_of = summarise(inside)
            rows.append(((number + 0.5) * width, bin_of.median, bin_of.std))
    return tuple(np.array(rows, float).reshape(-1, 3).T)


def number(value: float, label: str, sign: bool = False) -> str:
    """Write a value with the decimals that suit the label."""
    decimals = LABELS[label].decimals
    value = round(float(value), decimals) + 0.0  # no "-0.00"
    return f"{value:{'+' if sign else ''}.{decimals}f}".replace("-", "\u2212")


def median_and_std(values: ArrayLike, label: str) -> str:
    """Median and standard deviation as text, with the unit."""
    sample = summarise(values)
    median, std = number(sample.median, label), number(sample.std, label)
    return f"{median} \u00b1 {std} {LABELS[label].unit}"


def note(axes: Axes, text: str, corner: str = "upper left", **kwargs: Any) -> Text:
    """Write a short text into a corner of a panel."""
    vertical, horizontal = corner.split()
    x, y = {"left": 0.045, "right": 0.955}[horizontal], {"upper": 0.95, "lower": 0.05}
    return axes.text(
        x, y[vertical], text, transform=axes.transAxes, ha=horizontal,
        va={"upper": "top", "lower": "bottom"}[vertical], fontsize=7.5,
        path_effects=HALO, zorder=5, **kwargs,
    )  # fmt: skip


def above(axes: Axes, text: str, side: str = "left", **kwargs: Any) -> Text:
    """Write a short text above a panel, where it covers nothing.

    Parameters
    ----------
    side
        "left", "center" or "right".
    """
    look = {"fontsize": 7, "pad": 2.5, "linespacing": 1.15} | kwargs
    return axes.set_title(text, loc=side, **look)


def no_stars(axes: Axes, words: str = "no stars") -> None:
    """Say that a panel has nothing to show, or nothing from which anything follows."""
    axes.text(
        0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center",
        color=GREY, path_effects=HALO, zorder=5,
    )  # fmt: skip


def beyond(axes: Axes, x: ArrayLike, y: ArrayLike) -> int:
    """How many points lie beyond the limits of the axes."""
    x, y = finite(x, y)
    x_low, x_high = sorted(axes.get_xlim())
    y_low, y_high = sorted(axes.get_ylim())
    outside = (x < x_low) | (x > x_high) | (y < y_low) | (y > y_high)
    return int(outside.sum())


def count_beyond(axes: Axes, x: ArrayLike, y: ArrayLike) -> None:
    """Say above the panel how many points lie beyond its axes, if any do."""
    number_beyond = beyond(axes, x, y)
    if number_beyond:
        above(axes, f"{number_beyond:,} beyond axes", "right", color=GREY)


def slope(axes: Axes, x: np.ndarray, y: np.ndarray) -> None:
    """Say above a panel of differences how they go with the reference.

    Parameters
    ----------
    x, y : shape (n,)
        The reference, and the differences from it.
    """
    found = trend(x, y)
    if np.isfinite(found.slope):
        text = f"slope {found.slope:+.2f} \u00b1 {found.e_slope:.2f}"
        above(axes, text.replace("-", "\u2212"))


def few_ticks(axes: Axes) -> None:
    """Keep the numbers along the axes from running into each other."""
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(5))


def log_snr(axes: Axes, low: float | None = None, high: float | None = None) -> None:
    """Make the x axis one of SNR: logarithmic, with plain numbers along it.

    Parameters
    ----------
    low, high
        Its ends. Default: set later.
    """
    axes.set_xscale("log")
    ticks = LOG_TICKS if low is None else log_ticks(low, high)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xticks([], minor=True)
    if low is not None:
        axes.set_xlim(low, high)


def area(n: int) -> float:
    """Area of a marker [pt^2] that suits so many of them in a panel."""
    return float(np.clip(90 / np.sqrt(max(n, 1)), 2, 14) * crowded(n))


def crowded(n: int) -> float:
    """Factor by which the area of so many markers is less than that of `CROWD`."""
    return float(np.clip(CROWD / max(n, 1), SMALLEST, 1))


def points(
    axes: Axes,
    x: np.ndarray,
    y: np.ndarray,
    colour: np.ndarray,
    norm: LogNorm | Normalize,
    cmap: Colormap = SEQUENTIAL,
) -> PathCollection:
    """Scatter plot coloured by a quantity, its largest values on top."""
    order = np.argsort(colour, kind="stable")
    return axes.scatter(
        x[order], y[order], c=colour[order], s=area(len(x)), norm=norm, cmap=cmap,
        linewidths=0, rasterized=len(x) > RASTER,
    )  # fmt: skip


def snr_norm(*snr: Any) -> LogNorm:
    """Logarithmic colour scale of the signal-to-noise ratios of several panels."""
    values = np.concatenate([finite(column)[0] for column in snr])
    values = values[values > 0]
    if not values.size:
        return LogNorm(1, 100)
    low, high = np.percentile(values, [1, 99])
    return LogNorm(low, max(high, 1.5 * low))


def cells(
    axes: Axes,
    x: np.ndarray,
    y: np.ndarray,
    x_limits: tuple[float, float],
    y_limits: tuple[float, float],
    side: float,
    origin: tuple[float, float] = (0.0, 0.0),
    norm: LogNorm | None = None,
) -> QuadMesh:
    """Two-dimensional density: stars per square cell; empty cells are white.

    Parameters
    ----------
    side
        Of a cell, in the unit of both axes.
    origin
        A corner of a cell.
    """
    edges = []
    for (low, high), corner in zip((x_limits, y_limits), origin):
        first, last = np.floor((low - corner) / side), np.ceil((high - corner) / side)
        edges.append(corner + side * np.arange(first, last + 1))
    *_, mesh = axes.hist2d(
        x, y, bins=edges, cmin=1, norm=norm, cmap=DENSITY, rasterized=True
    )
    axes.set(xlim=x_limits, ylim=y_limits)
    return mesh


def identity(axes: Axes, colour: str = "black") -> None:
    """The one-to-one line."""
    axes.axline((0, 0), slope=1, color=colour, lw=0.8, ls="--", zorder=3)


def zero(axes: Axes, colour: str = "black") -> None:
    """The line of no difference."""
    axes.axhline(0, color=colour, lw=0.8, ls="--", zorder=3)


def differences(
    axes: Axes,
    teff: np.ndarray,
    difference: np.ndarray,
    star: str,
    between: str,
    counted: str,
    title: str = "",
) -> None:
    """Furnish a panel of [Fe/H] differences against Teff: summary, zero line, names.

    Parameters
    ----------
    axes
        With its limits set and the differences drawn.
    teff, difference : shape (n,)
        [K] and [dex].
    star
        Whose Teff it is, as the subscript of the axis.
    between
        What is subtracted from what.
    counted
        What a row is, in the plural.
    title
        First line of the summary.
    """
    zero(axes)
    if len(teff):
        text = [title, median_and_std(difference, "feh"), f"{len(teff):,} {counted}"]
        above(axes, ", ".join(filter(None, text)))
        count_beyond(axes, teff, difference)
    else:
        no_stars(axes)
    axes.set_xlabel(rf"$T_{{\rm eff,\,{star}}}$ (K)")
    axes.set_ylabel(rf"$\Delta$ [Fe/H], {between} (dex)")
    axes.tick_params(labelleft=True)
    few_ticks(axes)


def log_ticks(low: float, high: float) -> list[float]:
    """Ticks of a logarithmic scale: even steps, where it is too short for `LOG_TICKS`.

    Parameters
    ----------
    low, high
        Its ends.
    """
    inside = [tick for tick in LOG_TICKS if low <= tick <= high]
    if len(inside) >= FEWEST_TICKS:
        return inside
    even = MaxNLocator(nbins=5, steps=[1, 2, 5, 10]).tick_values(low, high)
    return [float(tick) for tick in even if low <= tick <= high]


def log_bar(
    figure: Figure,
    drawn: PathCollection | QuadMesh,
    axes: np.ndarray,
    text: str,
    extend: str = "neither",
) -> Colorbar:
    """Colour bar of a logarithmic scale, with plain numbers beside it."""
    bar = figure.colorbar(
        drawn, ax=axes, pad=0.015, aspect=45, extend=extend, extendfrac=0.03
    )
    bar.set_label(text)
    bar.set_ticks(log_ticks(bar.vmin, bar.vmax))
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda tick, _: f"{tick:g}"))
    bar.ax.yaxis.set_minor_locator(NullLocator())
    return bar


def histogram(
    axes: Axes,
    values: np.ndarray,
    label: str,
    limits: tuple[float, float],
    members: str,
) -> None:
    """Histogram of differences with their median (line) and standard deviation (band).

    The median and standard deviation are those of all values, also of the few that
    lie beyond the limits of the axis.
    """
    if not len(values):
        no_stars(axes)
        axes.set_xlim(limits)
        return
    bins = int(np.clip(2 * np.sqrt(len(values)), 8, 40))
    axes.hist(
        values, bins=bins, range=limits, histtype="stepfilled", facecolor=BLUE,
        edgecolor=BLUE, alpha=0.45,
    )  # fmt: skip
    sample = summarise(values)
    median, std = sample.median, sample.std
    axes.axvline(0, color="black", lw=0.8, ls="--")
    axes.axvspan(median - std, median + std, color=RED, alpha=0.13, lw=0)
    axes.axvline(median, color=RED, lw=1.2)
    axes.set_xlim(limits)
    above(axes, median_and_std(values, label) + f"\n{len(values):,} {members}")
    count_beyond(axes, values, np.zeros(len(values)))


def cmd(axes: Axes, bp_rp0: np.ndarray, mg0: np.ndarray) -> None:
    """Turn a panel into a colour-magnitude diagram with limits that suit the stars."""
    bp_rp0, mg0 = finite(bp_rp0, mg0)
    axes.set_xlim(span(bp_rp0, 1.0))
    axes.set_ylim(span(mg0, 2.0)[::-1])
    axes.set_xlabel(r"$(G_{\rm BP} - G_{\rm RP})_0$ (mag)")
    axes.set_ylabel(r"$M_{G,0}$ (mag)")
