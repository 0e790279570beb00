"""Every pixel a quadratic of the labels, the training stars weighted by their noise.

The form of The Cannon (Ness+2015), with a ridge that keeps the quadratic small where
the stars do not ask for it. A spectrum bears on the labels through as many numbers as
the quadratic has terms (its products with their coefficients), so that the search for
the labels never looks at a pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mdwarfs.hybrid.noise import (
    excess_variance,
    mean_flux,
    products,
    weights,
    whole,
)
from mdwarfs.run.parallel import slices

RIDGE = 10.0
"""Penalty of linear terms, in the variance of the pixel."""
SQUARES = 10.0  # by which that of products of labels is greater
LEAST_VARIES = 1e-8  # variance of a pixel, however constant
ITERATIONS = 8
FARTHEST = 1.5  # standardised labels that one step may go
TOGETHER = 256  # stars, or pixels, whose matrices are in memory together


@dataclass(frozen=True)
class Quadratic:
    """Spectra as quadratics of standardised labels.

    Attributes
    ----------
    mean : shape (p,)
    coefficients : shape (q, p)
        Of the terms 1, t_a, and t_a t_b with a <= b.
    excess : shape (p,)
        Variance of each pixel beyond its noise.
    """

    mean: np.ndarray
    coefficients: np.ndarray
    excess: np.ndarray

    @classmethod
    def fit(cls, t: np.ndarray, flux: np.ndarray, ivar: np.ndarray) -> Quadratic:
        """Fit training stars.

        Parameters
        ----------
        t : shape (n, d)
            Their standardised labels.
        flux, ivar : shape (n, p)
            Clean, see `mdwarfs.hybrid.noise`.
        """
        d, p = t.shape[1], flux.shape[1]
        mean, basis = mean_flux(flux, ivar), terms(t)
        q = basis.shape[1]
        pairs, blocks = products(basis.T).T, slices(p, TOGETHER)
        offset = flux - mean
        varies = np.einsum("np,np,np->p", ivar, offset, offset) - (ivar > 0).sum(axis=0)
        varies /= np.maximum(ivar.sum(axis=0), np.finfo(float).tiny)
        varies = np.maximum(varies, LEAST_VARIES)
        penalty = np.concatenate([[0], np.ones(d), np.full(q - 1 - d, SQUARES)]) * RIDGE
        excess = np.zeros(p)
        for _ in range(2):  # the second time with the excess that the first one left
            weight = weights(ivar, excess)
            towards, found = (weight * offset).T @ basis, []
            for b in blocks:
                normal = whole(weight[:, b].T @ pairs, q)
                normal[:, range(q), range(q)] += penalty / varies[b, None] + 1e-9
                found.append(np.linalg.solve(normal, towards[b, :, None])[:, :, 0])
            # As a file has them, for products depend on it in their last bits.
            coefficients = np.ascontiguousarray(np.concatenate(found).T)
            rest = offset - basis @ coefficients
            excess = excess_variance(rest**2, weight, excess)
        return cls(mean, coefficients, excess)

    @cached_property
    def of_terms(self) -> np.ndarray:
        """Spectra (q, p) of which a star has as much as its terms say."""
        return np.vstack([self.mean + self.coefficients[0], self.coefficients[1:]])

    @cached_property
    def pairs(self) -> np.ndarray:
        """Products of all pairs of coefficients, shape (q (q + 1) / 2, p)."""
        return products(self.coefficients)

    def spectra(self, t: np.ndarray) -> np.ndarray:
        """Spectra of stars with standardised labels (m, d), shape (m, p)."""
        return terms(t) @ self.of_terms

    def search(
        self, flux: np.ndarray, ivar: np.ndarray, precision: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Standardised labels of maximum posterior.

        Parameters
        ----------
        flux, ivar : shape (m, p)
            Clean.
        precision : shape (d, d)
            Of the prior, N(0, 1 / precision).

        Returns
        -------
        t : shape (m, d)
        covariance : shape (m, d, d)
        """
        blocks = slices(len(flux), TOGETHER)
        found = [self._search(flux[b], ivar[b], precision) for b in blocks]
        return tuple(np.concatenate(part) for part in zip(*found))

    def _search(self, flux, ivar, precision):
        """`search` of one block: damped Gauss-Newton, all stars in step."""
        weight = weights(ivar, self.excess)
        offset = flux - self.mean
        q, d = len(self.coefficients), len(precision)
        normal = whole(weight @ self.pairs.T, q)
        towards = (weight * offset) @ self.coefficients.T
        t, damping = np.zeros((len(flux), d)), np.full(len(flux), 1e-2)
        diagonal = np.arange(d)

        def misfit(t):
            basis = terms(t)
            fit = ((normal @ basis[:, :, None])[:, :, 0] - 2 * towards) * basis
            return fit.sum(axis=1) + ((t @ precision) * t).sum(axis=1)

        least = misfit(t)
        for _ in range(ITERATIONS):
            slope = derivatives(t)
            rest = towards - (normal @ terms(t)[:, :, None])[:, :, 0]
            gradient = (slope @ rest[:, :, None])[:, :, 0] - t @ precision
            curvature = slope @ normal @ slope.mT + precision
            damped = curvature.copy()
            damped[:, diagonal, diagonal] *= 1 + damping[:, None]
            step = np.linalg.solve(damped, gradient[:, :, None])[:, :, 0]
            trial = t + np.clip(step, -FARTHEST, FARTHEST)
            value = misfit(trial)
            better = value < least
            t[better] = trial[better]
            least = np.where(better, value, least)
            damping = np.where(better, damping * 0.2, damping * 8)
        slope = derivatives(t)
        return t, np.linalg.inv(slope @ normal @ slope.mT + precision)


def terms(t: np.ndarray) -> np.ndarray:
    """1, t_a, and t_a t_b with a <= b.

    Parameters
    ----------
    t : shape (n, d)

    Returns
    -------
    shape (n, q)
    """
    a, b = np.triu_indices(t.shape[1])
    return np.hstack([np.ones((len(t), 1)), t, t[:, a] * t[:, b]])


def derivatives(t: np.ndarray) -> np.ndarray:
    """Derivatives of `terms` with each label.

    Parameters
    ----------
    t : shape (n, d)

    Returns
    -------
    shape (n, d, q)
    """
    n, d = t.shape
    a, b = np.triu_indices(d)
    out = np.zeros((n, d, 1 + d + len(a)))
    for k in range(d):
        out[:, k, 1 + k] = 1
        out[:, k, 1 + d :] = (a == k) * t[:, b] + (b == k) * t[:, a]
    return out
