"""Diagnostic: released labels of a data release minus those of the one before."""

from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.figures import differences
from mdwarfs.validation import releases

HEADROOM = 1.4  # for the legend
BEFORE = 19
TITLE = "Released SLAM labels: DR{} minus DR{}, the same stars"


def draw(comparison: Table, summary: Table, release: int, simulated: bool) -> Figure:
    """Differences of the unflagged stars, with their bias and scatter by SNR.

    Parameters
    ----------
    comparison, summary
        From `mdwarfs.validation.releases`.
    release
        Number of the later data release.
    """
    used = comparison[comparison["used"]]
    return differences.draw(
        releases.differences(used),
        used["snr"],
        summary[summary["sample"] == "unflagged"],
        TITLE.format(release, BEFORE) + (" (simulated)" if simulated else ""),
        headroom=HEADROOM,
    )
