"""Labels of stars by each way, trained with others: fold by fold, or once."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from astropy.table import Table
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from mdwarfs.methods.registry import METHODS, Method
from mdwarfs.methods.training import Training
from mdwarfs.run.progress import track
from mdwarfs.samples.split import of_role


@dataclass(frozen=True)
class Trial:
    """One training and the stars that it is tested with: bool, shape (n,) each."""

    train: np.ndarray
    test: np.ndarray


def trials(labelled: np.ndarray, fold: np.ndarray, role: np.ndarray) -> list[Trial]:
    """How the stars were divided for SLAM.

    Parameters
    ----------
    labelled : bool, shape (n,)
        Stars that are fit for training and testing.
    fold : int, shape (n,)
        Fold of each of these, held out together; below 0: there are no folds.
    role : str, shape (n,)
        Without folds: "train" or "test".
    """
    labelled, fold = np.asarray(labelled, bool), np.asarray(fold)
    folds = np.unique(fold[labelled & (fold >= 0)])
    if len(folds):
        held = [labelled & (fold == one) for one in folds]
        return [Trial(labelled & ~test, test) for test in held]
    train, test = (labelled & (np.asarray(role) == x) for x in ("train", "test"))
    return [Trial(train, test)] if test.any() else []


def of_survey(
    stars: np.ndarray, ok: np.ndarray, split: Table, every: bool
) -> list[Trial]:
    """The training stars of a survey, and those that are labelled.

    Parameters
    ----------
    stars : int, shape (n,)
        source_id.
    ok : bool, shape (n,)
        Whether there is a spectrum.
    split
        The role of the stars that have labels.
    every
        Whether all others are labelled, or the test stars alone.
    """
    train, test = (np.isin(stars, of_role(split, x)) for x in ("train", "test"))
    return [Trial(train & ok, ok & (~train if every else test))]


def by_methods(
    flux: np.ndarray,
    ivar: np.ndarray,
    labels: np.ndarray,
    errors: np.ndarray,
    divided: Sequence[Trial],
    *,
    names: Sequence[str],
    wavelength: np.ndarray,
    seed: int,
    methods: Sequence[Method] | None = None,
) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Labels of the test stars of every trial, by each of several methods.

    Parameters
    ----------
    flux, ivar : shape (n, p)
        A pixel without ivar is bad.
    labels, errors : shape (n, d)
        Those of training stars are finite; an error that is not is taken for zero.
    divided
        Who trains and who is tested.
    names : length d
    wavelength : shape (p,)
        Of the pixels [Angstrom].
    seed
        Of all that is random.
    methods
        Default: `METHODS`.

    Returns
    -------
    found : each of shape (n, d)
        By method; NaN for stars that no trial tests, and where there are too few
        training stars.
    settings
        By method, what was chosen.
    """
    labels, errors = np.asarray(labels, float), np.nan_to_num(np.asarray(errors, float))
    methods = METHODS if methods is None else methods
    found = {one.name: np.full(labels.shape, np.nan) for one in methods}
    chosen = {name: [] for name in found}
    with threadpool_limits(1), warnings.catch_warnings():
        # A search that ends early has found what will do.
        warnings.filterwarnings("ignore", category=ConvergenceWarning)
        for trial in track(divided, "trainings of the methods"):
            training = Training(
                flux[trial.train], ivar[trial.train], labels[trial.train],
                errors[trial.train], tuple(names), wavelength, seed,
            )  # fmt: skip
            tested = flux[trial.test], ivar[trial.test]
            for one in methods:
                if len(training.labels) < one.fewest:
                    continue
                found[one.name][trial.test], choice = one.label(training, *tested)
                chosen[one.name].append(choice)
    return found, {name: spoken(choices) for name, choices in chosen.items()}


def spoken(choices: Sequence[dict]) -> str:
    """Settings that were chosen, in words: of several trainings, from least to most."""
    texts = []
    for word in dict.fromkeys(word for choice in choices for word in choice):
        values = np.concatenate([choice[word] for choice in choices])
        low, high = min(values), max(values)
        texts.append(f"{low:g} to {high:g} {word}" if low < high else f"{low:g} {word}")
    return ", ".join(texts)
