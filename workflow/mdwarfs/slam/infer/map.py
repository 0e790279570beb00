"""Labels of maximum posterior probability (MAP)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from mdwarfs.run.parallel import one_blas_thread
from mdwarfs.slam.infer import outliers
from mdwarfs.slam.infer.continued import Continuation
from mdwarfs.slam.infer.domain import Domain
from mdwarfs.slam.infer.likeness import Likeness
from mdwarfs.slam.infer.losses import squared
from mdwarfs.slam.infer.posterior import Posterior
from mdwarfs.slam.infer.prediction import (
    Prediction,
    by_blocks,
    invert_hessians,
    note_fit,
    solve_together,
)
from mdwarfs.slam.infer.prior import Prior
from mdwarfs.slam.infer.residuals import residuals
from mdwarfs.slam.infer.starts import Starts
from mdwarfs.slam.spectral_model import SpectralModel
from mdwarfs.spectra.good_pixels import good_pixels

if TYPE_CHECKING:
    from mdwarfs.spectra.planes import AnyPlane


# Places where the search for labels may start, beside those of the training stars. With
# fewer, the deepest minimum is missed more often where signal-to-noise is low.
EXTRA_STARTS = 5000


@dataclass(frozen=True)
class MaximumPosterior:
    """Finds the labels of stars in the domain of a model's training stars.

    A `mdwarfs.slam.infer.predictor.Predictor`.
    """

    model: SpectralModel

    @property
    def label_names(self) -> tuple[str, ...]:
        """Of the model."""
        return self.model.label_names

    @property
    def wavelength(self) -> np.ndarray:
        """Of the model [Angstrom]."""
        return self.model.wavelength

    @cached_property
    @one_blas_thread  # whoever asks first
    def domain(self) -> Domain:
        """Region of standardised labels that the training stars cover."""
        return Domain(self.model.scale.forward(self.model.labels))

    @cached_property
    @one_blas_thread
    def starts(self) -> Starts:
        """Where the search for the labels of a star may start."""
        training = self.domain.inward(self.model.scale.forward(self.model.labels))
        places = np.vstack([training, self.domain.spread(EXTRA_STARTS)])
        return Starts.of(places, self.model.flux(self.domain.outward(places)))

    @cached_property
    @one_blas_thread
    def continuation(self) -> Continuation:
        """The model as it goes on beyond the domain."""
        return Continuation.of(self.model, self.domain)

    @cached_property
    def likeness(self) -> Likeness:
        """What compares spectra with their best model spectra."""
        return Likeness(self.model.wavelength[self.model.informative])

    @one_blas_thread
    def predict(
        self,
        flux: AnyPlane,
        ivar: AnyPlane,
        *,
        block: int,
        threads: int,
        prior: dict[str, dict[str, float]] | None = None,
    ) -> Prediction:
        """Find the labels of stars from their normalised spectra.

        Parameters
        ----------
        flux, ivar : shape (m, p)
            On the wavelengths of the model. A pixel takes part if `good_pixels` finds
            it good, training could say something about it, and it is no outlier (see
            `mdwarfs.slam.infer.outliers`).
        block
            Stars taken into memory together. They are solved in groups of `TOGETHER`,
            so that the result is the same for any `block`.
        prior
            See `mdwarfs.slam.infer.prior.Prior.of`; default: flat inside the domain.
        """
        known = Prior.of(prior or {}, self.label_names, self.model.scale, self.domain)
        # made once, and not by each thread
        starts, measures = self.starts, (self.likeness, self.continuation)

        def solve(flux, ivar):
            return self._predict_group(flux, ivar, known, starts, measures)

        return by_blocks(solve, flux, ivar, self.label_names, block, threads)

    def posterior(
        self, flux: np.ndarray, weight: np.ndarray, prior: Prior
    ) -> Posterior:
        """The posterior of stars, of what `weigh_pixels` gives of them."""
        return Posterior(self.model, self.domain, flux, weight, prior, squared)

    def _predict_group(self, flux, ivar, prior, starts, measures):
        """The prediction of stars that are solved together."""
        flux, weight = weigh_pixels(self.model, flux, ivar)
        n_good = (weight > 0).sum(1)

        def solve(result, stars):
            problem = self.posterior(flux[stars], weight[stars], prior)
            fit, kept = outliers.search(problem, starts)
            result.n_outliers[stars] = n_good[stars] - (kept.weight > 0).sum(1)
            self._record(result, stars, fit)
            self._compare(result, stars, fit, kept, *measures)

        names = self.label_names
        return solve_together(names, n_good, flux.shape[1], len(names) + 1, solve)

    def _record(self, result, stars, fit):
        """Write the fits of some stars into a prediction."""
        domain, scale = self.domain, self.model.scale
        to_labels = scale.scale[:, None] * domain.axes
        covariance = invert_hessians(fit.hessian)
        result.labels[stars] = scale.back(domain.outward(fit.coordinates))
        with np.errstate(invalid="ignore"):  # infinite where nothing is known
            covariance_of_labels = to_labels @ covariance @ to_labels.T
        result.covariance[stars] = np.where(
            np.isfinite(covariance_of_labels), covariance_of_labels, np.inf
        )
        note_fit(result, stars, fit, domain, fit.coordinates, covariance)

    def _compare(self, result, stars, fit, kept, likeness, continuation):
        """Write into a prediction how like the fits are to the spectra of some stars.

        `kept` is the problem without outliers.
        """
        model = self.model.flux(self.domain.outward(fit.coordinates))
        compared = kept.flux, model, kept.weight
        result.correlation[stars] = likeness.correlation(*compared)

        def moved(own):
            return likeness.moved(model[own])

        offset, stretch = likeness.offset(kept.flux, moved, kept.weight)
        result.v_offset[stars], result.v_stretch[stars] = offset, stretch
        result.residuals[stars] = residuals(*compared, likeness.wavelength).T
        result.continued[stars] = continuation.labels(
            kept.flux, kept.weight, fit.coordinates
        )


def weigh_pixels(
    model: SpectralModel, flux: np.ndarray, ivar: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Pixels of stars, and the weights by which they enter chi-square.

    Parameters
    ----------
    flux, ivar : shape (m, p)

    Returns
    -------
    flux : float32, shape (m, q)
        At the informative pixels of the model; 1 where a pixel is bad.
    weight : float32, shape (m, q)
        Inverse of the variance of observed minus model flux; 0 where a pixel is bad.
    """
    use = model.informative
    good = good_pixels(flux, ivar)[:, use]
    noise = 1 / np.where(good, ivar[:, use], 1.0).astype(float)
    weight = np.where(good, 1 / (noise + model.variance), 0.0).astype(np.float32)
    return np.where(good, flux[:, use], 1.0).astype(np.float32), weight
