"""The stars that a model is trained on, and its training by the configuration."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.samples.split import of_role
from mdwarfs.slam import regressors
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.tables.matching import match
from mdwarfs.tables.physical import DWARF, limits
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from mdwarfs.slam.trained_model import TrainedModel


logger = logging.getLogger(__name__)


def training_stars(
    source_id: ArrayLike, labels: Table, spectra: SpectrumSet, names: Sequence[str]
) -> tuple[np.ndarray, np.ndarray, SpectrumSet]:
    """Join labels and spectra of the stars that are to be trained on.

    A star whose spectrum could not be used is left out, and its reason is logged.

    Parameters
    ----------
    source_id : int, shape (n,)
        The stars.
    labels
        `source_id` and the columns `names`; one row per star.
    names : length d

    Returns
    -------
    source_id : int, shape (k,)
    labels : shape (k, d)
    spectra : k stars

    Raises
    ------
    InputError
        If a star is absent from `labels` or from `spectra`, or one of its labels is
        none that an M dwarf can have (`mdwarfs.tables.physical.DWARF`).
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


def reject_unphysical(source_id: np.ndarray, values: np.ndarray, name: str) -> None:
    """Raise InputError if a training label is none: every pixel would learn from it."""
    right = DWARF.get(name) or limits(name)
    wrong = np.zeros(len(values), bool) if right is None else ~right.holds(values)
    if wrong.any():
        raise InputError(
            f"{wrong.sum()} training star(s) have a {name} that no M dwarf can have "
            f"(outside {right}), the first is {source_id[wrong][0]} with "
            f"{values[wrong][0]:g}: leave the star out of the labels, or correct it"
        )


def read_training_stars(
    split: PathLike, labels: PathLike, spectra: PathLike, names: Sequence[str]
) -> tuple[np.ndarray, np.ndarray, SpectrumSet]:
    """Read what is known of the training stars.

    Parameters
    ----------
    split, labels, spectra
        Table of `source_id` and `role`; table of labels; set of spectra.
    names
        The labels.

    Returns
    -------
    entries
        As of `training_stars`.
    """
    roles = tables.read(split, columns=["source_id", "role"])
    known = tables.read(labels, columns=["source_id", *names])
    with SpectrumSet.open(spectra) as opened:
        return training_stars(of_role(roles, "train"), known, opened, names)


def part_of_pixels(number: int, parts: int, pixels: int, group: int) -> slice:
    """Pixels of one of several jobs that share the training: whole groups.

    Parameters
    ----------
    number, parts
        Part `number`, counted from 1, of `parts`.
    pixels
        Of the whole training.
    group
        Pixels that are trained together: `TrainedModel.group_size`.

    Raises
    ------
    InputError
        If there are more parts than groups of pixels.
    """
    groups = -(-pixels // group)
    if parts > groups:
        raise InputError(
            f"{pixels} pixels are solved in {groups} group(s) of {group}: slam.parts "
            f"(or --set-scatter) cannot be more than that, and is {parts}"
        )
    first, last = (k * groups // parts * group for k in (number - 1, number))
    return slice(first, min(last, pixels))


def train(
    stars: tuple[np.ndarray, np.ndarray, SpectrumSet],
    slam: dict,
    *,
    number: int = 1,
    parts: int = 1,
    **options: Any,
) -> TrainedModel:
    """Train on stars, with the settings of the configuration.

    Parameters
    ----------
    stars
        From `training_stars`.
    slam
        The section of the configuration: `regressor`, `labels` and the settings that
        the regressor asks for.
    number, parts
        Which part of the pixels is trained at: see `part_of_pixels`.
    **options
        What else `TrainedModel.fit` asks for: seed, threads, normalisation.
    """
    source_id, labels, spectra = stars
    regressor = regressors.named(slam["regressor"])
    group = regressor.group_size(len(source_id), slam)
    part = part_of_pixels(number, parts, len(spectra.wavelength), group)
    return regressor.fit(
        labels,
        spectra.flux[:, part],
        spectra.ivar[:, part],
        label_names=slam["labels"],
        wavelength=spectra.wavelength[part],
        source_id=source_id,
        **{name: slam[name] for name in regressor.settings},
        **options,
    )
