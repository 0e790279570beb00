"""The stars that a way is trained with, and their principal components."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mdwarfs.hybrid.model import Hybrid
from mdwarfs.hybrid.principal import Principal

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
    def hybrid(self) -> Hybrid:
        """The hybrid model of these stars."""
        model, _ = Hybrid.fit(
            self.labels, self.errors, self.flux, self.ivar,
            label_names=self.names, wavelength=self.wavelength, seed=self.seed,
        )  # fmt: skip
        return model

    @cached_property
    def principal(self) -> Principal:
        """Principal components of the training spectra, in units of the noise."""
        return Principal.fit(self.flux, self.ivar, MOST)

    def prepared(self, flux: np.ndarray, ivar: np.ndarray) -> np.ndarray:
        """Spectra in units of the noise, less the median, shape (m, p)."""
        return self.principal.prepared(flux, ivar)

    @cached_property
    def spectra(self) -> np.ndarray:
        """Those of the training stars, prepared, shape (n, p)."""
        return self.prepared(self.flux, self.ivar)

    def place(self, flux: np.ndarray, ivar: np.ndarray) -> np.ndarray:
        """Where stars are among the principal components, shape (m, k)."""
        return self.principal.place(flux, ivar)

    @cached_property
    def places(self) -> np.ndarray:
        """The same of the training stars, shape (n, k)."""
        return self.place(self.flux, self.ivar)
