"""The stars that a way is trained with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sklearn.base import TransformerMixin

MOST = 60
"""Principal components that there are at most."""


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
    def filling(self) -> TransformerMixin:
        """Puts the mean of the training spectra in the place of bad pixels."""
        from sklearn.impute import SimpleImputer  # slow: for those who compare

        filling = SimpleImputer(keep_empty_features=True)
        return filling.fit(without_bad(self.flux, self.ivar))

    def filled(self, flux: np.ndarray, ivar: np.ndarray) -> np.ndarray:
        """Spectra in which no pixel is bad, shape (m, p)."""
        return self.filling.transform(without_bad(flux, ivar))

    @cached_property
    def spectra(self) -> np.ndarray:
        """Those of the training stars, in which no pixel is bad, shape (n, p)."""
        return self.filled(self.flux, self.ivar)

    @cached_property
    def reduction(self) -> TransformerMixin:
        """From spectra without bad pixels to their principal components."""
        from sklearn.decomposition import PCA

        return PCA(min(MOST, len(self.flux) - 1, self.flux.shape[1])).fit(self.spectra)

    @cached_property
    def places(self) -> np.ndarray:
        """Principal components of the training stars, shape (n, k)."""
        return self.reduction.transform(self.spectra)


def without_bad(flux: np.ndarray, ivar: np.ndarray) -> np.ndarray:
    """The flux, NaN where a pixel is bad."""
    return np.where(np.asarray(ivar) > 0, flux, np.nan).astype(float)
