"""Diagnostic: the run's own sample against the paper's, pair by pair."""

import textwrap

import numpy as np
from astropy.table import Row, Table
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from mdwarfs.figures import notes, panels, scales, style
from mdwarfs.labels import LABELS, OF_PAPER
from mdwarfs.tables import absent
from mdwarfs.validation.paper_sample import (
    BOTH,
    OURS,
    difference,
)

SHOWN = (*OF_PAPER, "snr")
COLOURS = {BOTH: "black", OURS: style.BLUE}
SNR_LEAST = 1.0  # shortest half-axis of the differences
COVERED = 99.5  # per cent of the differences are within the axes
ROOM = 2.7  # of the half-axis, in units of the farthest of these; text stands above
BAR = 0.17  # height of a line of the counts [inch]
WIDTH = 110  # characters of a line of text
TITLE = "Labels here minus those of the paper's table, of the pairs in both"


@style.styled
def draw(
    comparison: Table,
    counts: Table,
    summary: Table,
    recovered: Table | None = None,
) -> Figure:
    """Numbers of pairs and what explains them; ours minus theirs of each label.

    Parameters
    ----------
    comparison, counts, summary
        From `mdwarfs.validation.paper_sample`.
    recovered
        Of a simulated run, from `mdwarfs.recovery.paper_sample`: how many pairs of each
        kind were put in stands behind how many there are.

    Returns
    -------
    figure
        Where the paper's table is not at hand, it says so, and why.
    """
    missing = absent.why(comparison)
    if missing:
        return _not_compared(missing)
    shown, flat = _differing(comparison)
    rows, columns = panels.arranged(max(len(shown), 1))
    above, below = BAR * len(counts) + 0.5, 1.85 * rows + 0.3
    figure = style.new(style.PAGE, above + below)
    # Apart, so that the long names beside the bars take no room from the panels.
    top, bottom = figure.subfigures(2, 1, height_ratios=(above, below))
    _counts(top.subplots(), counts, recovered)
    bottom.suptitle("\n".join([TITLE, *_the_same(flat)]), fontsize=8.5)
    grid = list(bottom.subplots(rows, columns, squeeze=False).flat)
    for axes, name in zip(grid, shown):
        _difference(axes, comparison, summary, name)
    for axes in grid[len(shown) :]:
        axes.remove()
    figure.get_layout_engine().set(wspace=0.06)
    return figure


def _differing(comparison):
    """The quantities that differ anywhere, and those that all pairs have the same."""
    shown, flat = [], []
    for name in SHOWN:
        (values,) = scales.finite(difference(comparison, name).values)
        (flat if values.size and not values.any() else shown).append(name)
    return shown, flat


def _the_same(names):
    """A line that names the quantities without any difference, if there are such."""
    if not names:
        return []
    texts = [LABELS[name].tex if name in LABELS else "SNR" for name in names]
    return [f"the same in every pair, and not shown: {', '.join(texts)}"]


def _not_compared(reason):
    """A figure that says why there is nothing to see."""
    lines = textwrap.wrap(f"Not compared: {reason}", WIDTH, break_on_hyphens=False)
    figure = style.new(style.PAGE, 0.15 * len(lines) + 0.6)
    axes = figure.subplots()
    axes.set_axis_off()
    axes.text(0.5, 0.5, "\n".join(lines), ha="center", va="center", parse_math=False)
    return figure


def put_in(row: Row, recovered: Table) -> int:
    """How many pairs of a line of the counts were put in."""
    own = np.asarray(recovered["membership"]) == row["membership"]
    if row["step"]:
        own &= np.asarray(recovered["injected"]) == row["step"]
    return int(np.sum(recovered["n_injected"][own]))


def _counts(axes, counts, recovered):
    """A bar for each line of the counts, with its number."""
    place = np.arange(len(counts))
    n = np.asarray(counts["n_pairs"], float)
    steps = np.asarray(counts["step"], str) != ""
    colours = [COLOURS.get(name, style.RED) for name in counts["membership"]]
    bars = axes.barh(place, np.maximum(n, 0.5), 0.7, 0.4, color=colours)
    for bar, step in zip(bars, steps):
        bar.set_alpha(0.45 if step else 1.0)
    for height, row in zip(place, counts):
        number = row["n_pairs"]
        said = "" if recovered is None else f" ({put_in(row, recovered):,} put in)"
        axes.text(
            max(number, 0.5) * 1.1 + 0.4,
            height,
            f"{number:,}{said}",
            va="center",
            fontsize=7.5,
        )
    axes.set_yticks(
        place,
        [
            f"{'    ' if step else ''}{row['description']}"
            for row, step in zip(counts, steps)
        ],
    )
    axes.tick_params(axis="y", which="both", length=0)
    axes.set_xscale("log")
    axes.set_xlim(0.4, (3 if recovered is None else 12) * max(n.max(), 1))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.set_xlabel("Pairs")
    axes.invert_yaxis()
    axes.minorticks_off()
    if steps.any():
        notes.note(axes, "pale: the first step that each of these fails", "lower right")


def _difference(axes, comparison, summary, name):
    """Ours minus theirs against theirs, outliers marked."""
    found = difference(comparison, name)
    x, y, outlier = scales.finite(
        comparison[f"{name}_ref"], found.values, found.outlier
    )
    outlier = outlier > 0
    dots = {"ls": "", "mew": 0, "rasterized": len(x) > panels.RASTER}
    axes.plot(
        x[~outlier], y[~outlier], marker="o", ms=2, color="black", alpha=0.35, **dots
    )
    axes.plot(x[outlier], y[outlier], marker="o", ms=3, color=style.RED, **dots)
    panels.zero(axes)
    least = LABELS[name].visible / 2 if name in LABELS else SNR_LEAST
    reach = np.percentile(np.abs(y), COVERED) if len(y) else 0.0
    half = max(least, ROOM * reach)
    axes.set_ylim(-half, half)
    text = LABELS[name].tex if name in LABELS else "SNR"
    with_unit = f" ({LABELS[name].unit})" if name in LABELS else ""
    axes.set_xlabel(f"{text}, paper's table{with_unit}")
    axes.set_ylabel(rf"$\Delta$ {text}{with_unit}")
    if name == "snr":
        limits = axes.get_xlim()
        panels.log_snr(axes)
        axes.set_xlim(max(limits[0], 0.5 * x.min()) if len(x) else 1, limits[1])
    else:
        panels.few_ticks(axes)
    row = summary[np.asarray(summary["quantity"]) == name]
    if not len(row):
        return notes.no_stars(axes)
    notes.note(axes, _words(row[0], name))
    notes.count_beyond(axes, x, y)
    return None


def _words(row, name):
    """Median and scatter, and how many pairs have the very value or are far off."""
    decimals = LABELS[name].digits if name in LABELS else 2
    median, scatter = (
        f"{round(float(row[key]), decimals) + 0.0:.{decimals}f}".replace("-", "\u2212")
        for key in ("median", "robust_std")
    )
    return (
        f"median {median}, robust scatter {scatter}\n"
        f"{row['n_same']:,} of {row['n']:,} the same, {row['n_outliers']:,} outliers"
    )
