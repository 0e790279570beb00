"""The stars that SLAM is trained on: those with labels and a spectrum."""

import logging

import numpy as np

from mdwarfs.errors import InputError
from mdwarfs.matching import match

logger = logging.getLogger(__name__)


def training_stars(source_id, labels, spectra, names):
    """Join labels and spectra of the stars that are to be trained on.

    A star whose spectrum could not be used is left out, and its reason is logged.

    Parameters
    ----------
    source_id : array_like of int, shape (n,)
        The stars.
    labels : astropy.table.Table
        `source_id` and the columns `names`; one row per star.
    spectra : mdwarfs.spectra.spectrum_set.SpectrumSet
    names : sequence of str, length d

    Returns
    -------
    source_id : ndarray of int, shape (k,)
    labels : ndarray, shape (k, d)
    spectra : SpectrumSet of k stars

    Raises
    ------
    InputError
        If a star is absent from `labels` or from `spectra`.
    """
    source_id = np.asarray(source_id)
    rows = match(source_id, labels["source_id"])
    if (rows < 0).any():
        raise InputError(
            f"{(rows < 0).sum()} training star(s) have no row among the labels, the "
            f"first is {source_id[rows < 0][0]}: assemble labels and split anew"
        )
    spectra = spectra.select(source_id)
    for star, status in zip(
        source_id[~spectra.ok], spectra.stars["status"][~spectra.ok]
    ):
        logger.warning("star %d is not trained on: %s", star, status)
    rows, source_id = rows[spectra.ok], source_id[spectra.ok]
    values = np.stack([np.asarray(labels[name][rows], float) for name in names], axis=1)
    return source_id, values, spectra.take(spectra.ok)
