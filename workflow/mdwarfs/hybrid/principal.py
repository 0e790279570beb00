"""Spectra among their principal components, in units of the noise.

Spectra are faint and have spikes: principal components of the bare flux would be those
of its noise. So pixels are in units of their typical noise, spikes are cut, and faint
stars count for less. Unlike `mdwarfs.hybrid.components` they know nothing of the noise
of the star that is placed among them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mdwarfs.hybrid.noise import largest_difference, middle


@dataclass(frozen=True)
class Principal:
    """How spectra are prepared, and their principal components.

    Attributes
    ----------
    middle : shape (p,)
        Median flux; zero of a pixel that is never good.
    limit : shape (p,)
        Largest difference from it that is no spike.
    unit : shape (p,)
        One over the typical noise of each pixel, the best one's being 1.
    basis : shape (k, p)
    """

    middle: np.ndarray
    limit: np.ndarray
    unit: np.ndarray
    basis: np.ndarray

    @classmethod
    def fit(cls, flux: np.ndarray, ivar: np.ndarray, number: int) -> Principal:
        """Those of training spectra.

        Parameters
        ----------
        flux, ivar : shape (n, p)
            Clean, see `mdwarfs.hybrid.noise`.
        number
            Of components, at most: there are fewer than stars.
        """
        good = ivar > 0
        level = np.nan_to_num(middle(flux.T, good.T))
        offset = np.where(good, flux - level, 0.0)
        unit = np.sqrt(np.nan_to_num(middle(ivar.T, good.T)))
        unit = unit / (unit.max() or 1.0)
        limit = largest_difference(offset, good)
        one = cls(level, limit, unit, np.zeros((0, len(level))))
        rows = one._weighted(flux, ivar)
        right = _basis(rows, rows @ rows.T, number)
        largest = np.abs(right).argmax(axis=1)
        right *= np.sign(right[np.arange(len(right)), largest])[:, None]
        return cls(level, limit, unit, right)

    def unseen(
        self, flux: np.ndarray, ivar: np.ndarray, fold: np.ndarray
    ) -> np.ndarray:
        """Where training stars are among components that have not seen them.

        Parameters
        ----------
        flux, ivar : shape (n, p)
            Of the training stars.
        fold : int, shape (n,)
            Stars of one fold are left out together.

        Returns
        -------
        shape (n, k)
            Turned to where the others are as near as can be to their places by all.
        """
        rows, prepared = self._weighted(flux, ivar), self.prepared(flux, ivar)
        products, place = rows @ rows.T, prepared @ self.basis.T

        found = place.copy()
        for one in np.unique(fold):
            held, others = fold == one, np.flatnonzero(fold != one)
            some = products[np.ix_(others, others)]
            basis = _basis(rows[others], some, len(self.basis))
            left, _, right = np.linalg.svd(
                basis @ (prepared[others].T @ place[others]), full_matrices=False
            )
            found[held] = prepared[held] @ basis.T @ (left @ right)
        return found

    def _weighted(self, flux, ivar):
        """Prepared spectra, faint stars with less weight."""
        count = np.maximum((ivar > 0).sum(axis=1), 1)
        bright = np.sqrt(ivar.sum(axis=1) / count)
        weight = np.minimum(bright / (np.median(bright) or 1.0), 1)
        return self.prepared(flux, ivar) * weight[:, None]

    def prepared(self, flux: np.ndarray, ivar: np.ndarray) -> np.ndarray:
        """Spectra in units of the noise, less the median, shape (m, p).

        Bad pixels are zero, and spikes are cut.
        """
        offset = np.where(np.asarray(ivar) > 0, flux - self.middle, 0.0)
        return np.clip(offset, -self.limit, self.limit) * self.unit

    def place(self, flux: np.ndarray, ivar: np.ndarray) -> np.ndarray:
        """Where stars are among the components, shape (m, k)."""
        return self.prepared(flux, ivar) @ self.basis.T


def _basis(rows, products, number):
    """The first principal components of rows, with the products of these.

    There are fewer than rows. A singular-value decomposition takes longer.
    """
    from scipy.linalg import eigh

    number, last = min(number, len(rows) - 1, rows.shape[1]), len(rows) - 1
    values, left = eigh(products, subset_by_index=(last + 1 - number, last))
    size = np.sqrt(np.maximum(values[::-1], np.finfo(float).tiny))
    return (left.T @ rows)[::-1] / size[:, None]
