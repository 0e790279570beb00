"""Figure 4: SLAM against the reference labels of the test stars."""

from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.figures import one_to_one

SHOWN = ("feh", "teff", "logg")


def draw(test: Table) -> Figure:
    """One column a label: one-to-one above, residuals below, coloured by SNR.

    Parameters
    ----------
    test
        As `mdwarfs.figures.one_to_one.draw` takes it.
    """
    return one_to_one.draw(test, SHOWN)
