"""A stranger's regressor: polynomials of second order in the labels, as The Cannon's.

This is all that has to be written to put another regressor in the place of the
support-vector regression: one class. The flux of a pixel is a ridge regression on the
labels, their squares and their products; cross-validation chooses its penalty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from astropy.io import fits
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.slam.folds import assign_folds
from mdwarfs.slam.model_file import first_hdus, open_model, read_common
from mdwarfs.slam.spectral_model import SpectralModel
from mdwarfs.slam.standardise import LabelScale
from mdwarfs.slam.train.scatter import model_variance
from mdwarfs.slam.trained_model import Hyperparameter, TrainedModel, alike, identifiers
from mdwarfs.spectra.good_pixels import good_pixels
from mdwarfs.types import PathLike

PENALTIES = (1e-4, 1e-2, 1.0, 100.0)
COLUMNS = {
    "wavelength": "In vacuum, rest frame",
    "penalty": "Penalty of the ridge regression",
    "cv_mse": "Cross-validated mean squared error of the flux",
    "variance": "Variance of the model flux",
}


def terms(t: np.ndarray) -> np.ndarray:
    """1, the standardised labels, their squares and products: shape (s, k)."""
    i, j = np.triu_indices(t.shape[1])
    return np.hstack([np.ones((len(t), 1)), t, t[:, i] * t[:, j]])


def ridge(x: np.ndarray, y: np.ndarray, penalty: float) -> np.ndarray:
    """Coefficients of a regression of y (n,) on x (n, k), the constant unpenalised."""
    damped = x.T @ x + penalty * np.diag(np.arange(x.shape[1]) > 0)
    return np.linalg.solve(damped, x.T @ y)


@dataclass(frozen=True)
class Quadratic(TrainedModel, SpectralModel):
    """Its pixels (`COLUMNS`), and coefficients of the terms, shape (k, p)."""

    regressor: ClassVar[str] = "quadratic"
    settings: ClassVar[tuple] = ("folds",)

    label_names: tuple
    labels: np.ndarray
    source_id: np.ndarray
    normalisation: dict
    pixels: Table
    coefficients: np.ndarray

    @classmethod
    def fit(
        cls,
        labels: np.ndarray,
        flux: np.ndarray,
        ivar: np.ndarray,
        *,
        label_names: Sequence[str],
        wavelength: np.ndarray,
        folds: int,
        seed: int,
        threads: int,
        source_id: np.ndarray | None = None,
        normalisation: dict | None = None,
    ) -> Quadratic:
        """See `TrainedModel.fit`; `folds` of the cross-validation."""
        x = terms(LabelScale.of(labels, label_names).forward(labels))
        good = good_pixels(flux, ivar)
        fold = assign_folds(len(x), folds, np.random.default_rng([seed, folds]))
        pixels, held_out = [], np.full(flux.shape, np.nan)
        for p, (y, use) in enumerate(zip(flux.T.astype(float), good.T)):
            best = np.nan, np.inf
            for penalty in PENALTIES if use.sum() > 2 * x.shape[1] else ():
                predicted = np.empty(len(x))
                for k in range(folds):
                    kept = use & (fold != k)
                    fitted = ridge(x[kept], y[kept], penalty)
                    predicted[fold == k] = x[fold == k] @ fitted
                mse = np.mean((y - predicted)[use] ** 2)
                if mse < best[1]:
                    best, held_out[:, p] = (penalty, mse), y - predicted
            pixels.append((wavelength[p], *best, np.nan))
        pixels = Table(rows=pixels, names=list(COLUMNS))
        noise = 1 / np.where(good, ivar, 1.0)
        pixels["variance"] = model_variance(np.nan_to_num(held_out), noise, good)
        ids = identifiers(source_id, labels)
        parts = tuple(label_names), labels, ids, dict(normalisation or {}), pixels
        return cls(*parts, np.zeros(0)).refit(
            labels, flux, ivar, threads=threads, source_id=ids
        )

    def refit(
        self,
        labels: np.ndarray,
        flux: np.ndarray,
        ivar: np.ndarray,
        *,
        threads: int,
        source_id: np.ndarray | None = None,
    ) -> Quadratic:
        """See `TrainedModel.refit`."""
        x = terms(LabelScale.of(labels, self.label_names).forward(labels))
        good = good_pixels(flux, ivar)
        found = np.zeros((x.shape[1], len(self.pixels)))
        for p in np.flatnonzero(self.informative):
            use, penalty = good[:, p], self.pixels["penalty"][p]
            found[:, p] = ridge(x[use], flux[use, p].astype(float), penalty)
        ids = identifiers(source_id, labels)
        return replace(self, labels=labels, source_id=ids, coefficients=found)

    @classmethod
    def joined(cls, parts: Sequence[Quadratic]) -> Quadratic:
        """See `TrainedModel.joined`."""
        if not alike(parts):
            raise InputError("the parts do not fit together")
        rows = np.concatenate([part.pixels.as_array() for part in parts])
        found = np.concatenate([part.coefficients for part in parts], axis=1)
        return replace(parts[0], pixels=Table(rows), coefficients=found)

    def write(self, path: PathLike, stamp: dict) -> None:
        """See `TrainedModel.write`."""
        pixels = self.pixels.copy()
        for name, description in COLUMNS.items():
            pixels[name].info.description = description
        found = fits.ImageHDU(self.coefficients, name="TERMS")
        hdus = [*first_hdus(self, stamp), *tables.to_images(pixels, "PIXELS"), found]
        with tables.atomic(path) as part:
            fits.HDUList(hdus).writeto(part)

    @classmethod
    def read(cls, path: PathLike) -> Quadratic:
        """See `TrainedModel.read`."""
        with open_model(path, "a quadratic model") as hdus:
            pixels = tables.from_images(hdus, "PIXELS")
            found = hdus["TERMS"].data.astype(float)
            return cls(**read_common(hdus), pixels=pixels, coefficients=found)

    def hyperparameters(self) -> list[Hyperparameter]:
        """See `TrainedModel`."""
        chosen = np.asarray(self.pixels["penalty"])
        what = COLUMNS["penalty"]
        return [Hyperparameter("penalty", r"$\lambda$", what, PENALTIES, chosen)]

    @property
    def cv_mse(self) -> np.ndarray:
        """See `TrainedModel`."""
        return np.asarray(self.pixels["cv_mse"])

    def spectral_model(self) -> Quadratic:
        """Itself, which is both."""
        return self

    @property
    def wavelength(self) -> np.ndarray:
        """See `SpectralModel`."""
        return np.asarray(self.pixels["wavelength"], float)

    @property
    def informative(self) -> np.ndarray:
        """See `SpectralModel`."""
        return np.isfinite(self.pixels["penalty"])

    @property
    def variance(self) -> np.ndarray:
        """See `SpectralModel`."""
        return np.asarray(self.pixels["variance"])[self.informative]

    @property
    def level(self) -> np.ndarray:
        """See `SpectralModel`."""
        return np.full(len(self.pixels), np.nan)

    def flux(self, t: np.ndarray) -> np.ndarray:
        """See `SpectralModel.flux`."""
        return (terms(t) @ self.coefficients[:, self.informative]).astype(np.float32)

    def flux_and_jacobian(self, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See `SpectralModel.flux_and_jacobian`."""
        first = self.coefficients[1 : 1 + t.shape[1], None, self.informative]
        slopes = first + np.einsum("sj,ijp->isp", t, self.second)
        return self.flux(t), slopes.astype(np.float32)

    def curvature(self, t: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """See `SpectralModel.curvature`."""
        return np.einsum("sp,ijp->sij", weight.astype(float), self.second)

    @property
    def second(self) -> np.ndarray:
        """Second derivatives of the flux with standardised labels, shape (d, d, q)."""
        d = len(self.label_names)
        i, j = np.triu_indices(d)
        second = np.zeros((d, d, self.informative.sum()))
        second[i, j] = self.coefficients[1 + d :, self.informative]
        return second + second.transpose(1, 0, 2)
