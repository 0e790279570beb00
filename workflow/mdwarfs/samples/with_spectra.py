"""Candidates whose spectra are fetched, where the others have released labels."""

import numpy as np
from astropy.table import Table


def choose_for_spectra(candidates: Table, labels: Table, pairs_m_m: Table) -> Table:
    """The candidates whose spectra are needed: training and test stars, M+M pairs.

    Parameters
    ----------
    candidates
        One row per star, with `source_id`.
    labels
        Of the FGK+M pairs: `source_id`, `labelled`.
    pairs_m_m
        `source_id1`, `source_id2`, `selected`.

    Returns
    -------
    table
        Their rows of `candidates`, in that order.
    """
    pairs = pairs_m_m[pairs_m_m["selected"]]
    wanted = np.concatenate(
        [
            labels["source_id"][labels["labelled"]],
            pairs["source_id1"],
            pairs["source_id2"],
        ]
    )
    return candidates[np.isin(candidates["source_id"], wanted)]
