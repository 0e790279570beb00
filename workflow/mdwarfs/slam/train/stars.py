"""The stars that SLAM is trained on, those with labels and a spectrum; the training."""

import logging

import numpy as np

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.matching import match
from mdwarfs.physical import DWARF, limits
from mdwarfs.samples.split import of_role
from mdwarfs.slam.train.fit import fit
from mdwarfs.spectra.spectrum_set import SpectrumSet

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
        If a star is absent from `labels` or from `spectra`, or one of its labels is
        none that an M dwarf can have (`mdwarfs.physical.DWARF`).
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
    for name, column in zip(names, values.T):
        reject_unphysical(source_id, column, name)
    return source_id, values, spectra.take(spectra.ok)


def reject_unphysical(source_id, values, name):
    """Raise InputError if a training label is none: every pixel would learn from it."""
    right = DWARF.get(name) or limits(name)
    wrong = np.zeros(len(values), bool) if right is None else ~right.holds(values)
    if wrong.any():
        raise InputError(
            f"{wrong.sum()} training star(s) have no {name} that an M dwarf can have "
            f"({right}), the first is {source_id[wrong][0]} with "
            f"{values[wrong][0]:g}: take it from the labels, or correct it"
        )


def read_training_stars(split, labels, spectra, names):
    """Read what is known of the training stars.

    Parameters
    ----------
    split, labels, spectra : path-like
        Table of `source_id` and `role`; table of labels; set of spectra.
    names : sequence of str
        The labels.

    Returns
    -------
    tuple
        As of `training_stars`.
    """
    split = tables.read(split, columns=["source_id", "role"])
    return training_stars(
        of_role(split, "train"),
        tables.read(labels, columns=["source_id", *names]),
        SpectrumSet.read(spectra),
        names,
    )


def train(stars, slam, part=slice(None), **options):
    """Train SLAM on stars, with the settings of the configuration.

    Parameters
    ----------
    stars : tuple
        From `training_stars`.
    slam : dict
        Its settings: labels, grid, folds, fold_assignment, block.
    part : slice
        Pixels that are trained at.
    **options
        What else `mdwarfs.slam.train.fit.fit` asks for: seed, threads, normalisation.

    Returns
    -------
    mdwarfs.slam.model.Slam
    """
    source_id, labels, spectra = stars
    return fit(
        labels,
        spectra.flux[:, part],
        spectra.ivar[:, part],
        label_names=slam["labels"],
        wavelength=spectra.wavelength[part],
        grid=slam["grid"],
        folds=slam["folds"],
        fold_assignment=slam["fold_assignment"],
        block=slam["block"],
        source_id=source_id,
        **options,
    )
