"""Validation of a sample that is too small for a test set: folds, or leave-one-out."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table, hstack

from mdwarfs.slam.held_out import cross_validated_labels
from mdwarfs.slam.infer.flags import caution
from mdwarfs.slam.infer.stars import label_stars
from mdwarfs.slam.labeller import labeller

if TYPE_CHECKING:
    from mdwarfs.slam.trained_model import TrainedModel
    from mdwarfs.spectra.spectrum_set import SpectrumSet


def cross_validate(
    model: TrainedModel,
    spectra: SpectrumSet,
    labels: Table,
    *,
    slam: dict,
    prediction: dict,
    seed: int,
    threads: int,
) -> tuple[Table, Table]:
    """Labels of all stars, none of them by a model that was trained on it.

    The hyperparameters are chosen anew without the stars that are held out.

    Parameters
    ----------
    model
        Trained on all stars that are fit for it; predicts the others.
    labels
        `labelled` (fit for training), `fold` (stars that are held out together) and the
        labels; rows as in `spectra`.
    slam, prediction
        These sections of the configuration.

    Returns
    -------
    predictions
        See `mdwarfs.slam.infer.stars.label_stars`.
    held_out
        The rows of those that were held out, as
        `mdwarfs.slam.held_out.label_training_stars` makes them.
    """
    table = label_stars(labeller(model), spectra, prediction, threads)
    rows = np.flatnonzero(labels["labelled"] & spectra.ok)
    known = labels[rows]
    with only_messages_about("without themselves"):
        found = cross_validated_labels(
            type(model),
            np.stack([known[name] for name in slam["labels"]], axis=1),
            spectra.flux[rows],
            spectra.ivar[rows],
            held_out=np.unique(known["fold"], return_inverse=True)[1],
            seed=seed,
            prediction=prediction,
            threads=threads,
            label_names=slam["labels"],
            wavelength=spectra.wavelength,
            **{name: slam[name] for name in model.settings},
        )
    found.flags |= caution(found.labels, found.names, known["snr"], prediction)
    without = found.table()
    for name in without.colnames:
        table[name][rows] = without[name]
    return table, hstack([table["source_id", "snr"][rows], without])


@contextmanager
def only_messages_about(text: str) -> Iterator[None]:
    """Keep the reports of each of many trainings out of the log; warnings stay.

    Parameters
    ----------
    text
        Messages that contain it are kept.
    """

    def wanted(record):
        return record.levelno > logging.INFO or text in record.getMessage()

    logger = logging.getLogger("mdwarfs.run.progress")
    logger.addFilter(wanted)
    try:
        yield
    finally:
        logger.removeFilter(wanted)
