"""Diagnostic: this run's labels minus the released ones, against SNR."""

from mdwarfs.figures import differences
from mdwarfs.validation import released_labels

TITLE = "This run's labels minus the released ones (Astra {})"


def draw(comparison, summary, astra, simulated):
    """Differences of the usable stars, with their bias and scatter in bins of SNR.

    Parameters
    ----------
    comparison, summary : astropy.table.Table
        From `mdwarfs.validation.released_labels`.
    astra : str
        Version of Astra that made the released labels.
    simulated : bool

    Returns
    -------
    matplotlib.figure.Figure
    """
    used = comparison[comparison["used"]]
    return differences.draw(
        released_labels.differences(used),
        used["snr"],
        summary[summary["sample"] == "usable"],
        TITLE.format(astra) + (", which are simulated too" if simulated else ""),
    )
