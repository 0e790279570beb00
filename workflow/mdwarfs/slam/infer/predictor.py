"""What finds the labels of stars from their spectra, whatever way it takes."""

from typing import Protocol

from mdwarfs.slam.infer.prediction import Prediction


class Predictor(Protocol):
    """Labels from spectra; what the rules of stage 10 ask.

    Attributes
    ----------
    label_names : tuple of str, length d
    wavelength : ndarray, shape (p,)
        Of the spectra that it takes [Angstrom].
    """

    label_names: tuple
    wavelength: object

    def predict(self, flux, ivar, *, block, threads, prior=None) -> Prediction:
        """Find the labels of stars.

        Parameters
        ----------
        flux, ivar : ndarray, shape (m, p), or mdwarfs.spectra.planes.Plane
            Normalised spectra.
        block : int
            Stars taken into memory together; the result does not depend on it.
        threads : int
        prior : dict, optional
            See `mdwarfs.slam.infer.prior.Prior.of`.
        """
        ...
