"""Figure 2: colour-magnitude diagrams of both components of the FGK+M and M+M pairs."""

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.figures import notes, panels, style


@style.styled
def draw(pairs_fgk_m: Table, pairs_m_m: Table) -> Figure:
    """FGK+M pairs above, M+M pairs below; primaries blue, secondaries red.

    Parameters
    ----------
    pairs_fgk_m, pairs_m_m
        `bp_rp01`, `mg01`, `bp_rp02`, `mg02` [mag] and `selected`; the rows that pass
        the quality cuts are drawn.
    """
    figure = style.new(style.COLUMN, 5.6)
    upper, lower = figure.subplots(2, 1)
    _panel(upper, pairs_fgk_m, "FGK + M", ("FGK primary", "M secondary"))
    _panel(lower, pairs_m_m, "M + M", ("M primary", "M secondary"))
    return figure


def _panel(axes, pairs, title, names):
    pairs = pairs[np.asarray(pairs["selected"], bool)]
    colours = [np.asarray(pairs[f"bp_rp0{k}"], float) for k in (1, 2)]
    magnitudes = [np.asarray(pairs[f"mg0{k}"], float) for k in (1, 2)]
    panels.cmd(axes, np.concatenate(colours), np.concatenate(magnitudes))
    for colour, magnitude, hue, marker, name in zip(
        colours, magnitudes, (style.BLUE, style.RED), ("o", "s"), names
    ):
        axes.scatter(
            colour, magnitude, s=1.5 * panels.area(len(pairs)), c=hue, marker=marker,
            linewidths=0, alpha=0.7, label=name,
            rasterized=len(pairs) > panels.RASTER,
        )  # fmt: skip
    if not len(pairs):
        notes.no_stars(axes)
    axes.legend(loc="upper right", markerscale=1.6, handletextpad=0.2)
    notes.above(axes, f"{title}, {len(pairs):,} pairs")
    notes.count_beyond(axes, np.concatenate(colours), np.concatenate(magnitudes))
