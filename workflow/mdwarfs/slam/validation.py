"""Labels of stars from models that were trained without them."""

from dataclasses import fields

import numpy as np

from mdwarfs.progress import Progress
from mdwarfs.slam.crossvalidation import assign_folds
from mdwarfs.slam.model import fit
from mdwarfs.slam.prediction import Prediction

LEAVE_ONE_OUT = "leave-one-out"


def cross_validated_labels(
    labels, flux, ivar, *, held_out, seed, prediction_block, threads, **training
):
    """Predict each star by a model that has not seen it.

    The hyperparameters of each model are chosen among its own training stars, so that
    nothing of a star enters its prediction.

    Parameters
    ----------
    labels : ndarray, shape (n, d)
    flux, ivar : ndarray, shape (n, p)
    held_out : int or "leave-one-out"
        Number of parts, drawn at random, that are held out one after the other.
    seed : int
        Of the parts, and of the folds inside each training.
    prediction_block : int
        Stars solved together.
    threads : int
    **training
        The other keyword arguments of `mdwarfs.slam.model.fit`.

    Returns
    -------
    Prediction
        One row per star, in their order.
    """
    n = len(labels)
    parts = n if held_out == LEAVE_ONE_OUT else held_out
    part = assign_folds(n, parts, np.random.default_rng([seed, parts]))
    result = Prediction.empty(training["label_names"], np.zeros(n, int))
    progress = Progress(n, "stars predicted without themselves")
    for number in range(parts):
        held = part == number
        model = fit(
            labels[~held],
            flux[~held],
            ivar[~held],
            seed=seed,
            threads=threads,
            **training,
        )
        one = model.predict(
            flux[held], ivar[held], block=prediction_block, threads=threads
        )
        for field in fields(Prediction):
            if field.name != "names":
                getattr(result, field.name)[held] = getattr(one, field.name)
        progress.step(int(held.sum()))
    return result
