"""The labels that are to be corrected, of stars that the quadratic has not seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mdwarfs.hybrid.population import Population
from mdwarfs.hybrid.quadratic import Quadratic
from mdwarfs.run.parallel import in_threads
from mdwarfs.run.progress import track
from mdwarfs.slam.folds import assign_folds
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
    """

    trusted: np.ndarray
    population: Population
    quadratic: Quadratic
    labels: np.ndarray
    variance: np.ndarray


def first_answer(
    labels: np.ndarray,
    errors: np.ndarray,
    names: tuple[str, ...],
    flux: np.ndarray,
    ivar: np.ndarray,
    seed: int,
    threads: int,
) -> FirstAnswer:
    """Fit it, fold by fold and to all stars.

    Twice: what the first ones contradict is left out of the second ones, for squares
    of residuals let one wrong label spoil many right ones.

    Parameters
    ----------
    labels, errors : shape (n, d)
        All finite.
    names : length d
    flux, ivar : shape (n, p)
        Clean, see `mdwarfs.hybrid.noise`.
    seed
        Of the folds.
    threads
        The answer does not depend on it.
    """
    n = len(labels)
    fold = assign_folds(n, FOLDS, np.random.default_rng([seed, FOLDS]))
    trusted, given = np.ones(n, bool), cut(labels)
    for unit in ("first quadratic models", "quadratic models"):
        used = trusted
        population = Population.of(given[used], errors[used], names)
        t, scale = population.scale.forward(given), population.scale

        def fit(held, t=t, used=used, precision=population.precision):
            others = used & ~held
            model = Quadratic.fit(t[others], flux[others], ivar[others])
            return model.search(flux[held], ivar[held], precision)

        found, variance = np.empty((2, *labels.shape))
        helds = [fold == one for one in range(FOLDS)]
        made = track(in_threads(fit, helds, threads), unit, FOLDS)
        for held, (values, covariance) in zip(helds, made):
            found[held] = scale.back(values)
            variance[held] = np.diagonal(covariance, axis1=1, axis2=2)
        total = variance * scale.scale**2 + errors**2
        pull = np.abs(found - labels) / np.sqrt(total)
        trusted = (pull < CONTRADICTED * MAD_TO_SIGMA * np.median(pull, axis=0)).all(
            axis=1
        )
        given = labels
    quadratic = Quadratic.fit(t[used], flux[used], ivar[used])
    return FirstAnswer(used, population, quadratic, found, variance)


def cut(labels: np.ndarray) -> np.ndarray:
    """Labels no farther from their medians than `FAR` robust standard deviations."""
    middle = np.median(labels, axis=0)
    most = FAR * MAD_TO_SIGMA * np.median(np.abs(labels - middle), axis=0)
    return np.where(most > 0, np.clip(labels, middle - most, middle + most), labels)
