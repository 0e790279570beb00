"""The stars that a way is trained with, and their principal components.

Spectra are faint and have spikes: principal components of the bare flux would be those
of its noise, and whoever starts from them would lose for that alone. So pixels are in
units of their typical noise, spikes are cut, and faint stars count for less.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mdwarfs.statistics import MAD_TO_SIGMA

MOST = 60
"""Principal components that there are at most."""
SPIKE = 6.0  # robust standard deviations at which a pixel of a star is cut


@dataclass(frozen=True)
class Training:
    """Training stars.

    Attributes
    ----------
    flux, ivar : shape (n, p)
        Normalised spectra; a pixel without ivar is bad.
    labels, errors : shape (n, d)
        An error is zero where none is known.
    names : length d
    wavelength : shape (p,)
        [Angstrom]
    seed
        Of all that is random.
    """

    flux: np.ndarray
    ivar: np.ndarray
    labels: np.ndarray
    errors: np.ndarray
    names: tuple[str, ...]
    wavelength: np.ndarray
    seed: int

    @cached_property
    def _offsets(self):
        """Median flux, shape (p,), and what the stars differ by, shape (n, p)."""
        good = np.asarray(self.ivar) > 0
        flux = np.where(good, self.flux, np.nan)[:, good.any(axis=0)]
        middle = np.zeros(good.shape[1])
        middle[good.any(axis=0)] = np.nanmedian(flux, axis=0)
        return middle, np.where(good, self.flux - middle, 0.0)

    @cached_property
    def _unit(self):
        """One over the typical noise of each pixel, the best one's being 1."""
        unit = np.sqrt(np.median(np.maximum(self.ivar, 0), axis=0).astype(float))
        return unit / (unit.max() or 1.0)

    @cached_property
    def _limit(self):
        """Largest difference from the median flux that is no spike, shape (p,)."""
        return SPIKE * MAD_TO_SIGMA * np.median(np.abs(self._offsets[1]), axis=0)

    def prepared(self, flux: np.ndarray, ivar: np.ndarray) -> np.ndarray:
        """Spectra in units of the noise, less the median, shape (m, p).

        Bad pixels are zero, and spikes are cut.
        """
        offset = np.where(np.asarray(ivar) > 0, flux - self._offsets[0], 0.0)
        return np.clip(offset, -self._limit, self._limit) * self._unit

    @cached_property
    def spectra(self) -> np.ndarray:
        """Those of the training stars, prepared, shape (n, p)."""
        return self.prepared(self.flux, self.ivar)

    @cached_property
    def basis(self) -> np.ndarray:
        """Principal components of the prepared spectra, shape (k, p)."""
        good = np.maximum(np.asarray(self.ivar, float), 0)
        known = np.maximum((good > 0).sum(axis=1), 1)
        bright = np.sqrt(good.sum(axis=1) / known)
        weight = np.minimum(bright / (np.median(bright) or 1.0), 1)
        number = min(MOST, len(weight) - 1, good.shape[1])
        _, _, right = np.linalg.svd(self.spectra * weight[:, None], full_matrices=False)
        return right[:number]

    def place(self, flux: np.ndarray, ivar: np.ndarray) -> np.ndarray:
        """Where stars are among the principal components, shape (m, k)."""
        return self.prepared(flux, ivar) @ self.basis.T

    @cached_property
    def places(self) -> np.ndarray:
        """The same of the training stars, shape (n, k)."""
        return self.spectra @ self.basis.T
