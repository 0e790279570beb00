"""The blend of a direct and a corrected answer: trained, asked, and held out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mdwarfs.errors import InputError
from mdwarfs.hybrid.answer import Answer, neighbours
from mdwarfs.hybrid.components import Components
from mdwarfs.hybrid.first import first_answer
from mdwarfs.hybrid.label_model import MEMBERS, LabelModel, part
from mdwarfs.hybrid.noise import clean
from mdwarfs.hybrid.population import Population
from mdwarfs.hybrid.quadratic import Quadratic
from mdwarfs.hybrid.regression import Regression
from mdwarfs.run.parallel import in_threads, one_blas_thread, slices
from mdwarfs.run.progress import track

COMPONENTS = 20
STARS_PER_COMPONENT = 8
"""Training stars for every component; of very few stars there are two components."""
FEWEST_STARS = 6
SHARE_GOOD = 0.3
"""Of the training stars, with which a pixel takes part."""
USUAL = 0.005, 0.995  # quantiles of the training stars
UNKNOWN = 1e6  # an error greater than any label
BLOCK = 256  # stars that are asked together


@dataclass(frozen=True)
class Hybrid:
    """A trained model; `fit` makes one.

    Attributes
    ----------
    label_names : length d
    labels, errors : shape (n, d)
        Of the training stars; an error is zero where none is known.
    trusted : bool, shape (n,)
        Of the training stars: whether no label of theirs is taken for wrong.
    source_id : int, shape (n,)
    wavelength : shape (p,)
        [Angstrom]
    normalisation
        How the spectra were prepared, for the record.
    used : bool, shape (p,)
        Pixels that take part, q of them.
    components
        Of these pixels.
    quadratic
        Likewise.
    places : shape (n, k)
        Of the training stars among the components.
    open_ : shape (2, d)
        Mean and standard deviation of the logarithm of the variance of each
        standardised label that the noise of a training spectrum leaves.
    fit_range : shape (2,)
        Chi-square per degree of freedom of 99 % of the training stars.
    correlation : shape (d, d)
        Of the errors of the labels, from held-out training stars.
    each
        A `LabelModel` for each label.
    """

    label_names: tuple[str, ...]
    labels: np.ndarray
    errors: np.ndarray
    trusted: np.ndarray
    source_id: np.ndarray
    wavelength: np.ndarray
    normalisation: dict
    used: np.ndarray
    components: Components
    quadratic: Quadratic
    places: np.ndarray
    open_: np.ndarray
    fit_range: np.ndarray
    correlation: np.ndarray
    each: tuple[LabelModel, ...]

    @cached_property
    def population(self) -> Population:
        """The labels of the trusted training stars, their errors taken out."""
        labels, errors = self.labels[self.trusted], self.errors[self.trusted]
        return Population.of(labels, errors, self.label_names)

    @property
    def template(self) -> np.ndarray:
        """Mean normalised spectrum of the training stars, shape (p,); NaN if unused."""
        spectrum = np.full(len(self.used), np.nan)
        spectrum[self.used] = self.components.mean
        return spectrum

    @cached_property
    def neighbours(self) -> tuple:
        """What tells how near training stars are: a tree of them, and a distance."""
        return neighbours(self.places)

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
        normalisation: dict | None = None,
    ) -> tuple[Hybrid, Answer]:
        """Train, and label the training stars by models that have not seen them.

        Parameters
        ----------
        labels, errors : shape (n, d)
            An error that is not a number is taken for zero.
        flux, ivar : shape (n, p)
            Normalised spectra; a pixel counts where both are finite and ivar positive.
        label_names : length d
        wavelength : shape (p,)
            Of the pixels, in vacuum [Angstrom].
        seed
            Of all that is random.
        threads
            Neither the model nor the labels depend on it.
        source_id : int, shape (n,)
        normalisation
            How the spectra were prepared.

        Returns
        -------
        model
        held_out
            Labels of the training stars without themselves. The components and the
            hyperparameters have seen their spectra, and those alone.

        Raises
        ------
        InputError
            If there are too few stars or pixels, or labels that nothing can be learnt
            about.
        """
        names = tuple(label_names)
        labels = np.ma.filled(np.ma.asarray(labels, float), np.nan)  # null is no value
        errors = np.nan_to_num(np.asarray(errors, float), posinf=UNKNOWN)
        n, d = labels.shape
        if n < FEWEST_STARS:
            raise InputError(
                f"{n} training star(s): the hybrid labels need at least {FEWEST_STARS}"
            )
        flux, ivar = clean(flux, ivar)
        used = (ivar > 0).mean(axis=0) >= SHARE_GOOD
        number = min(COMPONENTS, max(n // STARS_PER_COMPONENT, 2), used.sum() - 1)
        if number < 2:
            raise InputError(
                f"{used.sum()} pixel(s) are good in {SHARE_GOOD:.0%} of the training "
                "spectra: nothing can be learnt from so few"
            )
        flux, ivar = flux[:, used], ivar[:, used]
        components = Components.fit(flux, ivar, number)
        places, ivar = components.place(flux, ivar)
        first = first_answer(labels, errors, names, flux, ivar, seed, threads)
        population = first.population
        logarithm = np.log(first.variance)
        open_ = np.stack([logarithm.mean(axis=0), logarithm.std(axis=0) + 1e-9])
        place = (logarithm - open_[0]) / open_[1]
        left = first.variance * population.scale.scale**2

        def train(item):
            label, (answer, share) = item
            base = first.labels[:, label] * (answer == "corrected")
            level = 0.0 if answer == "corrected" else np.median(labels[:, label])
            return Regression.fit(
                places.mean[:, : part(share, number)], labels[:, label] - base,
                errors[:, label], left[:, label], level=level, seed=seed,
            )  # fmt: skip

        items = [(label, member) for label in range(d) for member in MEMBERS]
        trained = in_threads(train, items, threads)
        trained = list(track(trained, "regressions", len(items)))
        each, held_out, spread = [], np.empty((n, d)), np.empty((n, d))
        for label in range(d):
            own = trained[label * len(MEMBERS) : (label + 1) * len(MEMBERS)]
            regressions, alone = zip(*own)
            given = alone, first.labels[:, label], place[:, label]
            one = LabelModel.learn(
                regressions, *given, labels[:, label], errors[:, label]
            )
            held_out[:, label], spread[:, label] = one.blended(*given)
            each.append(one)
        spread = np.clip(spread, left, population.sigma**2)
        ratio = places.chi2 / np.maximum(places.freedom(number), 1)
        model = cls(
            label_names=names, labels=labels, errors=errors, trusted=first.trusted,
            source_id=np.zeros(n, int) if source_id is None else np.asarray(source_id),
            wavelength=np.asarray(wavelength, float), normalisation=normalisation or {},
            used=used, components=components, quadratic=first.quadratic,
            places=places.mean, open_=open_,
            fit_range=np.quantile(ratio[places.n_good > 0], USUAL),
            correlation=together((held_out - labels) / np.sqrt(spread + errors**2)),
            each=tuple(each),
        )  # fmt: skip
        return model, Answer.of(model, held_out, spread, places)

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
        """
        _ = self.population, self.neighbours  # made once, and not by each thread
        for one in self.each:
            for regression in one.regressions:
                _ = regression.inverse_root
        blocks = slices(len(flux), BLOCK)
        found = in_threads(lambda b: self._predict(flux[b], ivar[b]), blocks, threads)
        return Answer.joined(list(found))

    def _predict(self, flux, ivar):
        """`predict` of one block."""
        flux, ivar = clean(flux[:, self.used], ivar[:, self.used])
        places, ivar = self.components.place(flux, ivar)
        t, covariance = self.quadratic.search(flux, ivar, self.population.precision)
        first = self.population.scale.back(t)
        variance = np.diagonal(covariance, axis1=1, axis2=2)
        left = variance * self.population.scale.scale**2
        place = (np.log(variance) - self.open_[0]) / self.open_[1]
        labels, spread = np.empty_like(first), np.empty_like(first)
        for label, model in enumerate(self.each):
            members = [
                one.predict(places.mean[:, : one.inputs.shape[1]], left[:, label])
                for one in model.regressions
            ]
            labels[:, label], spread[:, label] = model.blended(
                members, first[:, label], place[:, label]
            )
        spread = np.clip(spread, left, self.population.sigma**2)
        return Answer.of(self, labels, spread, places)


def together(pull: np.ndarray) -> np.ndarray:
    """Correlation of errors, of pulls that are cut at three.

    Parameters
    ----------
    pull : shape (n, d)

    Returns
    -------
    shape (d, d)
    """
    return np.atleast_2d(np.corrcoef(np.clip(pull, -3, 3).T))
