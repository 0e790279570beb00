"""Figure 1: colour-magnitude diagram of every star of the M class, and the criteria."""

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.figures import notes, panels, scales, style
from mdwarfs.samples.candidates import criteria as criteria_met


@style.styled
def draw(m_type: Table, criteria: dict) -> Figure:
    """Candidates in red, the other M-type entries in blue, criteria 1-3 as lines.

    Stars that meet criteria 1-3 and are no candidates, since their ruwe is too large
    (criterion 4), are black.

    Parameters
    ----------
    m_type
        `bp_rp0`, `mg0` [mag] and `candidate`; stars without a place in the diagram
        (NaN) are not drawn.
    criteria
        Section `candidates` of the configuration.
    """
    figure = style.new(style.COLUMN, 3.7)
    axes = figure.subplots()
    colour, magnitude, candidate = scales.finite(
        m_type["bp_rp0"], m_type["mg0"], m_type["candidate"]
    )
    candidate = candidate.astype(bool)
    met = criteria_met(magnitude, colour, np.full(len(colour), np.nan), criteria)
    inside = np.all([met[f"criterion_{k}"] for k in (1, 2, 3)], axis=0)
    panels.cmd(axes, colour, magnitude)
    # Stars that only ruwe rejects lie among the candidates: the fewer are on top.
    for chosen, hue, name, zorder in (
        (~candidate & ~inside, style.BLUE, "fails 1, 2 or 3", 1.0),
        (candidate, style.RED, "candidate", 1.0),
        (~candidate & inside, "black", "fails 4 (ruwe)", 1.5),
    ):
        axes.scatter(
            colour[chosen], magnitude[chosen], s=0.7 * panels.area(len(colour)), c=hue,
            linewidths=0, rasterized=chosen.sum() > panels.RASTER, zorder=zorder,
            label=f"{name} ({chosen.sum():,})",
        )  # fmt: skip
    if not len(colour):
        notes.no_stars(axes)
    _lines(axes, criteria)
    notes.count_beyond(axes, colour, magnitude)
    figure.legend(
        *axes.get_legend_handles_labels(), loc="outside lower center", ncols=3,
        markerscale=4 / np.sqrt(panels.crowded(len(colour))), handletextpad=0.1,
        columnspacing=0.8, handlelength=1.0,
    )  # fmt: skip
    return figure


def _lines(axes, criteria):
    """Criteria 1-3, each named at the place where its line leaves the panel."""
    left, right = axes.get_xlim()
    bottom, top = axes.get_ylim()
    lines = (
        ("1", 0.0, criteria["mg0_min"]),
        ("2", criteria["below"]["slope"], criteria["below"]["intercept"]),
        ("3", criteria["above"]["slope"], criteria["above"]["intercept"]),
    )
    for name, slope, intercept in lines:
        axes.axline((0, intercept), slope=slope, color="black", lw=0.8, ls="--")
        x = np.linspace(left, right, 400)[20:-20]
        y = intercept + slope * x
        room = 0.05 * (bottom - top)
        inside = np.flatnonzero((y < bottom - room) & (y > top + room))
        if inside.size:
            last = inside[-1]
            axes.text(
                x[last], y[last], name, fontsize=7.5, ha="center", va="center",
                bbox={"boxstyle": "circle,pad=0.15", "fc": "white", "lw": 0.5},
            )  # fmt: skip
