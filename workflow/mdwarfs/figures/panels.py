"""What several figures draw alike: points, cells, lines, histograms, CMDs."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection, QuadMesh
from matplotlib.colorbar import Colorbar
from matplotlib.colors import Colormap, LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

from mdwarfs.figures import notes, scales
from mdwarfs.figures.style import BLUE, COLUMN, DENSITY, PAGE, RED, SEQUENTIAL
from mdwarfs.statistics import summarise

RASTER = 2000  # more points than this are drawn as pixels in the PDF
CROWD = 10_000  # more points than this hide each other, unless they are smaller
SMALLEST = 0.08  # down to this part of the area, which is a pixel of the PNG


def arranged(n: int) -> tuple[int, int]:
    """Rows and columns in which n panels stand, none too narrow for its axes."""
    columns = min(n, 2 if n == 4 else 3)
    return -(-n // columns), columns


def width(columns: int) -> float:
    """Width of a figure of so many columns [inch]: the page for three."""
    return {1: COLUMN, 2: 0.75 * PAGE}.get(columns, PAGE)


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
    ticks = scales.LOG_TICKS if low is None else scales.log_ticks(low, high)
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
        text = [
            title,
            notes.median_and_std(difference, "feh"),
            f"{len(teff):,} {counted}",
        ]
        notes.above(axes, ", ".join(filter(None, text)))
        notes.count_beyond(axes, teff, difference)
    else:
        notes.no_stars(axes)
    axes.set_xlabel(rf"$T_{{\rm eff,\,{star}}}$ (K)")
    axes.set_ylabel(rf"$\Delta$ [Fe/H], {between} (dex)")
    axes.tick_params(labelleft=True)
    few_ticks(axes)


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
    bar.set_ticks(scales.log_ticks(bar.vmin, bar.vmax))
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
        notes.no_stars(axes)
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
    notes.above(
        axes, notes.median_and_std(values, label) + f"\n{len(values):,} {members}"
    )
    notes.count_beyond(axes, values, np.zeros(len(values)))


def cmd(axes: Axes, bp_rp0: np.ndarray, mg0: np.ndarray) -> None:
    """Turn a panel into a colour-magnitude diagram with limits that suit the stars."""
    bp_rp0, mg0 = scales.finite(bp_rp0, mg0)
    axes.set_xlim(scales.span(bp_rp0, 1.0))
    axes.set_ylim(scales.span(mg0, 2.0)[::-1])
    axes.set_xlabel(r"$(G_{\rm BP} - G_{\rm RP})_0$ (mag)")
    axes.set_ylabel(r"$M_{G,0}$ (mag)")
