"""Pixels that no spectrum of the model explains: cosmic rays, residuals of sky lines.

The errors of such pixels are much larger than the spectrum states, and with a Gaussian
likelihood one of them can outweigh all good pixels together. They are dropped, and the
labels are those of maximum posterior without them.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mdwarfs.slam.infer import posterior

if TYPE_CHECKING:
    from mdwarfs.slam.infer.posterior import Fit, Posterior
    from mdwarfs.slam.infer.starts import Starts, Templates
    from mdwarfs.slam.spectral_model import SpectralModel


# A pixel this many standard deviations off its star's fit is dropped: of 10,000 stars
# of 1,740 pixels with Gaussian errors, ten would lose one. The calibrated uncertainties
# hold for labels that were found in this way.
FAR = 5.0
# Where more than this share of the pixels is as far off, it is the star that is unlike
# the model: none is dropped.
MOST = 0.05


def search(problem: Posterior, starts: Starts) -> tuple[Fit, Posterior]:
    """Find the maximum of the posterior of each star, without outlying pixels.

    An outlier can lead the search to a wrong minimum, and so there are two fits. Before
    the first, pixels are dropped that lie beyond all of the model spectra at `starts`,
    or far off the best of these. For the second, those are dropped that are far off the
    first fit, and no others.

    Returns
    -------
    fit
        `n_iter` are those of both fits; `rival` is that of the first.
    problem
        With weight 0 at the outliers: what `fit` is the maximum of.
    """

    def far_from(places):
        labels = problem.domain.outward(places)
        return far_off(problem.model, labels, problem.flux, problem.weight)

    outside = beyond(starts.templates, problem.flux, problem.weight)
    cost = posterior.coarse_cost(without(problem, outside), starts)
    far = far_from(starts.places[cost.argmin(1)]) & ~outside
    for star, pixel in np.argwhere(far):
        square = starts.templates.residual(problem.flux[star, pixel], pixel) ** 2
        cost[star] -= problem.weight[star, pixel] * square
    at_first = outside | far
    fit = posterior.search(without(problem, at_first), starts, cost)
    far = far_from(fit.coordinates)
    kept = without(problem, far)
    stars = np.flatnonzero((far != at_first).any(1))
    if len(stars):
        start = fit.coordinates[stars]
        again = posterior.minimise(kept.of(stars), np.arange(len(stars)), start)
        again.rival = fit.rival[stars]
        put_back(fit, stars, again)
    return fit, kept


def put_back(fits: Any, stars: np.ndarray, again: Any) -> None:
    """Write new fits of some stars among the others; `n_iter` is that of both.

    Parameters
    ----------
    fits, again
        Of all stars, and of those; `fits` is changed in place.
    stars : of int
    """
    again.n_iter += fits.n_iter[stars]
    for field in fields(fits):
        getattr(fits, field.name)[stars] = getattr(again, field.name)


def far_off(
    model: SpectralModel, labels: np.ndarray, flux: np.ndarray, weight: np.ndarray
) -> np.ndarray:
    """Which pixels lie farther than `FAR` standard deviations from model spectra.

    Parameters
    ----------
    labels : shape (s, d)
        Standardised.
    flux, weight : shape (s, p)
        Observed, and the inverse of the variance of observed minus model flux.

    Returns
    -------
    bool, shape (s, p)
        None of a star of which more than the share `MOST` does.
    """
    return few(weight * (flux - model.flux(labels)) ** 2 > FAR**2, weight)


def beyond(templates: Templates, flux: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Which pixels lie farther than `FAR` standard deviations from all model spectra.

    Parameters
    ----------
    flux, weight
        As for `far_off`.

    Returns
    -------
    bool, shape (s, p)
        As of `far_off`.
    """
    distance = flux - np.clip(flux, templates.low, templates.high)
    return few(weight * distance**2 > FAR**2, weight)


def few(far: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The outliers of those stars of which they are at most the share `MOST`."""
    return far & (far.sum(1) <= MOST * (weight > 0).sum(1))[:, None]


def without(problem: Posterior, far: np.ndarray) -> Posterior:
    """The posterior without some pixels: bool, shape (s, p)."""
    return replace(problem, weight=np.where(far, np.float32(0), problem.weight))
