"""The interface of a model that gives spectra as a function of labels.

A regressor other than SLAM's is trained as it likes (`mdwarfs.slam.trained_model`) and
answers the questions of `SpectralModel`. Everything in `mdwarfs.slam.infer` asks these
questions and no others.
"""

from abc import abstractmethod
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from mdwarfs.slam.interface import Interface
from mdwarfs.slam.standardise import LabelScale


class SpectralModel(metaclass=Interface):
    """Model spectra, their derivatives and their variance.

    The q informative pixels are those of the p about which training could say how they
    depend on the labels; labels are inferred from them alone. Labels come standardised
    (`scale`), so that derivatives with them are of one size.

    Attributes
    ----------
    label_names : length d
    labels : shape (n, d)
        Of the training stars, in their own units: the domain of the model.
    wavelength : shape (p,)
        In vacuum, rest frame [Angstrom].
    normalisation
        How spectra have to be prepared; empty if not recorded.
    informative : bool, shape (p,)
    variance : shape (q,)
        Of the model's flux at the informative pixels: what observed spectra without
        noise would scatter about it.
    level : shape (p,)
        Flux at pixels that do not depend on the labels; NaN where nothing is known.
        Where a pixel is informative it does not matter.
    """

    label_names: tuple[str, ...]
    labels: np.ndarray
    wavelength: np.ndarray
    normalisation: dict
    informative: np.ndarray
    variance: np.ndarray
    level: np.ndarray

    @abstractmethod
    def flux(self, t: np.ndarray) -> np.ndarray:
        """Flux of the informative pixels.

        Parameters
        ----------
        t : shape (s, d)
            Standardised labels.

        Returns
        -------
        float32, shape (s, q)
        """

    @abstractmethod
    def flux_and_jacobian(self, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Flux, and its derivative with each standardised label.

        Parameters
        ----------
        t : shape (s, d)

        Returns
        -------
        flux : float32, shape (s, q)
        jacobian : float32, shape (d, s, q)
        """

    @abstractmethod
    def curvature(self, t: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Second derivatives of weighted sums of the fluxes.

        Parameters
        ----------
        t : shape (s, d)
        weight : float32, shape (s, q)

        Returns
        -------
        shape (s, d, d)
            sum_q weight_sq d^2 flux_q / dt dt at t_s.
        """

    @cached_property
    def scale(self) -> LabelScale:
        """Standardisation of the labels, by the training stars."""
        return LabelScale.of(self.labels, self.label_names)

    @cached_property
    def templates(self) -> np.ndarray:
        """Flux of the informative pixels of the training stars, shape (n, q)."""
        return self.flux(self.scale.forward(self.labels))

    def everywhere(self, values: np.ndarray) -> np.ndarray:
        """Values of the informative pixels at their places among all pixels.

        Parameters
        ----------
        values : shape (q,)

        Returns
        -------
        shape (p,)
            NaN elsewhere.
        """
        out = np.full(len(self.wavelength), np.nan)
        out[self.informative] = values
        return out

    def spectra(self, labels: ArrayLike) -> np.ndarray:
        """Whole model spectra.

        Parameters
        ----------
        labels : shape (m, d)
            In their own units, in the order of `label_names`.

        Returns
        -------
        shape (m, p)
            Normalised flux; NaN at pixels about which training could say nothing.
        """
        labels = np.atleast_2d(np.asarray(labels, float))
        flux = np.tile(np.asarray(self.level, float), (len(labels), 1))
        flux[:, self.informative] = self.flux(self.scale.forward(labels))
        return flux
