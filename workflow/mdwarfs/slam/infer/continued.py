"""Labels by a model that extrapolates beyond its training stars, for a flag.

Labels of maximum posterior lie in the domain of the training stars. A star that is
truly outside, such as a metal-poor one, gets the labels inside that fit best, and these
do not reveal it. Here its labels are found once more, without limits, by polynomials of
second order in the labels. They follow the model's spectra inside the domain and,
unlike kernel functions, extrapolate smoothly outside. The results are not good labels.
But if they are far from those of all training stars at this signal-to-noise ratio, the
star is not one that the model was made for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mdwarfs.slam.infer.domain import Domain
    from mdwarfs.slam.spectral_model import SpectralModel

ITERATIONS = 5
LARGEST = 8.0
"""Of a principal coordinate, in standard deviations of the training stars."""
WIDTH = 4.0
"""Of the prior of a principal coordinate about the middle of the training stars: where
noise says nothing of one, it stays near."""
ENOUGH = 5
"""Training stars for each coefficient of second order; with fewer, it is of first."""
RIDGE = 1e-3


@dataclass(frozen=True)
class Continuation:
    """Spectra as polynomials of the principal coordinates of a domain.

    Attributes
    ----------
    model, domain
        What they follow.
    first, second : of int, shape (k,)
        The pairs of coordinates whose products are terms.
    coefficients : float32, shape (1 + d + k, q)
    """

    model: SpectralModel
    domain: Domain
    first: np.ndarray
    second: np.ndarray
    coefficients: np.ndarray

    @classmethod
    def of(cls, model: SpectralModel, domain: Domain) -> Continuation:
        """Fit the polynomials to the model's spectra of its training stars."""
        places = domain.inward(model.scale.forward(model.labels))
        n, d = places.shape
        first, second = np.triu_indices(d)
        if n < ENOUGH * (1 + d + len(first)):
            first, second = first[:0], second[:0]
        terms = powers(places, first, second)
        penalty = RIDGE * n * np.eye(terms.shape[1])
        penalty[0, 0] = 0
        square = terms.T @ terms + penalty
        coefficients = np.linalg.solve(square, terms.T @ model.templates.astype(float))
        return cls(model, domain, first, second, coefficients.astype(np.float32))

    def labels(
        self, flux: np.ndarray, weight: np.ndarray, place: np.ndarray
    ) -> np.ndarray:
        """Labels of stars, wherever they lie.

        Parameters
        ----------
        flux, weight : float32, shape (s, q)
        place : shape (s, d)
            Principal coordinates to start from.

        Returns
        -------
        shape (s, d)
            In their own units.
        """
        prior = np.eye(place.shape[1]) / WIDTH**2
        for _ in range(ITERATIONS):
            residual = flux - self.spectra(place)
            rows = self.jacobian(place)
            slope = (rows @ (weight * residual)[:, :, None])[:, :, 0] - place @ prior
            hessian = (rows * weight[:, None]) @ rows.transpose(0, 2, 1) + prior
            step = np.linalg.solve(hessian, slope[:, :, None])[:, :, 0]
            place = np.clip(place + step, -LARGEST, LARGEST)
        return self.model.scale.back(self.domain.outward(place))

    def spectra(self, place: np.ndarray) -> np.ndarray:
        """Flux at places (s, d), float32 of shape (s, q)."""
        terms = powers(place, self.first, self.second)
        return terms.astype(np.float32) @ self.coefficients

    def jacobian(self, place: np.ndarray) -> np.ndarray:
        """Derivative of the flux with each coordinate, float32 of shape (s, d, q)."""
        s, d = place.shape
        terms = np.zeros((s, d, len(self.coefficients)), np.float32)
        axes = np.arange(d)
        terms[:, axes, 1 + axes] = 1
        column = 1 + d + np.arange(len(self.first))
        terms[:, self.first, column] += place[:, self.second]
        terms[:, self.second, column] += place[:, self.first]
        flat = terms.reshape(s * d, -1) @ self.coefficients
        return flat.reshape(s, d, -1)


def powers(place: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The terms of the polynomials at places (s, d), shape (s, 1 + d + k)."""
    products = place[:, first] * place[:, second]
    return np.hstack([np.ones((len(place), 1)), place, products])
