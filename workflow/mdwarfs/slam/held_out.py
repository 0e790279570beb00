"""Labels of stars from models that were trained without them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from astropy.table import Table, hstack

from mdwarfs.run.progress import Progress
from mdwarfs.slam.folds import assign_folds
from mdwarfs.slam.infer import flags
from mdwarfs.slam.infer.prediction import Prediction
from mdwarfs.slam.labeller import labeller

if TYPE_CHECKING:
    from mdwarfs.slam.trained_model import TrainedModel
    from mdwarfs.spectra.spectrum_set import SpectrumSet


LEAVE_ONE_OUT = "leave-one-out"


def cross_validated_labels(
    regressor: type,
    labels: np.ndarray,
    flux: np.ndarray,
    ivar: np.ndarray,
    *,
    held_out: int | Literal["leave-one-out"] | np.ndarray,
    seed: int,
    prediction: dict,
    threads: int,
    **training: Any,
) -> Prediction:
    """Predict each star by a model that has not seen it.

    The hyperparameters of each model are chosen with its own training stars alone, so
    that a star has no part whatever in its prediction.

    Parameters
    ----------
    regressor
    labels : shape (n, d)
    flux, ivar : shape (n, p)
    held_out
        Number of parts, drawn at random, that are held out one after the other; or, of
        int and shape (n,), the part of each star, from 0.
    seed
        Of the parts, and of the folds inside each training.
    prediction
        `block` (stars in memory at once) and, if there is one, `prior`.
    **training
        The other keyword arguments of the regressor's `fit`.

    Returns
    -------
    prediction
        One row per star, in their order.
    """
    if isinstance(held_out, np.ndarray):
        part = held_out
    else:
        n = len(labels)
        parts = n if held_out == LEAVE_ONE_OUT else held_out
        part = assign_folds(n, parts, np.random.default_rng([seed, parts]))

    def train(kept):
        stars = labels[kept], flux[kept], ivar[kept]
        return labeller(regressor.fit(*stars, seed=seed, threads=threads, **training))

    names = training["label_names"]
    return _predict_parts(train, part, names, flux, ivar, prediction, threads)


def held_out_labels(
    model: TrainedModel,
    flux: np.ndarray,
    ivar: np.ndarray,
    *,
    parts: int,
    seed: int,
    prediction: dict,
    threads: int,
    predictor: Callable = labeller,
) -> Prediction:
    """Predict each training star by a model like the given one that has not seen it.

    The model is refitted without the star, which is much faster than to train anew.
    Its hyperparameters were chosen with the star, though; see
    `mdwarfs.slam.trained_model.TrainedModel.for_held_out` for what is done about it.

    Parameters
    ----------
    flux, ivar : shape (n, p)
        Spectra of its training stars, in their order.
    parts
        Number of parts, drawn at random, that are held out one after the other.
    seed
        Of the parts.
    prediction
        `block` (stars in memory at once) and, if there is one, `prior`.
    predictor
        From a refitted model to the `Predictor` by it.

    Returns
    -------
    prediction
        One row per star, in their order.
    """
    n = len(model.labels)
    part = assign_folds(n, parts, np.random.default_rng([seed, parts]))
    start = model.for_held_out()

    def train(kept):
        stars = model.labels[kept], flux[kept], ivar[kept]
        source_id = model.source_id[kept]
        return predictor(start.refit(*stars, threads=threads, source_id=source_id))

    names = model.label_names
    return _predict_parts(train, part, names, flux, ivar, prediction, threads)


def label_training_stars(
    model: TrainedModel,
    spectra: SpectrumSet,
    prediction: dict,
    *,
    parts: int,
    seed: int,
    threads: int,
    predictor: Callable = labeller,
) -> Table:
    """The labels of `held_out_labels` as a table, flagged as those of other stars.

    Parameters
    ----------
    spectra
        With those of the model's training stars.
    prediction
        As for `mdwarfs.slam.infer.stars.label_stars`.
    parts, seed, threads, predictor
        As for `held_out_labels`.

    Returns
    -------
    table
        One row per training star: source_id, snr and `Prediction.table`.
    """
    spectra = spectra.select(model.source_id)
    result = held_out_labels(
        model,
        spectra.flux,
        spectra.ivar,
        parts=parts,
        seed=seed,
        prediction=prediction,
        threads=threads,
        predictor=predictor,
    )
    snr = np.asarray(spectra.stars["snr"])
    result.flags |= flags.caution(result.labels, result.names, snr, prediction)
    stars = Table({"source_id": np.asarray(model.source_id), "snr": snr})
    return hstack([stars, result.table()])


def _predict_parts(train, part, names, flux, ivar, prediction, threads):
    """Predict the stars of each part by a model trained on the other parts.

    Parameters
    ----------
    train : callable
        From a mask of stars to the `Predictor` by those.
    part : ndarray of int, shape (n,)
    names : sequence of str
        Labels of the models.
    flux, ivar, prediction, threads
        As for `held_out_labels`.

    Returns
    -------
    Prediction
    """
    result = Prediction.empty(names, np.zeros(len(part), int))
    progress = Progress(len(part), "stars predicted without themselves")
    for number in range(part.max() + 1):
        held = part == number
        one = train(~held).predict(
            flux[held],
            ivar[held],
            block=prediction["block"],
            threads=threads,
            prior=prediction.get("prior"),
        )
        for field in fields(Prediction):
            if field.name != "names":
                getattr(result, field.name)[held] = getattr(one, field.name)
        progress.step(int(held.sum()))
    return result
