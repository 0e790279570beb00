"""Which sound M dwarfs the criteria cost, by their true labels."""

import numpy as np
from astropy.table import Table

from mdwarfs.matching import match
from mdwarfs.recovery.labels import KEPT
from mdwarfs.validation.selection import dwarfs

LOST = "criterion_3"  # what the truth calls the fault of a sound star that it costs
SOUND = "field"
"""The kind of star of which the simulation puts in those that the criteria remove as
well as those that they keep."""


def sound(truth: Table, m_type: Table) -> Table:
    """Sound single M dwarfs of the list, with the verdicts and their true labels.

    Parameters
    ----------
    truth
        `source_id`, `kind`, `injected`, `teff`, `logg`, `feh` of every simulated star.
    m_type
        Stars of class M with the verdict of each criterion.

    Returns
    -------
    table
        As `mdwarfs.validation.selection.dwarfs`.
    """
    index = match(m_type["source_id"], truth["source_id"])
    stars, true = m_type[index >= 0], truth[index[index >= 0]]
    use = (np.asarray(true["kind"], str) == SOUND) & np.isin(
        np.asarray(true["injected"], str), (*KEPT, LOST, "missing_spectrum")
    )
    return dwarfs(stars[use], true[use])
