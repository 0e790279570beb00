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
from mdwarfs.star.one import Star

if TYPE_CHECKING:
    from astropy.table import Row

    from mdwarfs.star.fitted import Fitted

WIDTH = 7.6
LEFT, RIGHT = 0.55, 0.1  # margins [inch]
NAMES_, SPECTRUM, RESIDUAL, AXIS = 0.5, 1.3, 0.62, 0.38
"""Heights of the parts of a row of the spectrum [inch]."""
ONE_ROW = 700
"""Pixels that a row of the spectrum holds; longer ones have two."""
SQUARE = 4.55  # side of the square of label planes [inch]
GAP = 0.07  # between its panels [inch]
FARTHEST = 6.0  # end of the axis of residuals [standard deviations]
AROUND = 0.2, 99.8  # percentiles of the flux between which the axis reaches
LEVELS = 0.95, 0.68  # shares of the draws within the contours
CELLS, SMOOTH = 48, 1.3  # of the contours' grid, a side, and its smoothing [cells]
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
    spectrum = len(rows) * (NAMES_ + SPECTRUM + RESIDUAL + AXIS)
    table = LINE * (len(star.labels) + 2.2)
    height = 0.42 + spectrum + table + SQUARE + 1.0
    figure = style.new(WIDTH, height)
    figure.set_layout_engine(None)
    page = _Page(figure)
    page.text(LEFT, 0.0, star.title, fontsize=11, fontweight="bold")
    page.text(LEFT, 0.2, _subtitle(star), fontsize=7.5, color=style.GREY)
    page.down(0.42)
    for place in rows:
        _spectrum(page, star.spectrum, place)
    if not rows:
        page.text(LEFT, 0.1, f"No spectrum: {star.reason}", fontsize=9)
    _labels(page, star)
    _planes(page, star)
    _beside(page, star)
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


def _subtitle(star):
    """Other names, role, and what is simulated."""
    names = [f"{what} {name}" for what, name in star.names.items()][1:]
    said = [x for x in names if len(x) < 60][:4]
    role = {"train": "training star", "test": "test star"}.get(star.role)
    if role:
        said.append(role)
    if star.simulated_model and not star.simulated:
        said.append("LABELS BY A MODEL OF SIMULATED STARS")
    return "  |  ".join(said)


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
    lower.set_yticks([-5, 0, 5])
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


COLUMNS = {
    "": 0.0,
    "SLAM": 0.95,
    "calibrated": 1.55,
    "power law": 2.1,
    "formal": 2.65,
    "hybrid": 3.4,
    "without prior": 4.35,
    "known": 5.35,
    "usable range": 6.15,
}
"""Columns of the table of labels and where they begin [inch]."""
COLOURS = {"SLAM": style.RED, "hybrid": HYBRID, "known": KNOWN}


def _labels(page, star):
    """The table of labels with their uncertainties."""
    for title, left in COLUMNS.items():
        colour = COLOURS.get(title, "black")
        look = {"fontsize": 7.5, "fontweight": "bold", "color": colour}
        page.text(LEFT + left, 0, title, **look)
    page.text(LEFT + 1.55, -LINE, "uncertainties (1 $\\sigma$)", color=style.GREY)
    page.down(LINE * 1.15)
    for row in star.labels:
        for left, text in zip(COLUMNS.values(), _cells(row)):
            page.text(LEFT + left, 0, text, fontsize=8)
        page.down(LINE)
    page.down(LINE)


def _cells(row: Row) -> list[str]:
    """The texts of a row of the table of labels."""
    write = _writer(row["label"])

    def pair(value, error):
        if not np.isfinite(row[value]):
            return "\u2013"
        known = np.isfinite(row[error])
        return write(row[value]) + (f" \u00b1 {write(row[error])}" if known else "")

    unit = f" ({row['unit']})" if row["unit"] else ""
    known = np.isfinite(row["low"]) and np.isfinite(row["high"])
    return [
        _symbol(row["label"]) + unit,
        write(row["value"]),
        write(row["calibrated"]),
        write(row["power law"]),
        write(row["formal"]),
        pair("hybrid", "e_hybrid"),
        pair("hybrid_flat", "e_hybrid_flat"),
        pair("known", "e_known"),
        f"{write(row['low'])} to {write(row['high'])}" if known else "\u2013",
    ]


def _writer(label):
    """What writes a value of a label, a null as a dash."""
    form = LABELS[label].form if label in LABELS else ".3f"

    def write(value):
        if not np.isfinite(value):
            return "\u2013"
        text = format(float(value), form)
        return text.replace("-", "\u2212") if float(text) else text.lstrip("-")

    return write


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
                axes.xaxis.set_label_coords(0.5, -0.33 / side)
            if j == 0 and i > 0:
                axes.tick_params(labelleft=True, pad=1.5)
                axes.set_ylabel(_symbol(y), fontsize=7.5)
                axes.yaxis.set_label_coords(-0.4 / side, 0.5)
            if i == 0 and j > 0:
                axes.tick_params(axis="x", labeltop=True, labelrotation=40, pad=1.5)
                axes.xaxis.set_label_position("top")
                axes.set_xlabel(_symbol(x), fontsize=7.5)
                axes.xaxis.set_label_coords(0.5, 1 + 0.28 / side)
            if j == d - 1 and i < d - 1:
                axes.tick_params(labelright=True, pad=1.5)
                axes.yaxis.set_label_position("right")
                axes.set_ylabel(_symbol(y), fontsize=7.5)
                axes.yaxis.set_label_coords(1 + 0.36 / side, 0.5)


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
    if not values:
        return 0.0, 1.0
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
        _contours(axes, *star.posterior.draws[:, [one, other]].T, x_limits, y_limits)
        for k, place in enumerate(star.posterior.minima[:, [one, other]]):
            axes.plot(*place, "x" if k else "+", color=style.RED, ms=5, mew=1.0)
    look = {"fmt": "D", "ms": 2.6, "mew": 0, "elinewidth": 0.8}
    axes.errorbar(
        x["hybrid"], y["hybrid"], y["e_hybrid"], x["e_hybrid"], color=HYBRID, **look
    )
    axes.plot(x["known"], y["known"], "*", color=KNOWN, ms=6, mew=0)


def _contours(axes, x, y, x_limits, y_limits):
    """Filled contours that hold `LEVELS` of some points."""
    cells, x_edges, y_edges = np.histogram2d(x, y, CELLS, [x_limits, y_limits])
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


def _beside(page, star):
    """Legend, flags and what is said of the fit, beside the square."""
    left, top = LEFT + SQUARE + 0.5, -0.2
    for title, lines in _said(star):
        page.text(left, top, title, fontsize=7.5, fontweight="bold", va="baseline")
        top += LINE
        for text, look in lines:
            for part in text.split("\n"):
                page.text(left, top, part, fontsize=6.8, va="baseline", **look)
                top += 0.9 * LINE
        top += 0.45 * LINE
    _legend(page, star, left)


def _said(star):
    """What stands beside the square: titles with lines and their look."""
    yield "Flags", _flag_lines(star.flags, star.reason)
    if np.isfinite(star.labels["hybrid"]).any() or star.hybrid_flags:
        yield (
            "Flags of the hybrid labels",
            _flag_lines(star.hybrid_flags, "", short=True),
        )
    yield "Fit", [(text, {}) for text in _measures(star)]
    if star.posterior is not None:
        yield "Minima of the posterior", [(x, {}) for x in _minima(star.posterior)]


def _flag_lines(flags, reason, short=False):
    """Flags in words, one or several lines each."""
    if reason:
        yield textwrap.fill(f"no labels: {reason}", WRAP), {"color": style.RED}
    if not flags and not reason:
        yield "none", {"color": style.GREY}
    for name, text in flags.items():
        name = name.replace("_", " ")
        said = name if short else f"{name}: {text}"
        yield textwrap.fill(said, WRAP), {"color": style.RED}


def _measures(star):
    """What is said of the fit, as lines."""
    found = star.measures
    yield f"SNR {star.snr:.1f} a pixel"
    if "chi2" in found:
        dof = max(found.get("dof", 0), 1)
        ratio = found["chi2"] / dof
        yield f"$\\chi^2$ / dof = {found['chi2']:.0f} / {dof:.0f} = {ratio:.2f}"
    if "n_good" in found:
        dropped = found.get("n_outliers", 0)
        yield f"{found['n_good']:.0f} good pixels, {dropped:.0f} of them dropped"
    if "correlation" in found:
        yield f"correlation with the model {found['correlation']:.2f}"
    if "v_offset" in found:
        yield f"velocity left {found['v_offset']:+.0f} km/s".replace("-", "\u2212")
    if "training_sparseness" in found:
        yield (
            f"distance to training stars {found['training_sparseness']:.2f}\n"
            "(99 % of these have less than 1)"
        )


def _minima(posterior):
    """Depth and share of every minimum, as lines."""
    if len(posterior.minima) == 1:
        yield "one"
        return
    for k, (depth, share) in enumerate(zip(posterior.depth, posterior.share)):
        labels = ", ".join(
            f"{_symbol(name)} {_writer(name)(value)}"
            for name, value in zip(posterior.names, posterior.minima[k])
            if name in ("teff", "feh", "feh_niu")
        )
        yield f"$\\Delta\\chi^2$ = {depth:.1f}, {share:.0%} of it:\n   {labels}"


def _legend(page, star, left):
    """What the marks mean."""
    hybrid = np.isfinite(star.labels["hybrid"]).any()
    known = np.isfinite(star.labels["known"]).any()
    usable = np.isfinite(star.labels["low"]).any()
    marks = [
        (Line2D([], [], color=OBSERVED, lw=0.8), "observed"),
        (Line2D([], [], color=MODEL, lw=0.9), "best model (maximum posterior)"),
        (Line2D([], [], ls="", marker="|", color=style.BLUE, ms=7), "bad pixel"),
        (
            Line2D([], [], ls="", marker="o", mfc="none", mec=DROPPED, ms=4),
            "dropped: far off the fit",
        ),
        (Patch(color="0.75"), "posterior, formal (68, 95 %)"),
        (Line2D([], [], ls="", marker="+", color=style.RED, ms=5), "deepest minimum"),
        (Line2D([], [], ls="", marker="x", color=style.RED, ms=4.5), "other minima"),
        (Line2D([], [], ls="--", color=style.RED), "SLAM, calibrated"),
        (hybrid and Line2D([], [], marker="D", ms=3, color=HYBRID), "hybrid label"),
        (known and Line2D([], [], ls=":", marker="*", color=KNOWN), "known label"),
        (Line2D([], [], ls="", marker=".", color="0.62"), "training stars"),
        (usable and Line2D([], [], ls=":", color=style.BLUE), "usable range"),
    ]
    marks = [(look, text) for look, text in marks if look]
    figure = page.figure
    figure.legend(
        *zip(*marks), loc="lower left", fontsize=6.8, handlelength=1.6,
        labelspacing=0.35, borderaxespad=0, borderpad=0,
        bbox_to_anchor=(
            left / page.width,
            1 - (page.top + SQUARE) / page.height,
        ),
    )  # fmt: skip
