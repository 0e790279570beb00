"""The RBF kernel of a set of labels, and the smoothers that all pixels share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist

# Ridge regression multiplies each eigenvector (mode) of the Gram matrix by a factor
# between 0 and 1. Modes whose factor is below this are left out where that makes the
# smoother two thin matrices instead of a square one. The sweep over the grid needs
# three digits of the CV MSE, no more, and what it finds is solved exactly afterwards.
NEGLIGIBLE = 3e-3


def squared_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Squared Euclidean distances between the rows of two arrays.

    Parameters
    ----------
    a : shape (m, d)
    b : shape (n, d)

    Returns
    -------
    shape (m, n)
        Exactly zero between equal rows.
    """
    return cdist(a, b, "sqeuclidean")


def rbf(a: np.ndarray, b: np.ndarray, gamma: float) -> np.ndarray:
    """Kernel matrix exp(-gamma |a - b|^2), shape (m, n)."""
    return np.exp(-gamma * squared_distances(a, b))


@dataclass(frozen=True)
class Gram:
    """Kernel matrix of the training labels and its eigendecomposition.

    Attributes
    ----------
    matrix : shape (n, n)
    values : shape (n,)
        Eigenvalues, ascending; rounding below zero is set to zero.
    vectors : shape (n, n)
        Eigenvectors in the columns.
    """

    gamma: float
    matrix: np.ndarray
    values: np.ndarray
    vectors: np.ndarray

    @classmethod
    def of(cls, labels: np.ndarray, gamma: float) -> Gram:
        """Decompose the kernel matrix of standardised labels, shape (n, d)."""
        matrix = rbf(labels, labels, gamma)
        values, vectors = np.linalg.eigh(matrix)
        return cls(gamma, matrix, np.maximum(values, 0.0), vectors)

    def ridge_intercept(self, rho: float) -> np.ndarray:
        """Weights w of the ridge intercept b = w' R, shape (n,); they sum to 1."""
        inverse = self.vectors @ (self.vectors.sum(0) / (self.values + rho))
        return inverse / inverse.sum()

    def smoother(self, rho: float) -> tuple[np.ndarray, ...]:
        """Kernel ridge regression of ridge `rho` with a free intercept, as float32.

        F = S R minimises |R - F|^2 + rho |F - b|_H^2 over F and b.

        Parameters
        ----------
        rho
            Positive.

        Returns
        -------
        entries
            (S,), or two factors (L, L') with S = L L' where few modes matter and
            two thin products are cheaper than a square one.
        """
        shrink = self.values / (self.values + rho)
        weights = self.ridge_intercept(rho)
        # with P = (K + rho)^-1, S = K P + rho P11'P / (1'P1); weights = P1 / (1'P1)
        intercept = weights * np.sqrt(
            rho * (self.vectors.sum(0) ** 2 / (self.values + rho)).sum()
        )
        keep = shrink > NEGLIGIBLE
        if 2 * (keep.sum() + 1) < 0.9 * len(shrink):
            thin = np.c_[self.vectors[:, keep] * np.sqrt(shrink[keep]), intercept]
            thin = thin.astype(np.float32)
            return thin, np.ascontiguousarray(thin.T)
        square = (self.vectors * shrink) @ self.vectors.T
        return ((square + np.outer(intercept, intercept)).astype(np.float32),)
