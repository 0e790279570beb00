"""Labels by quadratics that have not seen the star, which are then corrected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mdwarfs.hybrid.population import Population
from mdwarfs.hybrid.quadratic import Quadratic
from mdwarfs.hybrid.training_set import TrainingSet
from mdwarfs.hybrid.unlike import MEASURES, alike
from mdwarfs.run.parallel import in_threads
from mdwarfs.run.progress import track
from mdwarfs.slam.infer.likeness import Likeness
from mdwarfs.statistics import MAD_TO_SIGMA

FOLDS = 5
"""Of the training stars, for the quadratic that has not seen them."""
FAR = 4.0
CONTRADICTED = 8.0
"""Robust standard deviations: beyond the first from the median labels are cut for the
first quadratic models, beyond the second from what these say they are taken for
wrong, and have no part in the next."""


@dataclass(frozen=True)
class FirstAnswer:
    """The quadratic, and labels of training stars by quadratics without them.

    Attributes
    ----------
    trusted : bool, shape (n,)
        The stars that are not contradicted.
    population, quadratic
        Of these.
    labels : shape (n, d)
    variance : shape (n, d)
        Of the standardised labels, from the noise of the spectra.
    likeness : shape (9, n)
        To the spectra of these quadratics, see `mdwarfs.hybrid.unlike.alike`.
    """

    trusted: np.ndarray
    population: Population
    quadratic: Quadratic
    labels: np.ndarray
    variance: np.ndarray
    likeness: np.ndarray


def first_answer(
    given: TrainingSet, ivar: np.ndarray, likeness: Likeness, seed: int, threads: int
) -> FirstAnswer:
    """Fit it, fold by fold and to all stars.

    Twice: what the first ones contradict is left out of the second ones, for squares
    of residuals let one wrong label spoil many right ones. An unknown label is for the
    first ones the median of those that are known, and for the second ones what the
    first ones say of the star.

    Parameters
    ----------
    given
        The training stars.
    ivar : shape (n, q)
        Theirs, with zeros at pixels that are far off.
    likeness
        What spectra are compared with.
    seed
        Of the folds.
    threads
        The answer does not depend on it.
    """
    labels, everyone = given.labels, np.ones(len(given.labels), bool)
    fold = given.folds(FOLDS, seed)
    helds = [fold == one for one in range(FOLDS)]

    def fit(unit, outs, used, known, instead, likeness):
        """The population, and for each of `outs` a quadratic of the others, and what
        it says of these stars."""
        own = known[used], given.errors[used], given.names, given.star[used]
        population = Population.of(*own)
        t = population.scale.forward(np.where(given.known, known, instead))

        def without(out):
            others = used & ~out
            model = Quadratic.fit(t[others], given.flux[others], ivar[others])
            own = given.flux[out], ivar[out]
            values, covariance = model.search(*own, population.precision)
            # Beside the fits of other threads: SciPy's splines keep the interpreter.
            asked = likeness is not None and out.any()
            like = alike(likeness, model, values, *own) if asked else None
            return model, values, covariance, like

        made = in_threads(without, outs, threads)
        return population, list(track(made, unit, len(outs)))

    def held_out(population, made):
        """Labels, and variances of standardised ones, of all stars."""
        found, variance = np.empty((2, *labels.shape))
        for held, (_, values, covariance, _) in zip(helds, made):
            found[held] = population.scale.back(values)
            variance[held] = np.diagonal(covariance, axis1=1, axis2=2)
        return found, variance

    middle = np.nanmedian(labels, axis=0)
    start = helds, everyone, cut(labels), middle
    population, made = fit("first quadratic models", *start, None)
    found, variance = held_out(population, made)
    trusted = agree(given, found, variance * population.scale.scale**2)
    # One that nothing is held out of is kept, and the others are compared with spectra.
    again = [~everyone, *helds], trusted, labels, found
    population, (of_all, *made) = fit("quadratic models", *again, likeness)
    found, variance = held_out(population, made)
    like = np.empty((MEASURES, len(labels)))
    for held, (*_, part) in zip(helds, made):
        like[:, held] = part
    return FirstAnswer(trusted, population, of_all[0], found, variance, like)


def cut(labels: np.ndarray) -> np.ndarray:
    """Labels no farther from their medians than `FAR` robust standard deviations."""
    middle = np.nanmedian(labels, axis=0)
    most = FAR * MAD_TO_SIGMA * np.nanmedian(np.abs(labels - middle), axis=0)
    return np.where(most > 0, np.clip(labels, middle - most, middle + most), labels)


def agree(given: TrainingSet, found: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Which training stars no label is contradicted of.

    Parameters
    ----------
    given
        The training stars.
    found, variance : shape (n, d)
        What is said of them without themselves.

    Returns
    -------
    bool, shape (n,)
    """
    pull = np.abs(found - given.labels) / np.sqrt(variance + given.errors**2)
    far = pull >= CONTRADICTED * MAD_TO_SIGMA * np.nanmedian(pull, axis=0)
    # One label may have been given to several spectra of a star.
    return ~np.isin(given.star, given.star[far.any(axis=1)])
