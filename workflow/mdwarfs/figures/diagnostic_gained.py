"""Diagnostic: errors of the hybrid labels and of SLAM's, by SNR and label."""

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mdwarfs.figures import half_widths, notes, panels, style
from mdwarfs.figures.catalogue_looks import LOOKS, POINTS
from mdwarfs.validation.gained import HYBRID, SLAM

SPREAD = 0.03  # between the methods of a bin, in the logarithm of SNR
HEADROOM = 1.28  # above the largest half width, for what is said of all stars


@style.styled
def draw(table: Table) -> Figure:
    """A row a label: half widths of the differences, against each of what is known.

    Parameters
    ----------
    table
        From `mdwarfs.validation.gained.gained`.
    """

    def size(rows, columns):
        return panels.width(columns), 1.7 * rows + 0.5

    return half_widths.sheet(table, _panel, size, ncols=len(LOOKS))


def _panel(axes, rows, label):
    """One label: a line of points for each method, and in words what is gained."""
    looks = {method: POINTS | look for method, look in LOOKS.items()}
    binned = half_widths.lines(axes, rows, label, looks, SPREAD)
    if not len(binned):
        return
    highest = np.max(np.asarray(binned["half_width"] + binned["e_half_width"], float))
    axes.set_ylim(0, HEADROOM * highest)
    axes.yaxis.set_major_locator(MaxNLocator(5))
    notes.note(axes, said(rows), "upper right")


def said(rows: Table) -> str:
    """Of all stars of a label, by how much the hybrid labels are less off.

    Parameters
    ----------
    rows
        Of one label, against one of what is known.
    """
    width = np.asarray(rows["half_width"], float)
    whole = rows[np.isfinite(width) & (np.asarray(rows["bin"]) == 0)]
    width = {str(x["method"]): float(x["half_width"]) for x in whole}
    if not {SLAM, HYBRID} <= set(width):
        return ""
    change = 100 * (width[HYBRID] / width[SLAM] - 1)
    text = f"{abs(change):.0f} % {'less' if change < 0 else 'more'} than SLAM"
    return f"hybrid: {text} ({max(whole['n']):,} stars)"
