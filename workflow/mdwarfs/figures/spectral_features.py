"""A panel that says what absorbs where, to stand above spectra."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mdwarfs.figures import style
from mdwarfs.interpretation.features import EARTH, FEATURES, SPECIES

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
