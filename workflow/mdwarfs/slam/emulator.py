"""Model spectra and their derivatives with the labels, for many stars at once."""

import numpy as np

from mdwarfs.slam.kernel import Gram, squared_distances

# Modes of the Gram matrix below this do not reach the flux: at C = 100 they carry less
# than 1e-4 standard deviations of it.
NEGLIGIBLE = 1e-8


class Emulator:
    """Flux of all pixels as a function of standardised labels.

    flux_p(t) = intercept_p + sum_j dual_jp exp(-gamma_p |t - x_j|^2). The pixels of one
    gamma share their kernel functions, so that fluxes and derivatives of a block of
    stars are matrix products. At large C the sum over stars cancels to 1e-7 of its
    terms: it is carried out in float64 on the leading eigenvectors of the Gram
    matrix; the product with the pixels, which does not cancel, is in float32.

    Parameters
    ----------
    labels : ndarray, shape (n, d)
        Standardised labels of the training stars.
    gamma : ndarray, shape (p,)
    dual : ndarray, shape (n, p)
        In the unit in which flux is wanted.
    intercept : ndarray, shape (p,)
    """

    def __init__(self, labels, gamma, dual, intercept):
        self.labels = labels
        self.intercept = intercept.astype(np.float32)
        self._groups = []
        for value in np.unique(gamma):
            pixels = np.flatnonzero(gamma == value)
            gram = Gram.of(labels, value)
            basis = gram.vectors[:, gram.values > NEGLIGIBLE]
            coefficients = dual[:, pixels]
            n, rank = basis.shape
            if rank * (n + len(pixels)) < n * len(pixels):
                coefficients = (basis.T @ coefficients).astype(np.float32)
            else:
                basis = None
            self._groups.append(
                (value, pixels, basis, np.ascontiguousarray(coefficients))
            )

    def flux(self, t):
        """Fluxes at standardised labels (s, d): float32, shape (s, p)."""
        return self._evaluate(t, 0)[0]

    def flux_and_jacobian(self, t):
        """Fluxes and their derivatives with each standardised label.

        Returns
        -------
        flux : ndarray of float32, shape (s, p)
        jacobian : ndarray of float32, shape (d, s, p)
        """
        both = self._evaluate(t, t.shape[1])
        return both[0], both[1:]

    def _evaluate(self, t, derivatives):
        s, n = len(t), len(self.labels)
        out = np.empty((1 + derivatives, s, len(self.intercept)), np.float32)
        square = squared_distances(t, self.labels)
        kernel = np.empty((1 + derivatives, s, n))
        for gamma, pixels, basis, coefficients in self._groups:
            np.exp(-gamma * square, out=kernel[0])
            for d in range(derivatives):
                offset = np.subtract.outer(t[:, d], self.labels[:, d])
                np.multiply(kernel[0], -2 * gamma * offset, out=kernel[1 + d])
            rows = kernel.reshape(-1, n)
            if basis is not None:
                rows = (rows @ basis).astype(np.float32)
            out[:, :, pixels] = (rows @ coefficients).reshape(1 + derivatives, s, -1)
        out[0] += self.intercept
        return out
