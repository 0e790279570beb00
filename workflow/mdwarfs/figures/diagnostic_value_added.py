"""Diagnostic: labels of the catalogue minus those from Gaia XP, against SNR."""

from mdwarfs.figures import differences
from mdwarfs.validation import value_added

HEADROOM = 1.4  # for the legend
TITLE = "Labels of the catalogue minus those from Gaia XP (Zhang et al. 2023)"


def draw(comparison, summary, simulated):
    """Differences of the stars that are used, with their bias and scatter by SNR.

    Parameters
    ----------
    comparison, summary : astropy.table.Table
        From `mdwarfs.validation.value_added`.
    simulated : bool

    Returns
    -------
    matplotlib.figure.Figure
    """
    used = comparison[comparison["used"]]
    return differences.draw(
        value_added.differences(used),
        used["snr"],
        summary[summary["sample"] == "used"],
        TITLE + (", simulated" if simulated else ""),
        headroom=HEADROOM,
    )
