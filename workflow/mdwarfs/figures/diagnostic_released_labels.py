"""Diagnostic: this run's labels minus the released ones, against SNR."""

from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.figures import differences
from mdwarfs.validation import released_labels

TITLE = "This run's labels minus the released ones (Astra {})"


def draw(comparison: Table, summary: Table, astra: str, simulated: bool) -> Figure:
    """Differences of the usable stars, with their bias and scatter in bins of SNR.

    Parameters
    ----------
    comparison, summary
        From `mdwarfs.validation.released_labels`.
    astra
        Version of Astra that made the released labels.
    """
    used = comparison[comparison["used"]]
    return differences.draw(
        released_labels.differences(used),
        used["snr"],
        summary[summary["sample"] == "usable"],
        TITLE.format(astra) + (", which are simulated too" if simulated else ""),
    )
