"""Pulls: errors of labels in units of their uncertainties, where the truth is known.

A pull is recovered minus injected label over the uncertainty. Where the uncertainty
means what it says, the pulls of many stars have the standard deviation 1.

They are those of stars for which the model is meant and that it has not seen: single M
dwarfs whose labels, the injected and the recovered ones, lie within the usable range
(paper, Table 1), and whose fit converged. Unresolved binaries and what the criteria
are to remove are left out; outliers are not.
"""

from collections.abc import Sequence

import numpy as np
from astropy.table import Table

from mdwarfs.labels import LABELS
from mdwarfs.recovery.labels import simulated_stars
from mdwarfs.tables.columns import UNCERTAINTIES
from mdwarfs.tables.tabulate import annotate
from mdwarfs.validation.calibration import within_ranges
from mdwarfs.validation.comparisons import usable
from mdwarfs.validation.pulls import COLUMN


def pulls(
    truth: Table, catalogue: Table, split: Table, ranges: dict[str, Sequence[float]]
) -> Table:
    """Pulls of sound stars that SLAM has not seen.

    Parameters
    ----------
    truth, catalogue, split
        As for `mdwarfs.recovery.labels.recover_labels`.
    ranges
        Lowest and highest usable value of some labels: those that the catalogue's
        flags are of.

    Returns
    -------
    table
        A row per star: `source_id`, `snr`, and of every label and uncertainty a column
        named by `COLUMN`.
    """
    stars, true, trained = simulated_stars(truth, catalogue, split)
    injected = np.asarray(true["injected"], str)
    sound = ~np.char.startswith(injected, "criterion_") & (injected != "unresolved")
    snr = np.asarray(stars["snr"], float)
    use = sound & ~trained & np.isfinite(snr)
    use &= usable(stars["flags"]) & within_ranges(true, ranges)
    stars, true = stars[use], true[use]
    found = stars["source_id", "snr"]
    described = {}
    for label in (x for x in LABELS if x in stars.colnames):
        error = np.asarray(stars[label], float) - np.asarray(true[label], float)
        for name, prefix in UNCERTAINTIES.items():
            column = COLUMN[name].format(label)
            found[column] = error / np.asarray(stars[f"{prefix}{label}"], float)
            what = f"Recovered minus injected {label} over its {name} uncertainty"
            described[column] = "", what
    return annotate(found, described)
