"""Errors of the labels in units of each uncertainty: against the truth, or references.

The figures of the pulls of simulated stars and of those of given spectra are such.
"""

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.figures import notes, panels, scales, style
from mdwarfs.validation.pulls import BAND, COLUMN

REACH = 5.0  # of the histograms, in standard deviations
CELLS = 40  # at most; of few stars there are fewer
HIGHEST = 0.55  # density at which the axis ends, unless there are larger ones
NARROWEST, WIDEST = 0.45, 6.0  # widths of the axis, unless there are others beyond


@style.styled
def draw(table: Table, stars: Table, error: str) -> Figure:
    """Width of the pulls against SNR, and their distribution, label by label.

    Parameters
    ----------
    table
        As `mdwarfs.validation.pulls.widths_by_snr` makes it.
    stars
        As `mdwarfs.recovery.pulls.pulls` or
        `mdwarfs.validation.pulls.against_references` makes it.
    error
        What is divided by the uncertainty, in words.
    """
    figure = style.new(style.PAGE, 3.7)
    labels = list(dict.fromkeys(str(label) for label in table["label"]))
    top, bottom = figure.subplots(2, max(len(labels), 1), sharey="row", squeeze=False)
    if not labels:
        notes.no_stars(top[0])
    widths = np.asarray(table["std"][np.asarray(table["bin"]) > 0], float)
    widths = widths[np.isfinite(widths) & (widths > 0)]
    limits = min([NARROWEST, *0.8 * widths]), max([WIDEST, *1.15 * widths])
    highest = HIGHEST
    for axes, below, label in zip(top, bottom, labels):
        axes.set_title(style.symbol(label))
        _widths(axes, table[np.asarray(table["label"]) == label], limits)
        highest = max(highest, 1.15 * _distribution(below, stars, label))
        below.set_xlabel(rf"{error} / $\sigma$")
    bottom[0].set_ylim(0, highest)
    top[0].set_ylabel("Standard deviation of pulls")
    bottom[0].set_ylabel("Density")
    handles = [
        handle
        for axes in (top[0], bottom[0])
        for handle in axes.get_legend_handles_labels()[0]
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    return figure


def _widths(axes, rows, limits):
    """Standard deviation of the pulls in SNR bins, and the band where it should be."""
    axes.axhspan(*BAND, color="0.85", lw=0, label=f"{BAND[0]} to {BAND[1]}")
    axes.axhline(1, color="black", lw=0.6)
    rows = rows[np.asarray(rows["bin"]) > 0]
    for name, (colour, marker, line) in style.LOOKS.items():
        own = rows[np.asarray(rows["uncertainty"]) == name]
        if not len(own):  # too few stars
            continue
        axes.errorbar(
            own["snr"], own["std"], own["e_std"], color=colour, fmt=marker, ls=line,
            ms=3, elinewidth=0.7, label=name,
        )  # fmt: skip
    axes.set_yscale("log")
    low, high = limits
    ticks = [x for x in (0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20, 50) if low < x < high]
    axes.set_ylim(limits)
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_yticks([], minor=True)
    snr = np.asarray(rows["snr"] if len(rows) else [1, 100], float)
    panels.log_snr(axes, 0.75 * snr.min(), 1.33 * snr.max())
    axes.set_xlabel("SNR of the spectrum")


def _distribution(axes, stars, label):
    """Histograms of formal and calibrated pulls, and the unit Gaussian; the peak."""
    peak = 0.0
    x = np.linspace(-REACH, REACH, 201)
    axes.plot(
        x, np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi), color="black", lw=0.8, zorder=3,
        label="unit Gaussian",
    )  # fmt: skip
    half = int(np.clip(1.2 * np.sqrt(len(stars)), 5, CELLS / 2))
    cells = np.linspace(-REACH, REACH, 2 * half + 1)
    for name in ("formal", "calibrated"):
        (values,) = scales.finite(stars[COLUMN[name].format(label)])
        if not len(values):
            continue
        colour, _, line = style.LOOKS[name]
        weight = np.full(len(values), 1 / len(values) / (cells[1] - cells[0]))
        density, _, _ = axes.hist(
            values, bins=cells, weights=weight, histtype="step", color=colour, ls=line
        )
        peak = max(peak, density.max())
    for name in ("calibrated", "formal"):
        (values,) = scales.finite(stars[COLUMN[name].format(label)])
        if not len(values):
            continue
        beyond = int(np.sum(np.abs(values) > REACH))
        if beyond:
            colour, *_ = style.LOOKS[name]
            text = f"{beyond} of {len(values)} beyond"
            notes.note(axes, text, "upper right", color=colour)
        break
    axes.set_xlim(-REACH, REACH)
    axes.set_xticks(range(-4, 5, 2))
    return peak
