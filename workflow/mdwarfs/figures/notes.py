"""Words on a panel: numbers, summaries, and what lies beyond its axes."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from numpy.typing import ArrayLike

from mdwarfs.figures import scales
from mdwarfs.figures.style import GREY
from mdwarfs.labels import LABELS
from mdwarfs.statistics import summarise, trend

# Text stays readable on data.
HALO = [withStroke(linewidth=2, foreground="white")]
SHEET = {"boxstyle": "round,pad=0.2", "fc": "white", "alpha": 0.8, "lw": 0}


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
    x, y = scales.finite(x, y)
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
