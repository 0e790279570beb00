"""The figure of one star: spectrum and best model, labels, posterior, neighbours."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from scipy.ndimage import gaussian_filter

from mdwarfs.figures import style
from mdwarfs.figures.spectral_features import named
from mdwarfs.labels import LABELS
from mdwarfs.star import words

if TYPE_CHECKING:
    from mdwarfs.star.fitted import Fitted
    from mdwarfs.star.one import Star

WIDTH, TITLE = 7.6, 0.42
UNLABELLED = 2.2  # height of what is said of a star without labels [inch]
LETTERS = 115  # of the line of names
LEFT, RIGHT = 0.55, 0.1  # margins [inch]
NAMES_, SPECTRUM, RESIDUAL, AXIS = 0.66, 1.3, 0.62, 0.38
"""Heights of the parts of a row of the spectrum [inch]."""
ONE_ROW = 700
"""Pixels that a row of the spectrum holds; longer ones have two."""
SQUARE = 4.55  # side of the square of label planes [inch]
GAP = 0.07  # between its panels [inch]
EDGE = 0.06  # of the axis of flux, at whose lower end no number stands
FARTHEST = 6.0  # end of the axis of residuals [standard deviations]
AROUND = 0.2, 99.8  # percentiles of the flux between which the axis reaches
LEVELS = 0.95, 0.68  # shares of the draws within the contours
CELLS, SMOOTH = 36, 1.5  # of the contours' grid, a side, and its smoothing [cells]
ROOM = 0.06  # beyond what a panel shows, as a share
OBSERVED, MODEL = "0.25", style.RED
HYBRID, KNOWN, DROPPED = "#009988", "#AA4499", "#EE7733"
"""Colours; those of Paul Tol's sets, as in the style."""
LINE = 0.135  # height of a line of text [inch]
WRAP = 44  # letters of a line beside the square


@style.styled
def draw(star: Star) -> Figure:
    """Draw all that is known of a star.

    Returns
    -------
    figure
        For `mdwarfs.figures.style.write`.
    """
    rows = _rows(star.spectrum)
    labelled = bool(np.isfinite(star.labels["value"]).any())
    height = TITLE + len(rows) * (NAMES_ + SPECTRUM + RESIDUAL + AXIS)
    if labelled:
        height += LINE * (len(star.labels) + 2.2) + SQUARE + 0.85
    else:
        height += UNLABELLED
    figure = style.new(WIDTH, height)
    figure.set_layout_engine(None)
    page = _Page(figure)
    _title(page, star)
    for place in rows:
        _spectrum(page, star.spectrum, place)
    if labelled:
        _labels(page, star)
        _planes(page, star)
        _beside(page, star, LEFT + SQUARE + 0.5, -0.2)
        _legend(page, star, LEFT + SQUARE + 0.5)
    else:
        _beside(page, star, LEFT, 0.15)
    return figure


class _Page:
    """Places on a figure from its top, in inches."""

    def __init__(self, figure):
        self.figure = figure
        self.width, self.height = figure.get_size_inches()
        self.top = style.STRIP + 0.06

    def down(self, by):
        """What follows stands lower by so much."""
        self.top += by

    def axes(self, left, top, width, height, **kwargs):
        """Axes at a place below the present one."""
        bottom = self.height - self.top - top - height
        place = (left, bottom, width, height)
        return self.figure.add_axes(
            np.array(place) / [self.width, self.height, self.width, self.height],
            **kwargs,
        )

    def text(self, left, top, text, **kwargs):
        """A text whose upper left corner is there."""
        look = {"ha": "left", "va": "top", "fontsize": 7} | kwargs
        y = 1 - (self.top + top) / self.height
        return self.figure.text(left / self.width, y, text, **look)


def _rows(spectrum):
    """The pixels of each row in which a spectrum is drawn."""
    if spectrum is None:
        return []
    pixels = np.arange(len(spectrum.wavelength))
    return np.array_split(pixels, 1 if len(pixels) <= ONE_ROW else 2)


def _title(page, star):
    """Names of the star, its role, and what is simulated."""
    page.text(LEFT, 0.0, star.title, fontsize=11, fontweight="bold", parse_math=False)
    role = words.ROLES.get(star.role, "")
    if star.simulated_model and not star.simulated:
        role = "labels by a model of SIMULATED stars"
    look = {"fontsize": 8.5, "ha": "right", "color": style.RED}
    page.text(page.width - RIGHT, 0.03, role, **look)
    line = ""
    for what, name in list(star.names.items())[1:]:
        more = f"{line}  |  {what} {name}" if line else f"{what} {name}"
        line = more if len(more) <= LETTERS else line
    look = {"fontsize": 7.5, "color": style.GREY, "parse_math": False}
    page.text(LEFT, 0.2, line, **look)
    page.down(TITLE)


def _spectrum(page, spectrum: Fitted, pixels):
    """One row: names of features, spectrum with best model, residuals."""
    wide = page.width - LEFT - RIGHT
    names = page.axes(LEFT, 0, wide, NAMES_)
    upper = page.axes(LEFT, NAMES_, wide, SPECTRUM, sharex=names)
    lower = page.axes(LEFT, NAMES_ + SPECTRUM, wide, RESIDUAL, sharex=names)
    x = spectrum.wavelength[pixels]
    flux, model = spectrum.flux[0, pixels].astype(float), spectrum.model[0, pixels]
    bad, dropped = spectrum.bad[0, pixels], spectrum.dropped[0, pixels]
    residual = spectrum.residual[0, pixels]
    half = np.diff(spectrum.wavelength[[pixels[0], pixels[-1]]])[0] / len(pixels)
    names.set_xlim(x[0] - half, x[-1] + half)
    named(names)
    flux[bad] = np.nan
    upper.plot(x, flux, color=OBSERVED, lw=0.55)
    upper.plot(x, model, color=MODEL, lw=0.8)
    low, high = _around(np.append(flux[~dropped], model))
    upper.set_ylim(low, high)
    for axes, values, (bottom, top) in (
        (upper, flux, (low, high)),
        (lower, residual, (-FARTHEST, FARTHEST)),
    ):
        room = 0.045 * (top - bottom)
        inside = np.clip(values[dropped], bottom + room, top - room)
        axes.plot(x[dropped], inside, "o", mfc="none", mec=DROPPED, ms=4, mew=0.9)
        ends = np.full(bad.sum(), bottom)
        axes.plot(x[bad], ends, "|", color=style.BLUE, ms=7, mew=0.9, zorder=4)
    kept = np.where(dropped, np.nan, residual)
    lower.axhspan(-1, 1, color="0.9", lw=0)
    lower.plot(x, np.clip(kept, -FARTHEST, FARTHEST), ".", color=OBSERVED, ms=1.6)
    lower.axhline(0, color=MODEL, lw=0.7)
    lower.set_ylim(-FARTHEST, FARTHEST)
    # Numbers of one panel do not stand on those of the other.
    lower.set_yticks([-4, 0, 4])
    ticks = MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(low, high)
    upper.set_yticks(ticks[(ticks > low + EDGE * (high - low)) & (ticks < high)])
    upper.set_ylim(low, high)
    upper.set_ylabel("Normalised flux")
    lower.set_ylabel(r"Residual ($\sigma$)")
    upper.tick_params(labelbottom=False)
    for axes in (upper, lower):
        axes.yaxis.set_label_coords(-0.37 / wide, 0.5)
    lower.set_xlabel(r"Wavelength in vacuum ($\mathrm{\AA}$)", labelpad=1)
    page.down(NAMES_ + SPECTRUM + RESIDUAL + AXIS)


def _around(values):
    """Limits of an axis that shows nearly all values."""
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 1.5
    low, high = np.percentile(values, AROUND)
    room = 0.08 * (high - low) or 0.1
    return low - room, high + room


BEGIN = 0.0, 0.95, 1.55, 2.1, 2.65, 3.4, 4.35, 5.35, 6.15
"""Where the columns of the table of labels begin [inch]."""
UNCERTAINTIES = 2, 3, 4  # columns of the table
COLOURS = {"SLAM": style.RED, "hybrid": HYBRID, "known": KNOWN}


def _labels(page, star):
    """The table of labels with their uncertainties."""
    kept = words.columns(star)
    for k in kept:
        colour = COLOURS.get(words.TITLES[k], "black")
        look = {"fontsize": 7.5, "fontweight": "bold", "color": colour}
        page.text(LEFT + BEGIN[k], 0, words.TITLES[k], **look)
    first = next((k for k in kept if k in UNCERTAINTIES), None)
    if first is not None:
        text = "uncertainties (1 $\\sigma$)"
        page.text(LEFT + BEGIN[first], -LINE, text, color=style.GREY)
    page.down(LINE * 1.15)
    for row in star.labels:
        texts = words.cells(row, _symbol(row["label"]))
        for k in kept:
            page.text(LEFT + BEGIN[k], 0, texts[k], fontsize=8)
        page.down(LINE)
    page.down(LINE)


def _symbol(label):
    """Symbol of a label; one that is not known, as it is called."""
    return LABELS[label].tex if label in LABELS else label.replace("$", r"\$")


def _planes(page, star):
    """The square of label planes: posterior below the diagonal, training above."""
    names = list(star.training.colnames)
    d = len(names)
    side = (SQUARE - GAP * (d - 1)) / d
    near = {row["label"]: _range_of(star, row) for row in star.labels}
    far = {name: _range_of_training(star, name) for name in names}
    page.down(0.3)
    for i, y in enumerate(names):
        for j, x in enumerate(names):
            place = LEFT + j * (side + GAP), i * (side + GAP)
            axes = page.axes(*place, side, side)
            axes.tick_params(labelbottom=False, labelleft=False, labelsize=6)
            axes.minorticks_off()
            axes.tick_params(length=2)
            if i == j:
                _one_label(axes, star, i, near[x])
                axes.set_yticks([])
            elif i > j:
                _two_labels(axes, star, j, i, near[x], near[y])
            else:
                _among_training(axes, star, x, y, far[x], far[y])
            ticks = MaxNLocator(3, prune="both", steps=[1, 2, 2.5, 5, 10])
            axes.xaxis.set_major_locator(ticks)
            if i != j:
                axes.yaxis.set_major_locator(
                    MaxNLocator(3, prune="both", steps=[1, 2, 2.5, 5, 10])
                )
            if i == d - 1 and j <= i:
                axes.tick_params(labelbottom=True, pad=1.5)
                axes.tick_params(axis="x", labelrotation=40)
                axes.set_xlabel(_symbol(x), fontsize=7.5)
                axes.xaxis.set_label_coords(0.5, -0.25 / side)
            if j == 0 and i > 0:
                axes.tick_params(labelleft=True, pad=1.5)
                axes.set_ylabel(_symbol(y), fontsize=7.5)
                axes.yaxis.set_label_coords(-0.3 / side, 0.5)
            if i == 0 and j > 0:
                axes.tick_params(axis="x", labeltop=True, labelrotation=40, pad=1.5)
                axes.xaxis.set_label_position("top")
                axes.set_xlabel(_symbol(x), fontsize=7.5)
                axes.xaxis.set_label_coords(0.5, 1 + 0.22 / side)
            if j == d - 1 and i < d - 1:
                axes.tick_params(labelright=True, pad=1.5)
                axes.yaxis.set_label_position("right")
                axes.set_ylabel(_symbol(y), fontsize=7.5)
                axes.yaxis.set_label_coords(1 + 0.27 / side, 0.5)


def _range_of(star, row):
    """Ends of the axis of a label where its posterior is shown."""
    known = []
    if star.posterior is not None:
        column = list(star.posterior.names).index(row["label"])
        draws = star.posterior.draws[:, column]
        known += [*np.percentile(draws, [0.1, 99.9]), *star.posterior.minima[:, column]]
    for value, error, widths in (
        ("value", "calibrated", 2.2),
        ("value", "formal", 2.2),
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
        ("value", "calibrated", style.RED, "--"),
        ("hybrid", "e_hybrid", HYBRID, "-"),
    ):
        sigma = row[error]
        if np.isfinite(row[value]) and np.isfinite(sigma) and sigma > 0:
            bell = np.exp(-0.5 * ((x - row[value]) / sigma) ** 2)
            axes.plot(x, bell / sigma / np.sqrt(2 * np.pi), line, color=colour, lw=0.9)
    if np.isfinite(row["known"]):
        axes.axvline(row["known"], color=KNOWN, lw=0.9, ls=":")
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
    axes.plot(x["known"], y["known"], "*", color=KNOWN, ms=6, mew=0)


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
        ("value", "calibrated", style.RED, "o"),
    ):
        axes.errorbar(
            own[value], other[value], other[error], own[error], fmt=fmt, color=colour,
            ms=3, mew=0, elinewidth=0.9, zorder=4,
        )  # fmt: skip
    axes.set_xlim(x_limits)
    axes.set_ylim(y_limits)


def _beside(page, star, left, top):
    """Flags and what is said of the fit."""
    for title, lines in _said(star):
        page.text(left, top, title, fontsize=7.5, fontweight="bold", va="baseline")
        top += LINE
        for text, look in lines:
            for part in text.split("\n"):
                page.text(left, top, part, fontsize=6.8, va="baseline", **look)
                top += 0.9 * LINE
        top += 0.45 * LINE


def _said(star):
    """What stands beside the square: titles with lines and their look."""
    red, plain = {"color": style.RED}, {"color": "black"}
    said = [("Flags", words.flags(star.flags, star.reason))]
    if np.isfinite(star.labels["hybrid"]).any():
        said.append(("Flags of the hybrid labels", words.flags(star.hybrid_flags)))
    for title, texts in said:
        yield title, [(_wrapped(x), plain if x == "none" else red) for x in texts]
    said = [("Fit", words.measures(star))]
    if star.posterior is not None:
        said.append(("Minima of the posterior", words.minima(star.posterior, _symbol)))
    if star.note:
        said.append(("Note", [star.note]))
    for title, texts in said:
        yield title, [(_wrapped(x), plain) for x in texts]


def _wrapped(text):
    """A text in lines that fit beside the square; what begins with blanks, as it is."""
    return text if text.startswith(" ") else textwrap.fill(text, WRAP)


def _legend(page, star, left):
    """What the marks mean."""
    has = {
        name: np.isfinite(star.labels[name]).any() for name in star.labels.colnames[2:]
    }
    several = star.posterior is not None and len(star.posterior.minima) > 1
    marks = [
        (True, Line2D([], [], color=OBSERVED, lw=0.8), "observed"),
        (True, Line2D([], [], color=MODEL, lw=0.9), "best model (maximum posterior)"),
        (
            star.spectrum.bad.any(),
            Line2D([], [], ls="", marker="|", color=style.BLUE, ms=7),
            "bad pixel",
        ),
        (
            star.spectrum.dropped.any(),
            Line2D([], [], ls="", marker="o", mfc="none", mec=DROPPED, ms=4),
            "dropped: far off the fit",
        ),
        (star.posterior, Patch(color="0.75"), "posterior, formal (68, 95 %)"),
        (
            star.posterior,
            Line2D([], [], ls="", marker="+", color=style.RED, ms=5),
            "deepest minimum",
        ),
        (
            several,
            Line2D([], [], ls="", marker="x", color=style.RED, ms=4.5),
            "other minima",
        ),
        (
            has["calibrated"],
            Line2D([], [], marker="o", ms=2.5, color=style.RED),
            "SLAM, calibrated",
        ),
        (
            has["calibrated"],
            Line2D([], [], ls="--", color=style.RED),
            "the same, as a Gaussian",
        ),
        (
            has["hybrid"],
            Line2D([], [], marker="D", ms=3, color=HYBRID),
            "hybrid label",
        ),
        (
            has["hybrid"],
            Line2D([], [], color=HYBRID, lw=0.9),
            "the same, as a Gaussian",
        ),
        (
            has["known"],
            Line2D([], [], ls=":", marker="*", color=KNOWN),
            "known label",
        ),
        (True, Line2D([], [], ls="", marker=".", color="0.62"), "training stars"),
        (has["low"], Line2D([], [], ls=":", color=style.BLUE), "usable range"),
    ]
    marks = [(look, text) for shown, look, text in marks if shown]
    figure = page.figure
    figure.legend(
        *zip(*marks), loc="lower left", fontsize=6.8, handlelength=1.6,
        labelspacing=0.35, borderaxespad=0, borderpad=0,
        bbox_to_anchor=(
            left / page.width,
            1 - (page.top + SQUARE) / page.height,
        ),
    )  # fmt: skip
