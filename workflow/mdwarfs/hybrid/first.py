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
    of residuals let one wrong label spoil many right ones.

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
    labels, errors, flux, names = given.labels, given.errors, given.flux, given.names
    fold = given.folds(FOLDS, seed)
    helds = [fold == one for one in range(FOLDS)]
    nobody = np.zeros(len(labels), bool)
    trusted, known = ~nobody, cut(labels)
    for unit, more in (("first quadratic models", []), ("quadratic models", [nobody])):
        used = trusted
        population = Population.of(known[used], errors[used], names)
        t, scale = population.scale.forward(known), population.scale
        last = bool(more)  # only these are kept, and compared with spectra

        def fit(held, t=t, used=used, precision=population.precision, last=last):
            others = used & ~held
            model = Quadratic.fit(t[others], flux[others], ivar[others])
            own = flux[held], ivar[held]
            values, covariance = model.search(*own, precision)
            # Beside the fits of other threads: SciPy's splines keep the interpreter.
            asked = last and held.any()
            like = alike(likeness, model, values, *own) if asked else None
            return model, values, covariance, like

        found, variance = np.empty((2, *labels.shape))
        items = [*more, *helds]
        made = list(track(in_threads(fit, items, threads), unit, len(items)))
        of_all, made = made[: len(more)], made[len(more) :]
        for held, (_, values, covariance, _) in zip(helds, made):
            found[held] = scale.back(values)
            variance[held] = np.diagonal(covariance, axis1=1, axis2=2)
        total = variance * scale.scale**2 + errors**2
        pull = np.abs(found - labels) / np.sqrt(total)
        far = pull >= CONTRADICTED * MAD_TO_SIGMA * np.median(pull, axis=0)
        # One label may have been given to several spectra of a star.
        trusted = ~np.isin(given.star, given.star[far.any(axis=1)])
        known = labels

    like = np.empty((MEASURES, len(labels)))
    for held, (*_, part) in zip(helds, made):
        like[:, held] = part
    return FirstAnswer(used, population, of_all[0][0], found, variance, like)


def cut(labels: np.ndarray) -> np.ndarray:
    """Labels no farther from their medians than `FAR` robust standard deviations."""
    middle = np.median(labels, axis=0)
    most = FAR * MAD_TO_SIGMA * np.median(np.abs(labels - middle), axis=0)
    return np.where(most > 0, np.clip(labels, middle - most, middle + most), labels)
