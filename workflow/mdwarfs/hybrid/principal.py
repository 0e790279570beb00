"""Spectra among their principal components, in units of the noise.

Spectra are faint and have spikes: principal components of the bare flux would be those
of its noise. So pixels are in units of their typical noise, spikes are cut, and faint
stars count for less. Unlike `mdwarfs.hybrid.components` they know nothing of the noise
of the star that is placed among them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mdwarfs.hybrid.noise import middle
from mdwarfs.statistics import MAD_TO_SIGMA

SPIKE = 6.0  # robust standard deviations at which a pixel of a star is cut


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
            A pixel without ivar is bad.
        number
            Of components, at most: there are fewer than stars.
        """
        from scipy.linalg import eigh

        ivar = np.maximum(np.asarray(ivar, float), 0)
        good = ivar > 0
        level = np.nan_to_num(middle(flux.T, good.T))
        offset = np.where(good, flux - level, 0.0)
        unit = np.sqrt(np.median(ivar, axis=0))
        unit = unit / (unit.max() or 1.0)
        limit = SPIKE * MAD_TO_SIGMA * np.median(np.abs(offset), axis=0)
        one = cls(level, limit, unit, np.zeros((0, len(level))))
        bright = np.sqrt(ivar.sum(axis=1) / np.maximum(good.sum(axis=1), 1))
        weight = np.minimum(bright / (np.median(bright) or 1.0), 1)
        rows = one.prepared(flux, ivar) * weight[:, None]
        number = min(number, len(rows) - 1, good.shape[1])
        # Of the products of stars: a singular-value decomposition takes longer.
        last = len(rows) - 1
        values, left = eigh(rows @ rows.T, subset_by_index=(last + 1 - number, last))
        right = (left.T @ rows)[::-1]
        size = np.sqrt(np.maximum(values[::-1], np.finfo(float).tiny))
        right /= size[:, None]
        largest = np.abs(right).argmax(axis=1)
        right *= np.sign(right[np.arange(number), largest])[:, None]
        return cls(level, limit, unit, right)

    def prepared(self, flux: np.ndarray, ivar: np.ndarray) -> np.ndarray:
        """Spectra in units of the noise, less the median, shape (m, p).

        Bad pixels are zero, and spikes are cut.
        """
        offset = np.where(np.asarray(ivar) > 0, flux - self.middle, 0.0)
        return np.clip(offset, -self.limit, self.limit) * self.unit

    def place(self, flux: np.ndarray, ivar: np.ndarray) -> np.ndarray:
        """Where stars are among the components, shape (m, k)."""
        return self.prepared(flux, ivar) @ self.basis.T
