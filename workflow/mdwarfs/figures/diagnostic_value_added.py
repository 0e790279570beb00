"""Diagnostic: labels of the catalogue minus those from Gaia XP, against SNR."""

from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.figures import differences
from mdwarfs.validation import value_added

HEADROOM = 1.4  # for the legend
TITLE = "Labels of the catalogue minus those from Gaia XP (Zhang et al. 2023)"


def draw(comparison: Table, summary: Table, simulated: bool) -> Figure:
    """Differences of the stars that are used, with their bias and scatter by SNR.

    Parameters
    ----------
    comparison, summary
        From `mdwarfs.validation.value_added`.
    """
    used = comparison[comparison["used"]]
    return differences.draw(
        value_added.differences(used),
        used["snr"],
        summary[summary["sample"] == "used"],
        TITLE + (", simulated" if simulated else ""),
        headroom=HEADROOM,
    )
