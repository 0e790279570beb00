"""The hybrid model: train it, predict labels, and predict held-out labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

import numpy as np

from mdwarfs.errors import InputError
from mdwarfs.hybrid import learning, unlike
from mdwarfs.hybrid.answer import Answer, neighbours
from mdwarfs.hybrid.components import Components
from mdwarfs.hybrid.first import first_answer
from mdwarfs.hybrid.label_model import COMPONENTS, PRINCIPAL, LabelModel
from mdwarfs.hybrid.noise import clean, without_spikes
from mdwarfs.hybrid.population import Population
from mdwarfs.hybrid.principal import Principal
from mdwarfs.hybrid.quadratic import Quadratic
from mdwarfs.hybrid.training_set import TrainingSet
from mdwarfs.run.parallel import in_threads, joined, one_blas_thread, slices
from mdwarfs.slam.infer.likeness import Likeness
from mdwarfs.validation.fit_limits import Limits

BLOCK = 256  # stars that are asked together


@dataclass(frozen=True)
class Hybrid:
    """A trained model; `fit` makes one.

    Attributes
    ----------
    regressor
        What files of such models call it.
    label_names : length d
    labels, errors : shape (n, d)
        Of the training stars that are learnt from. A label is NaN where it is unknown;
        its error, and one that is not known, is 0.
    trusted : bool, shape (n,)
        Of the training stars: whether no label of theirs is taken for wrong. The
        others have no part in the quadratic and the regressions.
    source_id : int, shape (n,)
    star : int, shape (n,)
        Number of the star of each, see `mdwarfs.hybrid.training_set.same_star`.
    wavelength : shape (p,)
        [Angstrom]
    normalisation
        How the spectra were prepared, for the record.
    used : bool, shape (p,)
        Pixels that take part, q of them.
    components
        Of these pixels.
    principal, quadratic
        Likewise.
    places, principal_places : shape (n, k)
        Of the training stars among the components, and the principal ones.
    open_ : shape (2, d)
        Mean and standard deviation of the logarithm of the variance of each
        standardised label that the noise of a training spectrum leaves.
    correlation : shape (d, d)
        Of the errors of the labels, from held-out training stars.
    limits
        By measure, what sound spectra give: see `mdwarfs.hybrid.unlike`.
    each
        A `LabelModel` for each label.
    """

    regressor: ClassVar[str] = "hybrid"

    label_names: tuple[str, ...]
    labels: np.ndarray
    errors: np.ndarray
    trusted: np.ndarray
    source_id: np.ndarray
    star: np.ndarray
    wavelength: np.ndarray
    normalisation: dict
    used: np.ndarray
    components: Components
    principal: Principal
    quadratic: Quadratic
    places: np.ndarray
    principal_places: np.ndarray
    open_: np.ndarray
    correlation: np.ndarray
    limits: dict[str, Limits]
    each: tuple[LabelModel, ...]

    @cached_property
    def population(self) -> Population:
        """The labels of the trusted training stars, their errors taken out."""
        own = self.trusted
        known = self.labels[own], self.errors[own]
        return Population.of(*known, self.label_names, self.star[own])

    @property
    def template(self) -> np.ndarray:
        """Mean normalised spectrum of the training stars, shape (p,); NaN if unused."""
        spectrum = np.full(len(self.used), np.nan)
        spectrum[self.used] = self.components.mean
        return spectrum

    @cached_property
    def neighbours(self) -> tuple:
        """What tells how near training stars are: a tree of them, and a distance."""
        return neighbours(self.places[self.trusted], self.star[self.trusted])

    @cached_property
    def likeness(self) -> Likeness:
        """What compares spectra with those of the quadratic."""
        return Likeness(self.wavelength[self.used])

    @classmethod
    @one_blas_thread
    def fit(
        cls,
        labels: np.ndarray,
        errors: np.ndarray,
        flux: np.ndarray,
        ivar: np.ndarray,
        *,
        label_names: Sequence[str],
        wavelength: np.ndarray,
        seed: int,
        threads: int = 1,
        source_id: np.ndarray | None = None,
        star: np.ndarray | None = None,
        normalisation: dict | None = None,
    ) -> tuple[Hybrid, Answer]:
        """Train, and label the training stars by models that have not seen them.

        Parameters
        ----------
        labels, errors : shape (n, d)
            An error that is not a number is taken for zero, and a label whose error is
            infinite for unknown: what is given in its place has no influence.
        flux, ivar : shape (n, p)
            Normalised spectra; a pixel counts where both are finite and ivar positive.
        label_names : length d
        wavelength : shape (p,)
            Of the pixels, in vacuum [Angstrom].
        seed
            Of all that is random.
        threads
            And processes, which are forked from this one if there are to be more than
            one. Neither the model nor the labels depend on their number.
        source_id : int, shape (n,)
            Identifiers of the spectra, for the record; 0 where unknown.
        star : int, shape (n,)
            Identifiers of the stars, default `source_id`: spectra of the same positive
            one are held out together.
        normalisation
            How the spectra were prepared.

        Returns
        -------
        model
            Of the spectra that are not absurd (`mdwarfs.hybrid.training_set.absurd`).
        held_out
            Labels of the training stars without themselves, one row per spectrum. What
            has seen them are the hyperparameters, and the components by which the other
            stars are placed. Absurd spectra have no labels, but a status.

        Raises
        ------
        InputError
            If shapes, names or values are not what they have to be, if there are too
            few stars or pixels, or labels that nothing can be learnt about.
        """
        given = TrainingSet.of(
            labels, errors, flux, ivar, label_names, wavelength, source_id, star
        )
        wavelength = np.asarray(wavelength, float)
        reduced = learning.reduce(given, seed, threads)
        components, places = reduced.components, reduced.places
        likeness = Likeness(wavelength[given.used])
        first = first_answer(given, reduced.ivar, likeness, seed, threads)
        open_, openness = learning.left_open(first)
        looked = reduced.looked
        each, label, variance = learning.blends(
            given, looked, first, openness, seed, threads
        )
        model = cls(
            label_names=given.names, labels=given.labels, errors=given.errors,
            trusted=first.trusted, source_id=given.source_id, star=given.star,
            wavelength=wavelength, normalisation=normalisation or {}, used=given.used,
            components=components, principal=reduced.principal,
            quadratic=first.quadratic, places=places.mean,
            principal_places=looked[PRINCIPAL].places, open_=open_,
            correlation=learning.error_correlation(given, first, label, variance),
            limits={}, each=each,
        )  # fmt: skip
        answer = Answer.of(model, label, variance, places, first.likeness)
        snr = unlike.brightness(components.mean, given.ivar)
        model = replace(model, limits=unlike.learn(answer, snr))
        return model, answer.limited(model.limits, snr).among(given.reason)

    @one_blas_thread
    def predict(
        self, flux: np.ndarray, ivar: np.ndarray, *, threads: int = 1
    ) -> Answer:
        """Find the labels of stars.

        Parameters
        ----------
        flux, ivar : shape (m, p)
            Normalised spectra at `wavelength`; in memory, or planes of an open set.
        threads
            The labels do not depend on it.

        Raises
        ------
        InputError
            If the spectra have another number of pixels.
        """
        for name, plane in (("flux", flux), ("ivar", ivar)):
            if plane.shape != (len(flux), len(self.used)):
                raise InputError(
                    f"{name}: the shape is {plane.shape}; the model has "
                    f"{len(self.used)} pixels, and flux {len(flux)} spectra"
                )
        _ = self.population, self.neighbours  # made once, and not by each thread
        _ = self.quadratic.pairs, self.quadratic.of_terms
        _ = self.likeness.velocity, self.likeness.moving
        for one in self.each:
            for answer in one.answers:
                _ = getattr(answer, "inverse_root", None)
        blocks = slices(len(flux), BLOCK)
        found = in_threads(lambda b: self._predict(flux[b], ivar[b]), blocks, threads)
        return joined(list(found))

    def _predict(self, flux, ivar):
        """`predict` of one block."""
        flux, ivar = without_spikes(*clean(flux[:, self.used], ivar[:, self.used]))
        snr = unlike.brightness(self.components.mean, ivar)
        among = self.principal.place(flux, ivar)
        places, ivar = self.components.place(flux, ivar)
        t, covariance = self.quadratic.search(flux, ivar, self.population.precision)
        like = unlike.alike(self.likeness, self.quadratic, t, flux, ivar)
        first = self.population.scale.back(t)
        variance = np.diagonal(covariance, axis1=1, axis2=2)
        left = variance * self.population.scale.scale**2
        openness = (np.log(variance) - self.open_[0]) / self.open_[1]
        looked = {COMPONENTS: places.mean, PRINCIPAL: among}
        labels, spread = np.empty_like(first), np.empty_like(first)
        for label, model in enumerate(self.each):
            found = model.ask(looked, first[:, label], left[:, label])
            labels[:, label], spread[:, label] = model.blended(
                found, openness[:, label]
            )
        spread = self.population.bounded(spread, left)
        answer = Answer.of(self, labels, spread, places, like)
        return answer.limited(self.limits, snr)
