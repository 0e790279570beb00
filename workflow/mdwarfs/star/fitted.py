"""Spectra with their best models, pixel by pixel: of any number of stars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from mdwarfs.run.parallel import one_blas_thread, slices
from mdwarfs.slam.infer import outliers
from mdwarfs.slam.infer.map import weigh_pixels
from mdwarfs.slam.infer.prediction import TOGETHER
from mdwarfs.slam.infer.prior import Prior
from mdwarfs.spectra.good_pixels import good_pixels

if TYPE_CHECKING:
    from mdwarfs.slam.infer.map import MaximumPosterior
    from mdwarfs.spectra.planes import AnyPlane


@dataclass(frozen=True)
class Fitted:
    """Normalised spectra of m stars and the model spectra of their labels.

    Attributes
    ----------
    wavelength : shape (p,)
        In vacuum, rest frame [Angstrom].
    flux, ivar : float32, shape (m, p)
        As observed.
    model : shape (m, p)
        Of the labels of maximum posterior; NaN where the model says nothing, and in
        every pixel of a star without labels.
    residual : shape (m, p)
        Observed minus model flux over the standard deviation that it is held to: noise
        and what model spectra of sound stars are off. NaN where there is no model, in
        bad pixels, and where pixels do not depend on the labels.
    bad : bool, shape (m, p)
        Pixels without a sound flux and inverse variance.
    dropped : bool, shape (m, p)
        Good pixels that the fit went without, being far off it (cosmic rays, residuals
        of sky lines).
    labels : shape (m, d)
        Of maximum posterior; NaN without.
    """

    wavelength: np.ndarray
    flux: np.ndarray
    ivar: np.ndarray
    model: np.ndarray
    residual: np.ndarray
    bad: np.ndarray
    dropped: np.ndarray
    labels: np.ndarray

    def __len__(self):
        return len(self.flux)

    def take(self, rows: np.ndarray | slice) -> Fitted:
        """Some of the stars, by their numbers or a mask."""
        kept = {field.name: getattr(self, field.name) for field in fields(self)}
        kept |= {x: kept[x][rows] for x in kept if x != "wavelength"}
        return Fitted(**kept)


@one_blas_thread
def fit(
    predictor: MaximumPosterior,
    flux: AnyPlane,
    ivar: AnyPlane,
    prior: Mapping[str, Mapping[str, float]] | None = None,
) -> Fitted:
    """Fit spectra as a run does, and say of each pixel what became of it.

    A star takes some milliseconds.

    Parameters
    ----------
    predictor
        As `mdwarfs.slam.labeller.labeller` makes it. It prepares itself at the first
        call, which takes a second.
    flux, ivar : shape (m, p)
        Normalised spectra on the wavelengths of the model.
    prior
        See `mdwarfs.slam.infer.prior.Prior.of`.

    Returns
    -------
    fitted
        Its labels are those of the run's predictions, but for rounding.
    """
    model, names = predictor.model, predictor.label_names
    known = Prior.of(dict(prior or {}), names, model.scale, predictor.domain)
    blocks = [_block(predictor, flux[x], ivar[x], known) for x in blocks_of(len(flux))]
    columns = {
        field.name: np.concatenate([getattr(block, field.name) for block in blocks])
        for field in fields(Fitted)
        if field.name != "wavelength"
    }
    return Fitted(wavelength=model.wavelength, **columns)


def blocks_of(stars: int) -> list[slice]:
    """The groups in which so many stars are solved."""
    return slices(stars, TOGETHER)


def _block(predictor, flux, ivar, prior):
    """`fit` of stars that are solved together."""
    model, use = predictor.model, predictor.model.informative
    shape = flux.shape
    labels = np.full((shape[0], len(predictor.label_names)), np.nan)
    spectra, residual = np.full(shape, np.nan), np.full(shape, np.nan)
    dropped = np.zeros(shape, bool)
    observed, weight = weigh_pixels(model, flux, ivar)
    stars = np.flatnonzero((weight > 0).sum(1) > labels.shape[1])
    if len(stars):
        problem = predictor.posterior(observed[stars], weight[stars], prior)
        found, kept = outliers.search(problem, predictor.starts)
        labels[stars] = model.scale.back(predictor.domain.outward(found.coordinates))
        spectra[stars] = model.spectra(labels[stars])
        off = (observed[stars] - spectra[stars][:, use]) * np.sqrt(weight[stars])
        residual[np.ix_(stars, use)] = np.where(weight[stars] > 0, off, np.nan)
        dropped[np.ix_(stars, use)] = (weight[stars] > 0) & (kept.weight == 0)
    bad = ~good_pixels(flux, ivar)
    return Fitted(model.wavelength, flux, ivar, spectra, residual, bad, dropped, labels)
