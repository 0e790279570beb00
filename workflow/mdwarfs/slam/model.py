"""The SLAM model: fit, model spectra, labels, and its file."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from astropy.table import Table

from mdwarfs.slam import model_file, prediction
from mdwarfs.slam.domain import Domain
from mdwarfs.slam.emulator import Emulator
from mdwarfs.slam.parallel import one_blas_thread
from mdwarfs.slam.standardise import LabelScale
from mdwarfs.slam.training import Problem, train


@dataclass(frozen=True)
class Slam:
    """One support-vector regression from labels to flux per pixel.

    Attributes
    ----------
    label_names : tuple of str, length d
    labels : ndarray, shape (n, d)
        Of the training stars.
    source_id : ndarray of int, shape (n,)
        Of the training stars; zero where unknown.
    wavelength : ndarray, shape (p,)
        In vacuum, rest frame [Angstrom].
    pixels : astropy.table.Table
        One row per pixel, columns `pixels.COLUMNS`.
    dual : ndarray, shape (n, p)
        Coefficients of the kernel functions, in standardised flux.
    grid : dict of str to list of float
        Values of C, epsilon and gamma among which the pixels chose.
    normalisation : dict
        How the training spectra were prepared (the configuration's section), for
        those who prepare other spectra likewise; empty if not recorded.
    """

    label_names: tuple
    labels: np.ndarray
    source_id: np.ndarray
    wavelength: np.ndarray
    pixels: Table
    dual: np.ndarray
    grid: dict
    normalisation: dict

    @cached_property
    def scale(self):
        """Standardisation of the labels."""
        return LabelScale.of(self.labels, self.label_names)

    @cached_property
    def informative(self):
        """Pixels from which labels can be learnt: ndarray of bool, shape (p,)."""
        return np.asarray(self.pixels["scale"] > 0) & np.isfinite(self.pixels["gamma"])

    @cached_property
    def domain(self):
        """Region of standardised labels that the training stars cover."""
        return Domain(self.scale.forward(self.labels))

    @cached_property
    def emulator(self):
        """Flux of the informative pixels as a function of standardised labels."""
        pixels = self.pixels[self.informative]
        scale = np.asarray(pixels["scale"])
        return Emulator(
            self.scale.forward(self.labels),
            np.asarray(pixels["gamma"]),
            self.dual[:, self.informative] * scale,
            np.asarray(pixels["mean"]) + scale * np.asarray(pixels["intercept"]),
        )

    @cached_property
    def templates(self):
        """Model spectra at the labels of the training stars, informative pixels."""
        return self.emulator.flux(self.scale.forward(self.labels))

    def spectra(self, labels):
        """Model spectra.

        Parameters
        ----------
        labels : array_like, shape (m, d)
            In the order of `label_names`.

        Returns
        -------
        ndarray, shape (m, p)
            Normalised flux; NaN at pixels about which training could say nothing.
        """
        labels = np.atleast_2d(np.asarray(labels, float))
        flux = np.tile(np.asarray(self.pixels["mean"], float), (len(labels), 1))
        flux[:, self.informative] = self.emulator.flux(self.scale.forward(labels))
        return flux

    def predict(self, flux, ivar, *, block, threads):
        """Labels of maximum posterior; see `mdwarfs.slam.prediction.predict`."""
        return prediction.predict(self, flux, ivar, block=block, threads=threads)

    def write(self, path, stamp):
        """Write as FITS; see `mdwarfs.slam.model_file.write`."""
        model_file.write(self, path, stamp)

    @classmethod
    def read(cls, path):
        """Read a file that `write` made.

        Raises
        ------
        InputError
            If the file is missing or is not a SLAM model.
        """
        return cls(**model_file.read(path))


@one_blas_thread
def fit(
    labels,
    flux,
    ivar,
    *,
    label_names,
    wavelength,
    grid,
    folds,
    seed,
    block,
    threads,
    source_id=None,
    normalisation=None,
):
    """Train a model.

    Parameters
    ----------
    labels : ndarray, shape (n, d)
        Labels of the training stars.
    flux, ivar : ndarray, shape (n, p)
        Their normalised spectra. A pixel of a star takes part where both are finite
        and `ivar` is positive.
    label_names : sequence of str, length d
    wavelength : ndarray, shape (p,)
        [Angstrom]
    grid : dict of str to sequence of float
        Values of C, epsilon and gamma to choose from, pixel by pixel. Their meaning
        is that of scikit-learn's SVR, for standardised labels and flux.
    folds : int
        Of the cross-validation that chooses; stars are assigned at random.
    seed : int
        Of that assignment.
    block : int
        Pixels between two reports of progress.
    threads : int
    source_id : ndarray of int, shape (n,), optional
        Identifiers of the training stars, for the record.
    normalisation : dict, optional
        How the spectra were prepared, for the record.

    Returns
    -------
    Slam
        The same for any `block` and any `threads`.

    Raises
    ------
    InputError
        If a label is missing or the same for all stars, or if there are fewer stars
        than folds.
    """
    labels = np.asarray(labels, float)
    flux, ivar = np.asarray(flux), np.asarray(ivar)
    shape = len(labels), len(wavelength)
    if flux.shape != shape or ivar.shape != shape:
        raise ValueError(f"flux {flux.shape} and ivar {ivar.shape} are not {shape}")
    scale = LabelScale.of(labels, label_names)
    problem = Problem.of(scale.forward(labels), grid, folds, seed)
    pixels, dual = train(problem, flux, ivar, block=block, threads=threads)
    if source_id is None:
        source_id = np.zeros(len(labels), int)
    return Slam(
        label_names=tuple(label_names),
        labels=labels,
        source_id=np.asarray(source_id),
        wavelength=np.asarray(wavelength, float),
        pixels=pixels,
        dual=dual,
        grid={
            name: [float(v) for v in grid[name]] for name in ("C", "epsilon", "gamma")
        },
        normalisation=dict(normalisation or {}),
    )
