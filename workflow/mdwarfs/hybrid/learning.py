"""The steps of training, one after the other; `mdwarfs.hybrid.model.Hybrid.fit` goes
through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mdwarfs.hybrid.components import FOLDS, ROUNDS_HELD_OUT, Components, Places
from mdwarfs.hybrid.label_model import MEMBERS, LabelModel, labels_of
from mdwarfs.run.parallel import in_threads
from mdwarfs.run.progress import track

if TYPE_CHECKING:
    from mdwarfs.hybrid.first import FirstAnswer
    from mdwarfs.hybrid.training_set import TrainingSet

COMPONENTS, PRINCIPAL = 20, 25
STARS_PER_COMPONENT = 8
"""Training stars for every component; of very few stars there are two components."""


@dataclass(frozen=True)
class Looked:
    """What an answer looks at: where training stars are among some components.

    Attributes
    ----------
    places : shape (n, k)
        By components of all of them.
    unseen : shape (n, k)
        By components that have not seen the star. Weak components have fitted the noise
        of the stars that they were found with: their places are wider than those of
        other stars, and say more of their labels.
    """

    places: np.ndarray
    unseen: np.ndarray


def reduce(
    given: TrainingSet, seed: int, threads: int
) -> tuple[Components, Places, np.ndarray, np.ndarray]:
    """Find the components, and where the training stars are among them.

    Parameters
    ----------
    given
        The training stars.
    seed
        Of the folds.
    threads
        Nothing depends on it.

    Returns
    -------
    components
    places
        Of the training stars. Chi-square, good pixels and outliers are by components
        that have not seen them: those that have fit their noise.
    unseen : shape (n, k)
        Their places by those.
    ivar : shape (n, q)
        Theirs, with zeros at pixels that are far off.
    """
    flux, ivar = given.flux, given.ivar
    stars = given.star.max() + 1
    number = min(COMPONENTS, max(stars // STARS_PER_COMPONENT, 2), len(flux[0]) - 1)
    fold = given.folds(FOLDS, seed)

    components = Components.fit(flux, ivar, number, threads)

    def place(held):
        if held is None:
            return components.place(flux, ivar)
        others = components.refit(flux[~held], ivar[~held], ROUNDS_HELD_OUT)
        return others.place(flux[held], ivar[held])

    helds = [fold == one for one in range(FOLDS)]
    made = track(in_threads(place, [None, *helds], threads), "components", FOLDS + 1)
    (places, kept), *parts = made
    own = {
        "chi2": places.chi2,
        "n_good": places.n_good,
        "n_outliers": places.n_outliers,
    }
    own = {name: values.copy() for name, values in own.items()}
    unseen = np.empty_like(places.mean)
    for held, (one, _) in zip(helds, parts):
        unseen[held] = one.mean
        for name, values in own.items():
            values[held] = getattr(one, name)
    return components, replace(places, **own), unseen, kept


def principal(given: TrainingSet) -> int:
    """How many principal components the support vectors look at."""
    stars = given.star.max() + 1
    return min(PRINCIPAL, max(stars // STARS_PER_COMPONENT, 2), given.flux.shape[1])


def left_open(first: FirstAnswer) -> tuple[np.ndarray, np.ndarray]:
    """What the noise of spectra leaves open, as the blend looks at it.

    Returns
    -------
    open_ : shape (2, d)
        Mean and standard deviation of the logarithm of the variance of each label.
    place : shape (n, d)
        The logarithms of the training stars, standardised with these.
    """
    logarithm = np.log(first.variance)
    open_ = np.stack([logarithm.mean(axis=0), logarithm.std(axis=0) + 1e-9])
    return open_, (logarithm - open_[0]) / open_[1]


def blends(
    given: TrainingSet,
    looked: Mapping[str, Looked],
    first: FirstAnswer,
    place: np.ndarray,
    seed: int,
    threads: int,
) -> tuple[tuple[LabelModel, ...], np.ndarray, np.ndarray]:
    """Learn how each label is found; of stars that are trusted.

    Parameters
    ----------
    given
        The training stars.
    looked
        What answers look at, see `mdwarfs.hybrid.label_model`.
    first
    place
        See `left_open`.
    seed
        Of the choice of stars for hyperparameters, and of folds.
    threads
        Nothing depends on it.

    Returns
    -------
    each
        For each label.
    labels, variance : shape (n, d)
        Of the training stars without themselves.
    """
    labels, trusted = given.labels, first.trusted
    stars = len(np.unique(given.star[trusted]))
    left = first.variance * first.population.scale.scale**2
    items = [(label, member) for label in range(labels.shape[1]) for member in MEMBERS]

    def train(item):
        label, member = item
        own = labels[trusted, label]
        level = 0.0 if member.corrects else np.median(own)
        base = first.labels[trusted, label] * member.corrects
        inputs, unsure = looked[member.looks_at], left[:, label]
        one, held_out = member.way.fit(
            inputs.places[trusted], own - base, given.errors[trusted, label],
            unsure[trusted], level=level, seed=seed, star=given.star[trusted],
            unseen=inputs.unseen[trusted],
        )  # fmt: skip
        found = np.empty((2, len(labels)))
        found[:, trusted] = held_out
        if not trusted.all():
            rest = inputs.unseen[~trusted], unsure[~trusted]
            found[:, ~trusted] = one.predict(*rest)
        return one, found

    trained = list(track(in_threads(train, items, threads), "answers", len(items)))
    each, found, variance = [], np.empty(labels.shape), np.empty(labels.shape)
    sigma = first.population.sigma
    for label in range(labels.shape[1]):
        own = trained[label * len(MEMBERS) : (label + 1) * len(MEMBERS)]
        ways, alone = zip(*own)
        alone = labels_of(np.array(alone), first.labels[:, label])
        known = labels[:, label], given.errors[:, label], trusted, sigma[label]
        one = LabelModel.learn(ways, alone, place[:, label], *known, stars)
        found[:, label], variance[:, label] = one.blended(alone, place[:, label])
        each.append(one)
    return tuple(each), found, first.population.bounded(variance, left)


def together(
    given: TrainingSet, first: FirstAnswer, labels: np.ndarray, variance: np.ndarray
) -> np.ndarray:
    """Correlation of errors, of the pulls of trusted stars, which are cut at three.

    Parameters
    ----------
    given, first
        The training stars.
    labels, variance : shape (n, d)
        Theirs, without themselves.

    Returns
    -------
    shape (d, d)
    """
    pull = (labels - given.labels) / np.sqrt(variance + given.errors**2)
    return np.atleast_2d(np.corrcoef(np.clip(pull[first.trusted], -3, 3).T))
