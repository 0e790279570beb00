"""Figure 11: colour-magnitude diagrams by [Fe/H], with PARSEC isochrones."""

import numpy as np
from astropy.table import Table
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patheffects import Normal, Stroke
from scipy.stats import binned_statistic_2d

from mdwarfs.figures import notes, panels, scales, style

CELLS = 45  # along each axis, at most
LEAST = 2  # stars of a cell whose median is shown
MAIN_SEQUENCE = 1  # PARSEC's label


@style.styled
def draw(catalogue: Table, aspcap: Table, isochrones: Table) -> Figure:
    """Median [Fe/H] per cell: SLAM, ASPCAP, ASPCAP corrected; isochrones on top.

    Cells of fewer than `LEAST` stars have no median.

    Parameters
    ----------
    catalogue
        All candidates: `bp_rp0`, `mg0` [mag] and SLAM's `feh` [dex].
    aspcap
        Those that ASPCAP has too: the same, `feh_aspcap` and `feh_aspcap_corrected`.
    isochrones
        PARSEC's `m_h` [dex], `label`, `mini` [Msun], `m_g`, `m_bp`, `m_rp` [mag].
    """
    figure = style.new(style.PAGE, 3.0)
    grid = figure.subplots(1, 3, sharex=True, sharey=True)
    panels.cmd(grid[0], catalogue["bp_rp0"], catalogue["mg0"])
    metallicities = np.unique(np.asarray(isochrones["m_h"], float))
    shown = (
        (catalogue, "feh", "SLAM"),
        (aspcap, "feh_aspcap", "ASPCAP"),
        (aspcap, "feh_aspcap_corrected", "ASPCAP, corr"),
    )
    drawn = [
        _medians(axes, table["bp_rp0"], table["mg0"], table[name], scale)
        for axes, (table, name, scale) in zip(grid, shown)
    ]
    medians = np.concatenate([mesh.get_array().compressed() for mesh in drawn])
    norm = Normalize(*scales.middle(medians, 0.4))
    for axes, mesh in zip(grid, drawn):
        mesh.set_norm(norm)
        axes.set_xlabel(grid[0].get_xlabel())
        for metallicity in metallicities:
            rows = isochrones[np.asarray(isochrones["m_h"], float) == metallicity]
            _isochrone(axes, rows, style.SEQUENTIAL(norm(metallicity)), metallicity)
    grid[0].legend(loc="upper right", title="PARSEC [M/H]", title_fontsize=7.5)
    arrows = scales.arrows(norm, medians, metallicities)
    bar = figure.colorbar(drawn[0], ax=grid, pad=0.015, extend=arrows)
    bar.set_label("Median [Fe/H] per cell (dex)")
    return figure


def _medians(axes, colour, magnitude, feh, scale):
    colour, magnitude, feh = scales.finite(colour, magnitude, feh)
    number = int(np.clip(np.sqrt(2 * len(feh)), 8, CELLS))
    x_edges = np.linspace(*sorted(axes.get_xlim()), number + 1)
    y_edges = np.linspace(*sorted(axes.get_ylim()), number + 1)
    if len(feh):
        bins = [x_edges, y_edges]
        medians, *_ = binned_statistic_2d(colour, magnitude, feh, "median", bins=bins)
        counts, *_ = np.histogram2d(colour, magnitude, bins=bins)
        medians[counts < LEAST] = np.nan
    else:
        notes.no_stars(axes)
        medians = np.full((number, number), np.nan)
    notes.above(axes, f"{style.symbol('feh', scale)}\n{len(feh):,} stars")
    notes.count_beyond(axes, colour, magnitude)
    return axes.pcolormesh(
        x_edges, y_edges, np.ma.masked_invalid(medians.T), cmap=style.SEQUENTIAL,
        rasterized=True,
    )  # fmt: skip


def _isochrone(axes, rows, hue, metallicity):
    """The main sequence of one isochrone, outlined to show on its own hue."""
    rows = rows[np.asarray(rows["label"]) == MAIN_SEQUENCE]
    rows = rows[np.argsort(rows["mini"])]
    name = f"{metallicity:+.1f}" if metallicity else "0.0"
    axes.plot(
        np.asarray(rows["m_bp"] - rows["m_rp"]), np.asarray(rows["m_g"]), color=hue,
        lw=1.0, label=name.replace("-", "\u2212"), scalex=False, scaley=False,
        path_effects=[Stroke(linewidth=1.9, foreground="black"), Normal()],
    )  # fmt: skip
