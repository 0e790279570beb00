"""Diagnostic: errors of the labels in units of each uncertainty, against the truth."""

from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.figures import pulls


def draw(table: Table, stars: Table) -> Figure:
    """Width of the pulls against SNR, and their distribution, label by label.

    Parameters
    ----------
    table
        As `mdwarfs.validation.pulls.widths_by_snr` makes it.
    stars
        As `mdwarfs.recovery.pulls.pulls` makes it.
    """
    return pulls.draw(table, stars, "Error")
