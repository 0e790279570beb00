"""The ways, in the order in which tables and figures have them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mdwarfs.method_names import HYBRID, MEAN
from mdwarfs.methods import on_components, on_pixels
from mdwarfs.methods.training import Training


@dataclass(frozen=True)
class Method:
    """One way.

    Attributes
    ----------
    name
    label
        From training stars, and flux and ivar of others, shape (m, p): their labels,
        shape (m, d), and what was chosen, numbers by their word.
    fewest
        Training stars without which it has no labels.
    """

    name: str
    label: Callable[[Training, np.ndarray, np.ndarray], tuple[np.ndarray, dict]]
    fewest: int = on_components.FEWEST


def mean(
    training: Training, flux: np.ndarray, ivar: np.ndarray
) -> tuple[np.ndarray, dict]:
    """The mean of the training labels: what does no better has measured nothing."""
    return np.repeat(training.labels.mean(axis=0)[None], len(flux), axis=0), {}


METHODS = (
    Method(HYBRID, on_pixels.hybrid, on_pixels.FEWEST),
    Method("quadratic per pixel", on_pixels.quadratic, on_pixels.FEWEST),
    Method("Gaussian process", on_components.gaussian_process, on_components.MORE),
    Method("support vectors", on_components.support_vectors, on_components.MORE),
    Method("neural network", on_components.network, on_components.MORE),
    Method("partial least squares", on_components.partial_least_squares),
    Method("ridge regression", on_components.ridge),
    Method("nearest neighbours", on_components.neighbours),
    Method(MEAN, mean, 1),
)
