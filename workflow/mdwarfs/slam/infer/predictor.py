"""The interface of everything that finds labels from spectra."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from mdwarfs.slam.infer.prediction import Prediction

if TYPE_CHECKING:
    from mdwarfs.spectra.planes import AnyPlane


class Predictor(Protocol):
    """Labels from spectra; what the rules of stage 10 ask.

    Attributes
    ----------
    label_names : length d
    wavelength : shape (p,)
        Of the spectra that it takes [Angstrom].
    """

    label_names: tuple[str, ...]
    wavelength: np.ndarray

    def predict(
        self,
        flux: AnyPlane,
        ivar: AnyPlane,
        *,
        block: int,
        threads: int,
        prior: dict | None = None,
    ) -> Prediction:
        """Find the labels of stars.

        Parameters
        ----------
        flux, ivar : shape (m, p)
            Normalised spectra.
        block
            Stars taken into memory together; the result does not depend on it.
        prior
            See `mdwarfs.slam.infer.prior.Prior.of`.
        """
        ...
