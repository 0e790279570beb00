"""A panel that says what absorbs where, to stand above spectra."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from mdwarfs.figures import style
from mdwarfs.literature.features import EARTH, FEATURES, SPECIES

ROW = 0.085  # height of the row of one species [inch]
HEIGHT = ROW * len(SPECIES)
BAND, TICK = 0.16, 0.36  # half heights of a band and of a head or line [rows]


def draw(axes: Axes) -> None:
    """Draw one row per species: bands with their heads, and lines.

    Parameters
    ----------
    axes
        Its x axis is a wavelength in vacuum [Angstrom].
    """
    for feature in FEATURES:
        row = SPECIES.index(feature.species)
        colour = style.GREY if feature.species == EARTH else style.BLUE
        if feature.end is not None:
            axes.fill_between(
                feature.ranges[0],
                row - BAND,
                row + BAND,
                color=colour,
                alpha=0.35,
                lw=0,
            )
        axes.vlines(feature.heads, row - TICK, row + TICK, color=colour, lw=0.8)
    rows = np.arange(len(SPECIES))
    axes.set_ylim(len(SPECIES) - 0.4, -0.6)
    axes.set_yticks(rows, [_written(name) for name in SPECIES], fontsize=5.8)
    axes.minorticks_off()
    axes.tick_params(length=0, labelbottom=False)
    axes.hlines(rows, 0, 1e5, color="0.9", lw=0.4, zorder=0)
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)


def above(
    figure: Figure, heights: Sequence[float], wavelength: tuple[float, ...]
) -> list[Axes]:
    """Panels one below the other with a common wavelength axis, features on top.

    Parameters
    ----------
    heights
        Of the panels [inch].
    wavelength
        First and last of the axis [Angstrom].

    Returns
    -------
    panels
        The panels, without that of the features.
    """
    top, *panels = figure.subplots(
        1 + len(heights), sharex=True, height_ratios=[HEIGHT, *heights]
    )
    top.set_xlim(wavelength)
    draw(top)
    panels[-1].set_xlabel(r"Wavelength in vacuum ($\mathrm{\AA}$)")
    figure.align_ylabels(panels)
    return panels


def _written(species):
    """H alpha is the one line of hydrogen here."""
    return r"H$\alpha$" if species == "H I" else species


SHOWN = ("TiO", "CaH", "CaOH", "VO", "FeH", "H I", "K I", "Na I", "Ca II", "Rb I")
"""Species that are named directly above a spectrum; what the air absorbs is as well."""
WEAKER = ("Ca I", "Fe I", "Ti I")
"""Species whose lines stand in a row of their own, below the others."""
LANES = {"TiO": 0, "CaH": 1, "CaOH": 1, "VO": 1, "FeH": 1, EARTH: 5.3}
"""Where bands stand, from above; lines stand between those of star and air."""
NAME, LINES = 2.0, (2.5, 3.0)  # of lines: their names, and their ticks
BELOW = 1.6  # by which the row of the weaker ones stands lower
SMALL, LETTER = 5.8, 0.055  # of the names: height [pt], width of a letter [inch]
STAR, AIR = "#BBDDEE", "0.85"  # of bands


def named(axes: Axes) -> None:
    """Name bands and lines one by one, each where it is.

    Parameters
    ----------
    axes
        Low and wide, above the spectrum; its x axis, whose limits are set, is a
        wavelength in vacuum [Angstrom].
    """
    low, high = axes.get_xlim()
    inches = axes.get_position().width * axes.figure.get_figwidth()
    letter = LETTER * (high - low) / inches
    taken: dict[float, float] = {}  # how far the names of a lane reach
    for feature in FEATURES:
        if feature.species not in (*SHOWN, *WEAKER, EARTH):
            continue
        draw_one = _lines if feature.end is None else _band
        found = draw_one(axes, feature, low, high)
        if found is None:
            continue
        places, lane, text, ground = found
        half = letter * len(text.replace("$", "").replace("_", "")) / 2
        free = [x for x in places if x - half > taken.get(lane, low)]
        if free:
            _name(axes, free[0], lane, text, ground)
            taken[lane] = free[0] + half
    axes.set_ylim(5.9, -0.6)
    axes.axis("off")


def _lines(axes, feature, low, high):
    """The lines of a multiplet; where its name may stand on what, None without any."""
    inside = [line for line in feature.heads if low < line < high]
    if not inside:
        return None
    lower = BELOW if feature.species in WEAKER else 0.0
    axes.vlines(inside, *np.add(LINES, lower), color=style.BLUE, lw=0.8)
    middle = np.mean(inside)
    places = [inside[0], middle, inside[-1]] if lower else [middle]
    return places, NAME + lower, _written(feature.species), "white"


def _band(axes, feature, low, high):
    """A band with its heads; where its name stands on what, None without any."""
    begin, end = max(feature.heads[0], low), min(feature.end, high)
    if begin >= end:
        return None
    lane, earth = LANES[feature.species], feature.species == EARTH
    colour = AIR if earth else STAR
    axes.fill_between([begin, end], lane - 0.42, lane + 0.42, color=colour, lw=0)
    name = _written(feature.species)
    if earth:
        name = feature.name.split()[0].replace("2", "$_2$") + " (air)"
    else:
        heads = [head for head in feature.heads if low < head < high]
        axes.vlines(heads, lane - 0.42, lane + 0.42, color=style.BLUE, lw=0.5)
    return [(begin + end) / 2], lane, name, colour


def _name(axes, x, y, text, ground):
    """A small name, readable on lines of the ground that it stands on."""
    axes.text(
        x, y, text, fontsize=SMALL, ha="center", va="center_baseline", clip_on=True,
        path_effects=[withStroke(linewidth=2, foreground=ground)],
    )  # fmt: skip
