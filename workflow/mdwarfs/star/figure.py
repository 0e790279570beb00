"""The figure of one star: spectrum and best model, labels, posterior, neighbours."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from mdwarfs.figures import style
from mdwarfs.figures.spectral_features import named
from mdwarfs.star import label_planes, printout
from mdwarfs.star.label_planes import HYBRID, KNOWN, SQUARE, symbol

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

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
EDGE = 0.06  # of the axis of flux, at whose lower end no number stands
FARTHEST = 6.0  # end of the axis of residuals [standard deviations]
AROUND = 0.2, 99.8  # percentiles of the flux between which the axis reaches
OBSERVED, MODEL = "0.25", style.RED
DROPPED = "#EE7733"
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
    page = Page(figure)
    _title(page, star)
    for place in rows:
        _spectrum(page, star.spectrum, place)
    if labelled:
        _labels(page, star)
        label_planes.draw(page, star, LEFT)
        _beside(page, star, LEFT + SQUARE + 0.5, -0.2)
        _legend(page, star, LEFT + SQUARE + 0.5)
    else:
        _beside(page, star, LEFT, 0.15)
    return figure


class Page:
    """Places on a figure from its top, in inches.

    Parameters
    ----------
    figure
        Its size does not change.

    Attributes
    ----------
    width, height
        Of the figure [inch].
    top
        Where the present part begins, from the upper edge [inch].
    """

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        self.width, self.height = figure.get_size_inches()
        self.top = style.STRIP + 0.06

    def down(self, by: float) -> None:
        """Let what follows stand lower, by so many inches."""
        self.top += by

    def axes(
        self, left: float, top: float, width: float, height: float, **look: Any
    ) -> Axes:
        """Axes whose upper left corner is at a place of the present part.

        Parameters
        ----------
        left, top, width, height
            In inches; `top` from where the part begins.
        **look
            As matplotlib takes it.
        """
        bottom = self.height - self.top - top - height
        place = np.array([left, bottom, width, height])
        whole = [self.width, self.height, self.width, self.height]
        return self.figure.add_axes(place / whole, **look)

    def text(self, left: float, top: float, text: str, **look: Any) -> Text:
        """A text whose upper left corner is at a place of the present part.

        Parameters
        ----------
        left, top
            In inches, as for `axes`.
        text
        **look
            As matplotlib takes it.
        """
        look = {"ha": "left", "va": "top", "fontsize": 7} | look
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
    role = printout.ROLES.get(star.role, "")
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


BEGIN = 0.0, 0.95, 1.45, 2.0, 2.58, 3.05, 3.95, 4.85, 5.75, 6.2
"""Where the columns of the table of labels begin [inch]."""
UNCERTAINTIES = 2, 3, 4  # columns of the table
COLOURS = {"SLAM": style.RED, "hybrid": HYBRID, "reference": KNOWN}


def _labels(page, star):
    """The table of labels with their uncertainties."""
    kept = printout.columns(star)
    for k in kept:
        colour = COLOURS.get(printout.TITLES[k], "black")
        look = {"fontsize": 7.5, "fontweight": "bold", "color": colour}
        page.text(LEFT + BEGIN[k], 0, printout.TITLES[k], **look)
    first = next((k for k in kept if k in UNCERTAINTIES), None)
    if first is not None:
        text = "uncertainties (1 $\\sigma$)"
        page.text(LEFT + BEGIN[first], -LINE, text, color=style.GREY)
    page.down(LINE * 1.15)
    for row in star.labels:
        texts = printout.cells(row, symbol(row["label"]))
        for k in kept:
            page.text(LEFT + BEGIN[k], 0, texts[k], fontsize=8)
        page.down(LINE)
    page.down(LINE)


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
    said = [("Recommended", [printout.recommended(star)])]
    said += [("Flags", printout.flags(star.flags, star.reason))]
    if np.isfinite(star.labels["hybrid"]).any():
        said.append(("Flags of the hybrid labels", printout.flags(star.hybrid_flags)))
    for title, texts in said:
        fine = "none", "yes", "yes; hybrid: yes"
        yield title, [(_wrapped(x), plain if x in fine else red) for x in texts]
    said = [("Fit", printout.measures(star))]
    if star.posterior is not None:
        said.append(
            ("Minima of the posterior", printout.minima(star.posterior, symbol))
        )
    if star.note:
        said.append(("Note", [star.note]))
    for title, texts in said:
        yield title, [(_wrapped(x), plain) for x in texts]


def _wrapped(text):
    """A text in lines that fit beside the square; what begins with blanks, as it is."""
    return text if text.startswith(" ") else textwrap.fill(text, WRAP)


def _legend(page, star, left):
    """What the marks mean."""
    posterior, labels = star.posterior, star.labels
    has = {name: np.isfinite(labels[name]).any() for name in labels.colnames[2:]}
    several = posterior is not None and len(posterior.minima) > 1
    red, blue = style.RED, style.BLUE
    marks = [
        (True, _mark("", "-", color=OBSERVED, lw=0.8), "observed"),
        (True, _mark("", "-", color=MODEL, lw=0.9), "best model (maximum posterior)"),
        (star.spectrum.bad.any(), _mark("|", color=blue, ms=7), "bad pixel"),
        (
            star.spectrum.dropped.any(),
            _mark("o", mfc="none", mec=DROPPED, ms=4),
            "dropped: far off the fit",
        ),
        (posterior, Patch(color="0.75"), "posterior, formal (68, 95 %)"),
        (posterior, _mark("+", color=red, ms=5), "deepest minimum"),
        (several, _mark("x", color=red, ms=4.5), "other minima"),
        (has["sigma_value"], _mark("o", "-", color=red, ms=2.5), "SLAM, calibrated"),
        (has["sigma_value"], _mark("", "--", color=red), "the same, as a Gaussian"),
        (has["hybrid"], _mark("D", "-", color=HYBRID, ms=3), "hybrid label"),
        (
            has["hybrid"],
            _mark("", "-", color=HYBRID, lw=0.9),
            "the same, as a Gaussian",
        ),
        (has["reference"], _mark("*", ":", color=KNOWN), "reference label"),
        (True, _mark(".", color="0.62"), "training stars"),
        (has["low"], _mark("", ":", color=blue), "usable range"),
    ]
    looks, texts = zip(*((look, text) for shown, look, text in marks if shown))
    page.figure.legend(
        looks, texts, loc="lower left", fontsize=6.8, handlelength=1.6,
        labelspacing=0.35, borderaxespad=0, borderpad=0,
        bbox_to_anchor=(left / page.width, 1 - (page.top + SQUARE) / page.height),
    )  # fmt: skip


def _mark(marker, line="", **look):
    """A mark of the legend."""
    return Line2D([], [], ls=line, marker=marker, **look)
