"""The hybrid labels without one of what goes into them at a time.

Each is an entry as of `mdwarfs.methods.registry`, of the same model trained or asked
without: the noise of every training star of its own, the errors of training labels, the
prior, and that pixels go together. The last is the label of greatest posterior by the
quadratic, which takes pixels one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mdwarfs.hybrid.model import Hybrid
from mdwarfs.hybrid.noise import clean
from mdwarfs.method_names import HYBRID
from mdwarfs.methods.on_pixels import FEWEST
from mdwarfs.methods.registry import Method

if TYPE_CHECKING:
    from mdwarfs.methods.training import Training


def alike(training: Training) -> Training:
    """The same stars, all of the noise of the typical one."""
    good = np.asarray(training.ivar) > 0
    known = np.where(good, training.ivar, np.nan)
    some = good.any(axis=0)
    typical = np.zeros(good.shape[1])
    typical[some] = np.nanmedian(known[:, some], axis=0)
    return replace(training, ivar=np.where(good, typical, 0.0))


def exact(training: Training) -> Training:
    """The same stars, without errors of their labels; unknown ones stay unknown."""
    errors = np.where(np.isposinf(training.errors), np.inf, 0.0)
    return replace(training, errors=errors)


def same(training: Training) -> Training:
    """The same stars."""
    return training


def blended(model: Hybrid, flux: np.ndarray, ivar: np.ndarray) -> np.ndarray:
    """The hybrid labels, shape (m, d)."""
    return model.predict(flux, ivar).labels


def without_prior(model: Hybrid, flux: np.ndarray, ivar: np.ndarray) -> np.ndarray:
    """Those without prior; with it where there are none, shape (m, d)."""
    answer = model.predict(flux, ivar)
    return np.where(np.isfinite(answer.flat), answer.flat, answer.labels)


def pixel_by_pixel(model: Hybrid, flux: np.ndarray, ivar: np.ndarray) -> np.ndarray:
    """Labels of greatest posterior by the quadratic, shape (m, d)."""
    flux, ivar = clean(flux[:, model.used], ivar[:, model.used])
    population = model.population
    found, _ = model.quadratic.search(flux, ivar, population.precision)
    return population.scale.back(found)


def label(
    training: Training,
    flux: np.ndarray,
    ivar: np.ndarray,
    prepare: Callable[[Training], Training],
    ask: Callable[[Hybrid, np.ndarray, np.ndarray], np.ndarray],
) -> tuple[np.ndarray, dict]:
    """Train on prepared stars, and ask for labels of others."""
    return ask(prepare(training).hybrid, flux, ivar), {}


INGREDIENTS = tuple(
    Method(name, partial(label, prepare=prepare, ask=ask), FEWEST)
    for name, prepare, ask in (
        (HYBRID, same, blended),
        ("without weights of the training stars", alike, blended),
        ("without errors of the training labels", exact, blended),
        ("without prior", same, without_prior),
        ("without covariance of pixels", same, pixel_by_pixel),
    )
)
