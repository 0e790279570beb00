"""Validation of a sample that is too small for a test set: leave-one-out."""

import logging
from contextlib import contextmanager

import numpy as np

from mdwarfs.slam.held_out import LEAVE_ONE_OUT, cross_validated_labels
from mdwarfs.slam.infer.flags import caution
from mdwarfs.slam.infer.stars import label_stars
from mdwarfs.slam.labeller import labeller


def leave_one_out(model, spectra, labels, *, slam, prediction, seed, threads):
    """Labels of all stars, none of them by a model that was trained on it.

    Parameters
    ----------
    model : mdwarfs.slam.trained_model.TrainedModel
        Trained on all stars that are fit for it; predicts the others.
    spectra : SpectrumSet
    labels : astropy.table.Table
        `labelled` (fit for training) and the labels; rows as in `spectra`.
    slam, prediction : dict
        These sections of the configuration.
    seed : int
    threads : int

    Returns
    -------
    astropy.table.Table
        See `mdwarfs.slam.infer.stars.label_stars`.
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
            held_out=LEAVE_ONE_OUT,
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
    return table


@contextmanager
def only_messages_about(text):
    """Keep the reports of each of many trainings out of the log; warnings stay.

    Parameters
    ----------
    text : str
        Messages that contain it are kept.
    """

    def wanted(record):
        return record.levelno > logging.INFO or text in record.getMessage()

    logger = logging.getLogger("mdwarfs.progress")
    logger.addFilter(wanted)
    try:
        yield
    finally:
        logger.removeFilter(wanted)
