"""Differences from reference labels in units of each uncertainty."""

from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.figures import diagnostic_pulls


def draw(table: Table, stars: Table) -> Figure:
    """Width of the pulls against SNR, and their distribution, label by label.

    Parameters
    ----------
    table, stars
        As `mdwarfs.validation.pulls` makes them.
    """
    return diagnostic_pulls.draw(table, stars, "(SLAM $-$ ref)")
