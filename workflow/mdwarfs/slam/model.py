"""SLAM's own regressor: one support-vector regression from labels to flux per pixel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np
from astropy.table import Table, vstack

from mdwarfs.errors import InputError
from mdwarfs.run.parallel import one_blas_thread
from mdwarfs.slam import model_file
from mdwarfs.slam.pixel_columns import COLUMNS, HYPERPARAMETERS, SYMBOLS
from mdwarfs.slam.slam_spectra import SlamSpectra
from mdwarfs.slam.standardise import LabelScale
from mdwarfs.slam.train import training
from mdwarfs.slam.train.grid import Grid
from mdwarfs.slam.train.problem import Problem
from mdwarfs.slam.trained_model import Hyperparameter, TrainedModel, alike
from mdwarfs.types import PathLike

# For held-out stars each pixel takes the hyperparameters of the pixel that is so many
# farther on: far enough for the noise of the two to have little in common, near enough
# for their lines to be of a kind.
FARTHER_ON = 40


@dataclass(frozen=True)
class SupportVectors(TrainedModel):
    """The parameters of one support-vector regression from labels to flux per pixel.

    Attributes
    ----------
    label_names, labels, source_id, wavelength, normalisation
        See `mdwarfs.slam.trained_model.TrainedModel`.
    pixels
        One row per pixel, columns `pixel_columns.COLUMNS`.
    dual : shape (n, p)
        Coefficients of the kernel functions, in standardised flux.
    grid
        Values of C, epsilon and gamma among which the pixels chose.
    """

    regressor: ClassVar[str] = "svr"
    settings: ClassVar[tuple] = ("folds", "fold_assignment", "grid", "block")

    label_names: tuple
    labels: np.ndarray
    source_id: np.ndarray
    wavelength: np.ndarray
    pixels: Table
    dual: np.ndarray
    grid: dict[str, list[float]]
    normalisation: dict

    @cached_property
    def scale(self) -> LabelScale:
        """Standardisation of the labels."""
        return LabelScale.of(self.labels, self.label_names)

    @cached_property
    def informative(self) -> np.ndarray:
        """Pixels from which labels can be learnt: bool, shape (p,)."""
        return np.asarray(self.pixels["scale"] > 0) & np.isfinite(self.pixels["gamma"])

    @property
    def cv_mse(self) -> np.ndarray:
        """See `TrainedModel`."""
        return np.asarray(self.pixels["cv_mse"])

    @classmethod
    @one_blas_thread
    def fit(
        cls,
        labels: np.ndarray,
        flux: np.ndarray,
        ivar: np.ndarray,
        *,
        label_names: Sequence[str],
        wavelength: np.ndarray,
        grid: dict[str, Sequence[float]],
        folds: int,
        seed: int,
        block: int,
        threads: int,
        source_id: np.ndarray | None = None,
        normalisation: dict | None = None,
        fold_assignment: Literal["random", "contiguous"] = "random",
    ) -> SupportVectors:
        """Train a model; see `TrainedModel.fit` for what all regressors take.

        Parameters
        ----------
        grid
            Values of C, epsilon and gamma to choose from, pixel by pixel. Their meaning
            is that of scikit-learn's SVR, for standardised labels and flux.
        folds
            Of the cross-validation that chooses.
        seed
            Of the random assignment of stars to folds.
        block
            Pixels between two reports of progress.
        fold_assignment
            How stars are assigned to folds; contiguous: in their order, as Astra did.

        Returns
        -------
        slam
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
        pixels, dual = training.train(problem, flux, ivar, block=block, threads=threads)
        return cls(
            label_names=tuple(label_names),
            labels=labels,
            source_id=identifiers(source_id, labels),
            wavelength=np.asarray(wavelength, float),
            pixels=pixels,
            dual=dual,
            grid={name: [float(v) for v in grid[name]] for name in HYPERPARAMETERS},
            normalisation=dict(normalisation or {}),
        )

    @one_blas_thread
    def refit(
        self,
        labels: np.ndarray,
        flux: np.ndarray,
        ivar: np.ndarray,
        *,
        threads: int,
        source_id: np.ndarray | None = None,
    ) -> SupportVectors:
        """Fit the same pixels to other labels or stars, without choosing anew.

        Every pixel keeps its C, epsilon and gamma, and what cross-validation found
        with them: `variance` and the columns `cv_*`.

        Parameters
        ----------
        labels : shape (n, d)
        flux, ivar : shape (n, p)
            Of any number of stars, as for `fit`.
        source_id : int, shape (n,)

        Raises
        ------
        InputError
            If a label is missing or the same for all stars.
        """
        labels, flux, ivar = checked(labels, flux, ivar, self.wavelength)
        scale = LabelScale.of(labels, self.label_names)
        grid = Grid.of(scale.forward(labels), self.grid)
        pixels, dual = training.retrain(grid, flux, ivar, self.pixels, threads=threads)
        return replace(
            self,
            labels=labels,
            source_id=identifiers(source_id, labels),
            pixels=pixels,
            dual=dual,
        )

    def spectral_model(self) -> SlamSpectra:
        """The spectra: `mdwarfs.slam.slam_spectra.SlamSpectra`."""
        return self._spectra

    @cached_property
    def _spectra(self):
        return SlamSpectra(self)

    def hyperparameters(self) -> list:
        """C, epsilon and gamma; see `TrainedModel.hyperparameters`."""
        return [
            Hyperparameter(
                name,
                SYMBOLS[name],
                COLUMNS[name],
                tuple(self.grid[name]),
                np.asarray(self.pixels[name]),
            )
            for name in HYPERPARAMETERS
        ]

    @classmethod
    def group_size(cls, stars: int, settings: dict) -> int:
        """See `TrainedModel.group_size`."""
        return training.group_size(stars, settings["folds"])

    def for_held_out(self) -> SupportVectors:
        """Each pixel with the hyperparameters of another.

        They were chosen with the star that is to be predicted. Were every pixel to keep
        its own, the star would be predicted too well: uncertainties found in this way
        were 12 to 24 per cent too small on simulated spectra. Those of a pixel
        `FARTHER_ON` pixels away were chosen where the star's errors are others; for
        stars that had no part in the choice the labels are as good as before.
        """
        return replace(self, pixels=exchanged(self.pixels, self.informative))

    def report(self) -> None:
        """Log how the pixels were solved, and how many chose values at an edge."""
        training.report(self.pixels, self.grid)

    def write(self, path: PathLike, stamp: dict) -> None:
        """Write as FITS; see `mdwarfs.slam.model_file.write`."""
        model_file.write(self, path, stamp)

    @classmethod
    def read(cls, path: PathLike) -> SupportVectors:
        """Read a file that `write` made.

        Raises
        ------
        InputError
            If the file is missing or is not a SLAM model.
        """
        return cls(**model_file.read(path))

    @classmethod
    def joined(cls, parts: Sequence[SupportVectors]) -> SupportVectors:
        """Join models of the same stars, at successive wavelengths, to one.

        Raises
        ------
        InputError
            If they were not trained on the same stars and grid, or if the wavelengths
            do not ascend.
        """
        if not alike(parts, "grid"):
            raise InputError(
                f"these {len(parts)} models are not the parts of one: their stars, "
                "grids or wavelengths do not fit together; train them anew"
            )
        return replace(
            parts[0],
            wavelength=np.concatenate([part.wavelength for part in parts]),
            pixels=vstack([part.pixels for part in parts]),
            dual=np.concatenate([part.dual for part in parts], axis=1),
        )


def checked(
    labels: np.ndarray, flux: np.ndarray, ivar: np.ndarray, wavelength: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
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


def identifiers(source_id: np.ndarray | None, labels: np.ndarray) -> np.ndarray:
    """Those given, or zeros, one per star."""
    return np.zeros(len(labels), int) if source_id is None else np.asarray(source_id)


def exchanged(pixels: Table, informative: np.ndarray) -> Table:
    """The pixels of a model, each with the hyperparameters of another one.

    Parameters
    ----------
    pixels : p rows
    informative : bool, shape (p,)
        Pixels that have hyperparameters.
    """
    pixels = pixels.copy()
    away = min(FARTHER_ON, max(1, np.count_nonzero(informative) // 2))
    for name in HYPERPARAMETERS:
        pixels[name][informative] = np.roll(pixels[name][informative], away)
    return pixels
