"""Diagnostic: which M dwarfs the criteria remove, by metallicity and temperature."""

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.figures import scales, style
from mdwarfs.validation.selection import CRITERIA

LOOKS = {
    "criterion_1": (style.GREY, "s", ":"),
    "criterion_2": (style.MUTED[1], "^", "--"),
    "criterion_3": (style.RED, "o", "-"),
    "criterion_4": (style.BLUE, "D", "-."),
}
LEAST = 5  # stars of which a share is shown


@style.styled
def draw(table: Table, truth: Table | None = None) -> Figure:
    """Share of the M dwarfs that each criterion costs; criterion 3 by both labels.

    Parameters
    ----------
    table
        As `mdwarfs.validation.selection.share_lost` makes it, by the labels of APOGEE.
    truth
        The same by the true labels of sound simulated stars.
    """
    figure = style.new(style.PAGE, 2.6)
    axes = figure.subplots(1, 3, width_ratios=(1, 1, 1.15))
    for panel, label, other in ((axes[0], "feh", "teff"), (axes[1], "teff", "feh")):
        for name in CRITERIA:
            colour, marker, line = LOOKS[name]
            own = _rows(table, name, label, other)
            panel.errorbar(
                _middle(own, label), 100 * own["share"], 100 * own["e_share"],
                color=colour, marker=marker, ls=line, ms=3.5, elinewidth=0.7,
                label=f"criterion {name[-1]}",
            )  # fmt: skip
        if truth is not None:
            own = _rows(truth, "criterion_3", label, other)
            panel.plot(
                _middle(own, label), 100 * own["share"], color=style.RED, ls="none",
                marker="o", mfc="white", ms=5, zorder=5,
                label="criterion 3, sound\nstars, true labels",
            )  # fmt: skip
        panel.set_xlabel(style.with_unit(style.symbol(label), label))
        panel.set_ylabel("Stars that are lost (per cent)")
        panel.set_ylim(bottom=0)
    axes[0].legend(loc="upper left")
    axes[0].set_ylim(top=1.55 * axes[0].get_ylim()[1])
    _map(figure, axes[2], table if truth is None else truth, truth is not None)
    return figure


def _rows(table, criterion, label, other):
    """The bins of one label, whatever the other; those with enough stars."""
    use = np.asarray(table["criterion"], str) == criterion
    use &= np.isfinite(scales.float_column(table, f"{label}_min"))
    use &= ~np.isfinite(scales.float_column(table, f"{other}_min"))
    return table[use & (np.asarray(table["n"]) >= LEAST)]


def _middle(rows, label):
    """Middles of bins."""
    return (
        sum(scales.float_column(rows, f"{label}_{end}") for end in ("min", "max")) / 2
    )


def _map(figure, panel, table, true):
    """Share that criterion 3 costs by both labels, with its numbers."""
    own = table[np.asarray(table["criterion"], str) == "criterion_3"]
    own = own[
        np.isfinite(
            scales.float_column(own, "teff_min") + scales.float_column(own, "feh_min")
        )
    ]
    edges = {}
    for label in ("teff", "feh"):
        low, high = (
            scales.float_column(own, f"{label}_{end}") for end in ("min", "max")
        )
        edges[label] = np.append(np.unique(low), high.max())
    shape = len(edges["teff"]) - 1, len(edges["feh"]) - 1
    share, n = (
        np.reshape(scales.float_column(own, name), shape).T for name in ("share", "n")
    )
    share = np.where(n >= LEAST, 100 * share, np.nan)
    top = max(10.0, np.nanmax(share)) if np.isfinite(share).any() else 10.0
    # Cells of one size, whatever their bins: narrow ones are where it matters.
    mesh = panel.pcolormesh(share, cmap=style.DENSITY, vmin=0, vmax=top)
    for (j, i), value in np.ndenumerate(share):
        if np.isfinite(value):
            panel.text(
                i + 0.5, j + 0.5, f"{value:.0f}", ha="center", va="center",
                fontsize=7, color="white" if value < 0.6 * top else "black",
            )  # fmt: skip
    panel.set_xticks(range(shape[0] + 1), [f"{x:g}" for x in edges["teff"]])
    panel.set_yticks(range(shape[1] + 1), [f"${x:g}$" for x in edges["feh"]])
    panel.set_xlabel(style.with_unit(style.symbol("teff"), "teff"))
    panel.set_ylabel(style.with_unit(style.symbol("feh"), "feh"))
    panel.set_title(f"criterion 3, by {'true labels' if true else 'APOGEE'}")
    panel.minorticks_off()
    figure.colorbar(mesh, ax=panel, label="lost (per cent)")
