"""Diagnostic: how the model's flux changes with the labels, pixel by pixel."""

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mdwarfs.figures import panels, spectral_features, style
from mdwarfs.labels import LABELS

SMOOTH = 5  # pixels that the slopes are averaged over, about two resolution elements
SHOWN = 99.7  # per cent of these that the axes hold


@style.styled
def draw(table: Table, injected: Table | None = None) -> Figure:
    """The model spectra of some temperatures, and their change with each label.

    Parameters
    ----------
    table
        From `mdwarfs.interpretation.sensitivity.table`.
    injected
        From `mdwarfs.recovery.slopes.slopes_table`, where the run is simulated.
    """
    names = [column[2:] for column in table.colnames if column.startswith("d_")]
    temperatures = np.unique(table["teff"])
    colours = style.SEQUENTIAL(np.linspace(0, 0.9, len(temperatures)))
    middle = temperatures[len(temperatures) // 2]
    heights = [1.15] + [1.1] * len(names)
    figure = style.new(style.PAGE, sum(heights) + spectral_features.HEIGHT + 0.7)
    wavelength = table["wavelength"].min(), table["wavelength"].max()
    top, *rows = spectral_features.above(figure, heights, wavelength)
    for teff, colour in zip(temperatures, colours):
        part = table[table["teff"] == teff]
        line = {"color": colour, "lw": 0.7, "label": f"{teff:.0f} K"}
        top.plot(part["wavelength"], part["flux"], **line)
        for name, axes in zip(names, rows):
            step = LABELS[name].visible
            axes.plot(part["wavelength"], smooth(part[f"d_{name}"] * step), **line)
    for name, axes in zip(names, rows):
        step = LABELS[name].visible
        lines = [line.get_ydata() for line in axes.lines]
        if injected is not None:
            part = injected[injected["teff"] == middle]
            put_in = smooth(part[f"injected_{name}"] * step)
            axes.plot(part["wavelength"], put_in, color="black", lw=0.6)
        panels.zero(axes, style.GREY)
        limit = 1.15 * np.nanpercentile(np.abs(lines), SHOWN)
        axes.set_ylim(-limit, limit)
        axes.set_ylabel(_written(name, step))
        axes.yaxis.set_major_locator(MaxNLocator(5))
    rows[0].set_title(f"running means of {SMOOTH} pixels", loc="right", fontsize=7.5)
    if injected is not None:
        top.plot(
            [], [], color="black", lw=0.6, label=f"simulated stars, {middle:.0f} K"
        )
    top.legend(loc="lower left", ncols=len(temperatures) + 1)
    top.set_ylim(_floor(table["flux"]), None)
    top.set_ylabel("Model flux")
    return figure


def smooth(values: np.ndarray) -> np.ndarray:
    """Running mean of `SMOOTH` pixels, of those that are known."""
    known = np.isfinite(values)
    kernel = np.ones(SMOOTH)
    total = np.convolve(np.where(known, values, 0.0), kernel, "same")
    count = np.convolve(known, kernel, "same")
    return np.where(known, total / np.maximum(count, 1), np.nan)


def _floor(flux):
    """A lower limit that leaves room for the legend below the spectra."""
    low, high = np.nanmin(flux), np.nanmax(flux)
    return low - 0.3 * (high - low)


def _written(name, step):
    """The change of flux with a step of a label, for the axis."""
    return f"per {step:g} {LABELS[name].unit}\nof {style.symbol(name)}"
