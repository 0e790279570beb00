"""The steps of training, one after the other; `mdwarfs.hybrid.model.Hybrid.fit` goes
through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mdwarfs.hybrid.components import FOLDS, STEPS_HELD_OUT, Components, Places
from mdwarfs.hybrid.label_model import (
    COMPONENTS,
    MEMBERS,
    PRINCIPAL,
    Answer,
    LabelModel,
    labels_of,
)
from mdwarfs.hybrid.principal import Principal
from mdwarfs.run.parallel import in_processes, in_threads
from mdwarfs.run.progress import track

if TYPE_CHECKING:
    from mdwarfs.hybrid.first import FirstAnswer
    from mdwarfs.hybrid.training_set import TrainingSet

MOST_COMPONENTS, MOST_PRINCIPAL = 20, 25
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


@dataclass(frozen=True)
class Reduced:
    """Training spectra as a few numbers each.

    Attributes
    ----------
    components, principal
        Of all n of them.
    places
        Among the components. Chi-square, good pixels and outliers are by components
        that have not seen the star: those that have fit its noise.
    looked
        What answers look at, see `mdwarfs.hybrid.label_model`.
    ivar : shape (n, q)
        Theirs, with zeros at pixels that are far off.
    """

    components: Components
    principal: Principal
    places: Places
    looked: Mapping[str, Looked]
    ivar: np.ndarray


def reduce(given: TrainingSet, seed: int, threads: int) -> Reduced:
    """Find the components, and where the training stars are among them.

    Parameters
    ----------
    given
        The training stars.
    seed
        Of the folds.
    threads
        Nothing depends on it.
    """
    flux, ivar = given.flux, given.ivar
    stars = given.star.max() + 1
    number = max(stars // STARS_PER_COMPONENT, 2)
    number = min(MOST_COMPONENTS, number, len(flux[0]) - 1)
    fold = given.folds(FOLDS, seed)
    helds = [fold == one for one in range(FOLDS)]

    components = Components.fit(flux, ivar, number, threads)

    def place_all():
        return components.place(flux, ivar)

    def place(held):
        others = components.refit(flux[~held], ivar[~held], STEPS_HELD_OUT)
        return others.place(flux[held], ivar[held])

    # Beside products of matrices: SciPy's eigenvectors keep the interpreter.
    jobs = [partial(principal, given, fold), place_all]
    jobs += [partial(place, held) for held in helds]
    made = in_threads(lambda job: job(), jobs, threads)
    (among, seen), (places, kept), *parts = track(made, "components", len(jobs))
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
    looked = {COMPONENTS: Looked(places.mean, unseen), PRINCIPAL: seen}
    return Reduced(components, among, replace(places, **own), looked, kept)


def principal(given: TrainingSet, fold: np.ndarray) -> tuple[Principal, Looked]:
    """Principal components, and where the training stars are among them.

    Parameters
    ----------
    given
        The training stars.
    fold : int, shape (n,)
        See `mdwarfs.hybrid.principal.Principal.unseen`.
    """
    flux, ivar, stars = given.flux, given.ivar, given.star.max() + 1
    number = max(stars // STARS_PER_COMPONENT, 2)
    one = Principal.fit(flux, ivar, min(MOST_PRINCIPAL, number, flux.shape[1]))
    return one, Looked(one.place(flux, ivar), one.unseen(flux, ivar, fold))


def left_open(first: FirstAnswer) -> tuple[np.ndarray, np.ndarray]:
    """What the noise of spectra leaves open, as the blend looks at it.

    Returns
    -------
    open_ : shape (2, d)
        Mean and standard deviation of the logarithm of the variance of each label.
    openness : shape (n, d)
        The logarithms of the training stars, standardised with these.
    """
    logarithm = np.log(first.variance)
    open_ = np.stack([logarithm.mean(axis=0), logarithm.std(axis=0) + 1e-9])
    return open_, (logarithm - open_[0]) / open_[1]


@dataclass(frozen=True)
class Lesson:
    """One answer that is to be trained.

    Attributes
    ----------
    way
        Of `mdwarfs.hybrid.label_model.Answer`.
    looked
        Where all n stars are.
    quantity, error, unsure : shape (n,)
        See `mdwarfs.hybrid.regression.Regression.fit`.
    trusted : bool, shape (n,)
        The stars to learn from.
    star : int, shape (n,)
    level, seed
        See there.
    """

    way: type
    looked: Looked
    quantity: np.ndarray
    error: np.ndarray
    unsure: np.ndarray
    trusted: np.ndarray
    star: np.ndarray
    level: float
    seed: int

    def learn(self) -> tuple[Answer, np.ndarray]:
        """Train it.

        Returns
        -------
        answer
        held_out : shape (2, n)
            The quantity of the stars without themselves, and its variance.
        """
        own, rest = self.trusted, ~self.trusted
        one, held_out = self.way.fit(
            self.looked.places[own], self.quantity[own], self.error[own],
            self.unsure[own], level=self.level, seed=self.seed, star=self.star[own],
            unseen=self.looked.unseen[own],
        )  # fmt: skip
        found = np.empty((2, len(own)))
        found[:, own] = held_out
        if rest.any():
            found[:, rest] = one.predict(self.looked.unseen[rest], self.unsure[rest])
        return one, found


def blends(
    given: TrainingSet,
    looked: Mapping[str, Looked],
    first: FirstAnswer,
    openness: np.ndarray,
    seed: int,
    threads: int,
) -> tuple[tuple[LabelModel, ...], np.ndarray, np.ndarray]:
    """Learn how each label is found; of stars that are trusted, and know it.

    Parameters
    ----------
    given
        The training stars.
    looked
        What answers look at, see `mdwarfs.hybrid.label_model`.
    first
    openness
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
    sure = trusted[:, None] & given.known
    left = first.variance * first.population.scale.scale**2

    def lesson(label, member):
        known = labels[:, label]
        level = 0.0 if member.corrects else np.median(known[sure[:, label]])
        quantity = known - first.labels[:, label] * member.corrects
        return Lesson(
            member.way, looked[member.looks_at], quantity, given.errors[:, label],
            left[:, label], trusted, given.star, level, seed,
        )  # fmt: skip

    asked = [(label, member) for member in MEMBERS for label in range(labels.shape[1])]
    lessons = [lesson(*one) for one in asked]
    # In processes, because SciPy's LAPACK keeps the interpreter while it computes.
    made = in_processes(Lesson.learn, lessons, min(threads, len(lessons)))
    made = list(track(made, "answers", len(lessons)))  # to the end of the processes
    trained = dict(zip(asked, made))
    each, found, variance = [], np.empty(labels.shape), np.empty(labels.shape)
    sigma = first.population.sigma
    for label in range(labels.shape[1]):
        ways, alone = zip(*(trained[label, member] for member in MEMBERS))
        alone = labels_of(np.array(alone), first.labels[:, label])
        known = labels[:, label], given.errors[:, label], sure[:, label], sigma[label]
        stars = len(np.unique(given.star[sure[:, label]]))
        one = LabelModel.learn(ways, alone, openness[:, label], *known, stars)
        found[:, label], variance[:, label] = one.blended(alone, openness[:, label])
        each.append(one)
    return tuple(each), found, first.population.bounded(variance, left)


def error_correlation(
    given: TrainingSet, first: FirstAnswer, labels: np.ndarray, variance: np.ndarray
) -> np.ndarray:
    """Correlation of errors, of the pulls of trusted stars, which are cut at three.

    Where a label is unknown its pull is the mean: the fewer stars know both of two
    labels, the nearer to zero is what is said of them.

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
    pull = np.clip(pull[first.trusted], -3, 3)
    pull = np.where(np.isfinite(pull), pull, np.nanmean(pull, axis=0))
    return np.atleast_2d(np.corrcoef(pull.T))
