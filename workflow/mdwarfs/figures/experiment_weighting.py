"""Experiment: labels by one weighting of pixels minus those by another, against SNR."""

from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.emulation import weightings
from mdwarfs.figures import differences

TITLE = "Labels with the weighting astra-0.6.0 minus those with inverse variances"


def draw(labels: Table, summary: Table) -> Figure:
    """Differences of all stars, with their bias and scatter in bins of SNR.

    Parameters
    ----------
    labels
        As `mdwarfs.emulation.experiment.emulate` makes it.
    summary
        As `mdwarfs.emulation.weightings.summarise_weightings` makes it.
    """
    snr, shift = weightings.differences(labels)
    return differences.draw(shift, snr, summary, TITLE)
