"""Which sound M dwarfs the criteria remove, by their true labels."""

import numpy as np
from astropy.table import Table

from mdwarfs.tables.matching import match
from mdwarfs.validation.selection import placed_dwarfs

SOUND = ("m_secondary", "m_m", "field", "lost")
"""Kinds of star that are single M dwarfs: the last are those that criterion 3 removes
beside the others, sound as they are."""


def sound_dwarfs(truth: Table, m_type: Table) -> Table:
    """Sound single M dwarfs of the list, with the verdicts and their true labels.

    Parameters
    ----------
    truth
        `source_id`, `kind`, `teff`, `logg`, `feh` of every simulated star.
    m_type
        Stars of class M with the verdict of each criterion.

    Returns
    -------
    table
        As `mdwarfs.validation.selection.placed_dwarfs`.
    """
    index = match(m_type["source_id"], truth["source_id"])
    stars, true = m_type[index >= 0], truth[index[index >= 0]]
    use = np.isin(np.asarray(true["kind"], str), SOUND)
    return placed_dwarfs(stars[use], true[use])
