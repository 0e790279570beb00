"""Diagnostic: hyperparameters of each pixel, and how well labels explain its flux."""

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from mdwarfs.figures import panels, spectral_features, style

ROOM, STEP = 0.5, 0.1  # height of a hyperparameter's panel, and of each value [inch]
LOWEST = -0.25  # R squared below it is drawn on the edge


@style.styled
def draw(table: Table) -> Figure:
    """R squared and the hyperparameters along wavelength.

    Parameters
    ----------
    table
        From `mdwarfs.interpretation.pixels.table`; each hyperparameter of its header
        has a panel.
    """
    choices = table.meta["hyperparameters"]
    heights = [1.7, *(ROOM + STEP * len(one["values"]) for one in choices.values())]
    figure = style.new(style.PAGE, sum(heights) + spectral_features.HEIGHT + 0.7)
    wavelength = np.asarray(table["wavelength"])
    limits = wavelength[0], wavelength[-1]
    top, *rows = spectral_features.above(figure, heights, limits)
    noiseless = np.maximum(np.asarray(table["r2_noiseless"]), LOWEST)
    top.plot(wavelength, table["r2"], color="black", lw=0.7, label="as observed")
    differ = np.isfinite(noiseless)
    if differ.any():
        top.scatter(
            wavelength[differ], noiseless[differ], s=3, lw=0, color=style.RED,
            label="without the spectra's noise, where the stars differ",
        )  # fmt: skip
        top.legend(loc="upper right", ncols=2, markerscale=2)
    panels.zero(top, style.GREY)
    top.set_ylim(LOWEST - 0.03, 1.15)
    top.set_ylabel(r"Cross-validated $R^2$")
    for (name, one), axes in zip(choices.items(), rows):
        axes.scatter(wavelength, table[name], s=1.2, lw=0, color=style.BLUE)
        axes.set_yscale("log")
        values = np.array(sorted(one["values"]))
        ratio = (values[-1] / values[0]) ** (1 / max(2 * len(values) - 2, 1))
        room = max(ratio, 1.2)
        axes.set_ylim(values[0] / room, values[-1] * room)
        axes.set_yticks(values, [f"{value:g}" for value in values])
        axes.yaxis.set_minor_locator(NullLocator())
        axes.set_ylabel(one["symbol"])
        _shares(axes, np.asarray(table[name]), values)
    return figure


def _shares(axes, chosen, values):
    """How many of the pixels chose each value, beside the panel."""
    known = np.isfinite(chosen).sum()
    for value in values:
        share = 100 * np.isclose(chosen, value).sum() / max(known, 1)
        axes.text(
            1.01, value, f"{share:.0f} %", transform=axes.get_yaxis_transform(),
            va="center", fontsize=7, color=style.GREY,
        )  # fmt: skip
