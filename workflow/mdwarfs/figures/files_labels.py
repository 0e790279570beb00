"""SLAM against the reference labels, of stars that the model has not seen."""

from collections.abc import Sequence

from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.figures import one_to_one


def draw(test: Table, labels: Sequence[str]) -> Figure:
    """One column a label: one-to-one above, residuals below, coloured by SNR.

    Parameters
    ----------
    test
        `snr`, and for each label x the columns `x` (SLAM) and `x_ref`.
    labels
        Those of the run.
    """
    return one_to_one.draw(test, labels)
