"""The SLAM model: fit, model spectra, labels, and its file."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from astropy.table import Table, vstack

from mdwarfs.errors import InputError
from mdwarfs.slam import model_file
from mdwarfs.slam.emulator import Emulator
from mdwarfs.slam.infer import prediction
from mdwarfs.slam.infer.domain import Domain
from mdwarfs.slam.infer.starts import Starts
from mdwarfs.slam.parallel import one_blas_thread
from mdwarfs.slam.standardise import LabelScale
from mdwarfs.slam.train.crossvalidation import Grid
from mdwarfs.slam.train.problem import Problem, retrain, train

# Places beside those of the training stars where the search for labels may start. Fewer
# miss more of the deepest minima of spectra of low signal-to-noise.
EXTRA_STARTS = 5000


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
    def starts(self):
        """Where the search for the labels of a star may start."""
        training = self.domain.inward(self.scale.forward(self.labels))
        places = np.vstack([training, self.domain.spread(EXTRA_STARTS)])
        return Starts.of(places, self.emulator.flux(self.domain.outward(places)))

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

    def predict(self, flux, ivar, *, block, threads, prior=None):
        """Labels of maximum posterior; see `mdwarfs.slam.infer.prediction.predict`."""
        return prediction.predict(
            self, flux, ivar, block=block, threads=threads, prior=prior
        )

    @one_blas_thread
    def refit(self, labels, flux, ivar, *, threads, source_id=None):
        """Fit the same pixels to other labels or stars, without choosing anew.

        Every pixel keeps its C, epsilon and gamma, and what cross-validation found
        with them: `variance` and the columns `cv_*`.

        Parameters
        ----------
        labels : ndarray, shape (n, d)
        flux, ivar : ndarray, shape (n, p)
            Of any number of stars, as for `fit`.
        threads : int
        source_id : ndarray of int, shape (n,), optional

        Returns
        -------
        Slam

        Raises
        ------
        InputError
            If a label is missing or the same for all stars.
        """
        labels, flux, ivar = checked(labels, flux, ivar, self.wavelength)
        scale = LabelScale.of(labels, self.label_names)
        grid = Grid.of(scale.forward(labels), self.grid)
        pixels, dual = retrain(grid, flux, ivar, self.pixels, threads=threads)
        return replace(
            self,
            labels=labels,
            source_id=identifiers(source_id, labels),
            pixels=pixels,
            dual=dual,
        )

    def write(self, path, stamp):
        """Write as FITS; see `mdwarfs.slam.model_file.write`."""
        model_file.write(self, path, stamp)

    @classmethod
    def joined(cls, parts):
        """Join models of the same stars, at successive wavelengths, to one.

        Raises
        ------
        InputError
            If they were not trained on the same stars and grid, or if the wavelengths
            do not ascend.
        """
        first = parts[0]
        wavelength = np.concatenate([part.wavelength for part in parts])
        alike = all(
            part.label_names == first.label_names
            and np.array_equal(part.labels, first.labels)
            and np.array_equal(part.source_id, first.source_id)
            and part.grid == first.grid
            and part.normalisation == first.normalisation
            for part in parts
        )
        if not alike or np.any(np.diff(wavelength) <= 0):
            raise InputError(
                f"these {len(parts)} models are not the parts of one: their stars, "
                "grids or wavelengths do not fit together; train them anew"
            )
        return replace(
            first,
            wavelength=wavelength,
            pixels=vstack([part.pixels for part in parts]),
            dual=np.concatenate([part.dual for part in parts], axis=1),
        )

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
    fold_assignment="random",
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
        Of the cross-validation that chooses.
    seed : int
        Of the random assignment of stars to folds.
    block : int
        Pixels between two reports of progress.
    threads : int
    source_id : ndarray of int, shape (n,), optional
        Identifiers of the training stars, for the record.
    normalisation : dict, optional
        How the spectra were prepared, for the record.
    fold_assignment : {"random", "contiguous"}
        How stars are assigned to folds; contiguous: in their order, as Astra did.

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
    labels, flux, ivar = checked(labels, flux, ivar, wavelength)
    scale = LabelScale.of(labels, label_names)
    problem = Problem.of(scale.forward(labels), grid, folds, seed, fold_assignment)
    pixels, dual = train(problem, flux, ivar, block=block, threads=threads)
    return Slam(
        label_names=tuple(label_names),
        labels=labels,
        source_id=identifiers(source_id, labels),
        wavelength=np.asarray(wavelength, float),
        pixels=pixels,
        dual=dual,
        grid={
            name: [float(v) for v in grid[name]] for name in ("C", "epsilon", "gamma")
        },
        normalisation=dict(normalisation or {}),
    )


def checked(labels, flux, ivar, wavelength):
    """Labels, flux and ivar as arrays whose shapes belong together.

    Raises
    ------
    ValueError
        If they do not.
    """
    labels = np.asarray(labels, float)
    flux, ivar = np.asarray(flux), np.asarray(ivar)
    shape = len(labels), len(wavelength)
    if flux.shape != shape or ivar.shape != shape:
        raise ValueError(f"flux {flux.shape} and ivar {ivar.shape} are not {shape}")
    return labels, flux, ivar


def identifiers(source_id, labels):
    """Those given, or zeros, one per star."""
    return np.zeros(len(labels), int) if source_id is None else np.asarray(source_id)
