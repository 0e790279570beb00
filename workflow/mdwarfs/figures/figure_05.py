"""Figure 5: cross-validated bias and scatter against SNR, and the power laws."""

from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.figures import snr_laws

SHOWN = ("feh", "teff", "logg")


def draw(bins: Table, power_laws: Table) -> Figure:
    """One panel a label: bias blue, scatter red, the fitted power law as a line.

    Parameters
    ----------
    bins, power_laws
        As `mdwarfs.figures.snr_laws.draw` takes them.
    """
    return snr_laws.draw(bins, power_laws, SHOWN)
