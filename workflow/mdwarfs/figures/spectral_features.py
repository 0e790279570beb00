"""A panel above spectra that names the absorption features."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

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
NAME, LINES = 2.0, (0.5, 1.0)  # of lines: their names, and their ticks below these
BELOW = 1.6  # by which the row of the weaker ones stands lower
SMALL, LETTER = 5.8, 0.055  # of the names: height [pt], width of a letter [inch]
STAR, AIR = "#BBDDEE", "#D9D9D9"  # of bands
HALF = 0.42  # of the height of a band [lanes]
ENDS = 5.9, -0.6  # of the lanes: below and above


class Placed(NamedTuple):
    """A band or a multiplet and where it stands above a spectrum.

    Attributes
    ----------
    lines
        Heads or lines within the spectrum [Angstrom].
    band
        Where it begins and ends [Angstrom]; None of lines.
    lane
        From above.
    air
        What the air absorbs.
    name
        As matplotlib writes it; empty where another name has its place.
    middle
        Of the name [Angstrom].
    """

    lines: list[float]
    band: tuple[float, float] | None
    lane: float
    air: bool
    name: str
    middle: float

    @property
    def ends(self) -> tuple[float, float]:
        """Of its ticks and its band, from above [lanes]."""
        if self.band is not None:
            return self.lane - HALF, self.lane + HALF
        above, below = LINES
        return self.lane + above, self.lane + below


def placed(low: float, high: float, letter: float) -> Iterator[Placed]:
    """The features of a spectrum, named where there is room.

    Parameters
    ----------
    low, high
        Ends of the spectrum, in vacuum [Angstrom].
    letter
        Width of a letter [Angstrom].
    """
    taken: dict[float, float] = {}  # how far the names of a lane reach
    for feature in FEATURES:
        air = feature.species == EARTH
        if feature.species not in (*SHOWN, *WEAKER) and not air:
            continue
        lines = [line for line in feature.heads if low < line < high]
        band, lane, name = None, NAME, _written(feature.species)
        if feature.end is not None:
            band = max(feature.heads[0], low), min(feature.end, high)
            if band[0] >= band[1]:
                continue
            lane = LANES[feature.species]
            if air:
                name = feature.name.split()[0].replace("2", "$_2$") + " (air)"
        elif not lines:
            continue
        middle = float(np.mean(lines if band is None else band))
        places = [middle]
        if feature.species in WEAKER:
            lane, places = NAME + BELOW, [lines[0], middle, lines[-1]]
        half = letter * len(name.replace("$", "").replace("_", "")) / 2
        free = [x for x in places if x - half > taken.get(lane, low)]
        if free:
            middle = free[0]
            taken[lane] = middle + half
        else:
            name = ""
        yield Placed([] if air and band else lines, band, lane, air, name, middle)


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
    for one in placed(low, high, LETTER * (high - low) / inches):
        colour = AIR if one.air else STAR
        if one.band is None:
            axes.vlines(one.lines, *one.ends, color=style.BLUE, lw=0.8)
        else:
            axes.fill_between(one.band, *one.ends, color=colour, lw=0)
            axes.vlines(one.lines, *one.ends, color=style.BLUE, lw=0.5)
        if one.name:
            ground = "white" if one.band is None else colour
            _name(axes, one.middle, one.lane, one.name, ground)
    axes.set_ylim(*ENDS)
    axes.axis("off")


def _name(axes, x, y, text, ground):
    """A small name, readable on lines of the ground that it stands on."""
    axes.text(
        x, y, text, fontsize=SMALL, ha="center", va="center_baseline", clip_on=True,
        path_effects=[withStroke(linewidth=2, foreground=ground)],
    )  # fmt: skip
