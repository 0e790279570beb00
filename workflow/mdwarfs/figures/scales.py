"""Ends of axes and of colour scales, ticks and bins: from the numbers shown."""

from typing import Any

import numpy as np
from astropy.table import Table
from matplotlib.colors import LogNorm, Normalize
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from mdwarfs.statistics import summarise

PAD = 0.08  # room on either side of an axis, as a share of its length
LOG_TICKS = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000)
FEWEST_TICKS = 3
EDGE = 0.02  # of an axis: a point so near to its end would be cut in two


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


def snr_norm(*snr: Any) -> LogNorm:
    """Logarithmic colour scale of the signal-to-noise ratios of several panels."""
    values = np.concatenate([finite(column)[0] for column in snr])
    values = values[values > 0]
    if not values.size:
        return LogNorm(1, 100)
    low, high = np.percentile(values, [1, 99])
    return LogNorm(low, max(high, 1.5 * low))


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
