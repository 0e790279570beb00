"""Diagnostic: normalised spectra of the simulation and of real M dwarfs, by type."""

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mdwarfs.figures import notes, spectral_features, style

GAP = 0.2  # between the spectra
CROSSING = 0.5  # per cent of the pixels that may cross the pair above: H alpha does
HIGH = 7.3  # of the panels with spectra [inch]
RIGHT = 7700.0  # where the text stands, from there on [Angstrom]
POOR, RICH = -0.5, 0.0  # the bins that end and begin there [dex]


@style.styled
def draw(table: Table, spectra: Table) -> Figure:
    """Pairs of spectra one below the other, of three metallicities side by side.

    Parameters
    ----------
    table, spectra
        As `mdwarfs.recovery.templates.table` and `spectra` make them: a row per
        template.
    """
    compared = {name: np.asarray(table[name]) for name in table.colnames}
    compared |= {name: np.asarray(spectra[name]) for name in ("simulated", "template")}
    compared["wavelength"] = np.asarray(spectra["wavelength"])[0]
    columns = sets(compared)
    wavelength, types = compared["wavelength"], np.unique(compared["spt"])
    offsets = _offsets(compared, types)
    figure = style.new(style.PAGE, HIGH + spectral_features.HEIGHT)
    axes = figure.subplots(
        2, len(columns), sharex=True, sharey="row", squeeze=False,
        height_ratios=[spectral_features.HEIGHT, HIGH],
    )  # fmt: skip
    for (title, rows), strip, panel in zip(columns.items(), *axes):
        strip.set_title(title)
        spectral_features.draw(strip)
        for row in rows:
            offset = offsets[str(compared["spt"][row])]
            for name, colour, width in (
                ("template", "black", 0.8),
                ("simulated", style.RED, 0.6),
            ):
                flux = compared[name][row] + offset
                panel.plot(wavelength, flux, color=colour, lw=width, label=name)
            panel.text(
                0.98, offset + _above(compared, row), _written(compared, row),
                ha="right", va="bottom", fontsize=6.5, path_effects=notes.HALO,
                transform=panel.get_yaxis_transform(),
            )  # fmt: skip
        panel.set_xlim(wavelength[0], wavelength[-1])
        panel.xaxis.set_major_locator(MaxNLocator(4))
        panel.tick_params(axis="y", which="both", left=False, right=False)
        panel.tick_params(labelleft=False)
    for name, offset in offsets.items():
        axes[1, -1].text(
            1.02, offset + 1, name, transform=axes[1, -1].get_yaxis_transform(),
            va="center",
        )  # fmt: skip
    axes[1, 0].set_ylabel("Flux over pseudo-continuum + constant")
    figure.supxlabel(r"Wavelength in vacuum ($\mathrm{\AA}$)", fontsize=8.5)
    handles, labels = axes[1, 0].get_legend_handles_labels()
    axes[1, 0].legend(handles[:2], labels[:2], loc="lower left")
    return figure


def sets(compared: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The templates that are shown: rows of each column, by its title.

    Returns
    -------
    each of int
        Of each type the poorest bin if it ends below solar metallicity by half a dex,
        the solar template, and the richest bin. A set without templates is left out.
    """
    solar = compared["feh_low"] == compared["feh_high"]
    poor = ~solar & (compared["feh_high"] <= POOR)
    rich = ~solar & (compared["feh_low"] >= RICH)
    for name in np.unique(compared["spt"]):
        same = rich & (compared["spt"] == name)
        rich[same] = compared["feh"][same] == np.max(compared["feh"][same], initial=-9)
    found = {
        r"metal-poor: [Fe/H] $<-0.5$": np.flatnonzero(poor),
        "means of nearby stars": np.flatnonzero(solar),
        "metal-rich: highest bin": np.flatnonzero(rich),
    }
    return {title: rows for title, rows in found.items() if len(rows)}


def _offsets(compared, types):
    """Shifts that put the pairs of each type just below those of the type before."""
    offsets, floor = {}, None
    both = np.array([compared["simulated"], compared["template"]])
    for name in types:
        mine = both[:, compared["spt"] == name]
        ceiling = np.nanmax(mine, axis=(0, 1))
        offset = 0.0
        if floor is not None:
            offset = np.nanpercentile(floor - ceiling, CROSSING) - GAP
        offsets[str(name)] = offset
        floor = np.nanmin(mine, axis=(0, 1)) + offset
    return offsets


def _above(compared, row):
    """Where a text at the right stands clear of a pair of spectra."""
    right = compared["wavelength"] > RIGHT
    pair = compared["template"][row][right], compared["simulated"][row][right]
    return np.nanpercentile(pair, 99.5) + 0.02


def _written(compared, row):
    """Labels of the simulated star and the correlation."""
    feh = notes.number(compared["feh"][row], "feh", sign=True)
    return f"[Fe/H] {feh}, $r=${compared['correlation'][row]:.3f}"
