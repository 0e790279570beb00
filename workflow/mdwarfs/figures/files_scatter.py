"""Bias and scatter against the reference labels as functions of SNR."""

from collections.abc import Sequence

from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.figures import snr_laws


def draw(bins: Table, power_laws: Table, labels: Sequence[str]) -> Figure:
    """One panel a label: bias, scatter, and the fitted power law as a line.

    Parameters
    ----------
    bins, power_laws
        As `mdwarfs.figures.snr_laws.draw` takes them.
    labels
        Those of the run.
    """
    return snr_laws.draw(bins, power_laws, labels)
