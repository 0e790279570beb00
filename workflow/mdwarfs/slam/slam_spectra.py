"""The spectral model of a trained SLAM: fluxes and derivatives of many stars."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mdwarfs.run.parallel import one_blas_thread
from mdwarfs.slam.kernel import Gram, squared_distances
from mdwarfs.slam.spectral_model import SpectralModel

if TYPE_CHECKING:
    from mdwarfs.slam.model import SupportVectors


# Modes of the Gram matrix below this do not reach the flux: at C = 100 they carry at
# most 1e-4 of the scatter of observed minus model flux, where there are training stars.
NEGLIGIBLE = 1e-7
# A pixel whose sum over the training stars rounds to less than this in float32, in the
# unit of the flux, is summed in float32; the flux itself, near 1, rounds to as much.
ROUNDING = 1e-7


class Group(NamedTuple):
    """Pixels whose fluxes are one matrix product of the same kernel functions.

    Attributes
    ----------
    pixels : int, shape (q,)
    basis : shape (n, r)
        What the kernel functions are projected on first.
    coefficients : shape (r, q), or (n, q) without a basis
        Their type is that of the product.
    """

    gamma: float
    pixels: np.ndarray
    basis: np.ndarray | None
    coefficients: np.ndarray


class SlamSpectra(SpectralModel):
    """Sums of a trained SLAM's kernel functions.

    flux_p(t) = intercept_p + sum_j dual_jp exp(-gamma_p |t - x_j|^2). The pixels of one
    gamma share their kernel functions, so that fluxes and derivatives of a block of
    stars are matrix products. At large C the sum over stars cancels to 1e-7 of its
    terms and has to be carried out in float64. Where the Gram matrix has few
    eigenvalues that matter, the kernel functions are first projected on their
    eigenvectors, in float64; the product with the pixels no longer cancels then, and
    may be in float32, which is faster. Elsewhere the sum is taken directly, in float32
    for those pixels that this suffices for.
    """

    @one_blas_thread  # with more, its decompositions would round otherwise
    def __init__(self, slam: SupportVectors) -> None:
        self.label_names, self.labels = slam.label_names, slam.labels
        self.wavelength, self.normalisation = slam.wavelength, slam.normalisation
        self.informative = slam.informative
        self.level = np.asarray(slam.pixels["mean"], float)
        pixels = slam.pixels[self.informative]
        self.variance = np.asarray(pixels["variance"])
        scale = np.asarray(pixels["scale"])
        intercept = np.asarray(pixels["mean"]) + scale * np.asarray(pixels["intercept"])
        self._intercept = intercept.astype(np.float32)
        self._places = self.scale.forward(self.labels)
        dual = slam.dual[:, self.informative] * scale
        gamma, self._groups = np.asarray(pixels["gamma"]), []
        for value in np.unique(gamma):
            some = np.flatnonzero(gamma == value)
            self._groups += self._share_out(value, some, dual[:, some])
        order = np.concatenate(
            [np.zeros(0, int), *(group.pixels for group in self._groups)]
        )
        self._order = np.argsort(order)

    def _share_out(self, gamma, pixels, dual):
        """The pixels of one gamma in groups, by the cheaper of the two ways."""
        n = len(self._places)
        rounding = np.finfo(np.float32).eps / 2 * np.linalg.norm(dual, axis=0)
        fragile = rounding > ROUNDING  # need float64
        gram = Gram.of(self._places, gamma)
        basis = gram.vectors[:, gram.values > NEGLIGIBLE]
        projected = basis.shape[1] * (n + len(pixels) / 2)
        direct = n * (fragile.sum() + (~fragile).sum() / 2)
        if projected < direct:
            return [Group(gamma, pixels, basis, (basis.T @ dual).astype(np.float32))]
        return [
            Group(gamma, pixels[part], None, dual[:, part].astype(precision))
            for part, precision in ((fragile, np.float64), (~fragile, np.float32))
            if part.any()
        ]

    def flux(self, t: np.ndarray) -> np.ndarray:
        """See `SpectralModel.flux`."""
        return self._evaluate(t, 0)[0]

    def flux_and_jacobian(self, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See `SpectralModel.flux_and_jacobian`."""
        both = self._evaluate(t, t.shape[1])
        return both[0], both[1:]

    def curvature(self, t: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """See `SpectralModel.curvature`.

        The second derivatives come from the sums over the training stars of the kernel
        functions' zeroth to second moments, without those of any pixel.
        """
        s, d = t.shape
        square = squared_distances(t, self._places)
        places = self._places
        products = (places[:, :, None] * places[:, None, :]).reshape(-1, d * d)
        out = np.zeros((s, d, d))
        for gamma, pixels, basis, coefficients in self._groups:
            total = (weight[:, pixels] @ coefficients.T).astype(float)
            if basis is not None:
                total = total @ basis.T
            total *= np.exp(-gamma * square)
            zeroth = total.sum(1)[:, None, None]
            cross = t[:, :, None] * (total @ places)[:, None, :]
            second = (total @ products).reshape(s, d, d)
            second += zeroth * t[:, :, None] * t[:, None, :] - cross - cross.mT
            out += 4 * gamma**2 * second - 2 * gamma * zeroth * np.eye(d)
        return out

    def _evaluate(self, t, derivatives):
        s, n = len(t), len(self._places)
        square = squared_distances(t, self._places)
        offset = [
            np.subtract.outer(a, b) for a, b in zip(t.T[:derivatives], self._places.T)
        ]
        kernel = np.empty((1 + derivatives, s, n))
        gamma, parts = None, [np.zeros(((1 + derivatives) * s, 0), np.float32)]
        for group in self._groups:
            if group.gamma != gamma:
                gamma = group.gamma
                np.exp(-gamma * square, out=kernel[0])
                for d in range(derivatives):
                    np.multiply(kernel[0], offset[d], out=kernel[1 + d])
                kernel[1:] *= -2 * gamma
            rows = kernel.reshape(-1, n)
            if group.basis is not None:
                rows = rows @ group.basis
            precision = group.coefficients.dtype
            product = rows.astype(precision, copy=False) @ group.coefficients
            parts.append(product.astype(np.float32, copy=False))
        out = np.concatenate(parts, axis=1).take(self._order, axis=1)
        out = out.reshape(1 + derivatives, s, len(self._intercept))
        out[0] += self._intercept
        return out
