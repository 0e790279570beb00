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
    fits, star, dropped = _first(problem, starts)
    fit, kept, _ = _second(problem, fits, star, dropped)
    return fit, kept


def search_all(
    problem: Posterior, starts: Starts
) -> tuple[Fit, Posterior, Fit, np.ndarray]:
    """What `search` finds, and what it has found from the other starts.

    Returns
    -------
    fit, problem
        As of `search`.
    fits
        From all starts of all stars, of `problem`.
    star : int
        Whose these are.
    """
    fits, star, dropped = _first(problem, starts)
    fit, kept, changed = _second(problem, fits, star, dropped)
    if len(changed):
        few = kept.of(changed)
        again, whose = posterior.all_fits(
            few, starts, posterior.coarse_cost(few, starts)
        )
        same = ~np.isin(star, changed)
        fits = fits.of(same).joined(again)
        star = np.append(star[same], changed[whose])
    return fit, kept, fits, star


def _first(problem, starts):
    """Fits from all starts, whose they are, and the pixels that they go without."""
    dropped = beyond(starts.templates, problem.flux, problem.weight)
    cost = posterior.coarse_cost(without(problem, dropped), starts)
    far = _far_from(problem, starts.places[cost.argmin(1)]) & ~dropped
    for star, pixel in np.argwhere(far):
        square = starts.templates.residual(problem.flux[star, pixel], pixel) ** 2
        cost[star] -= problem.weight[star, pixel] * square
    dropped |= far
    fits, star = posterior.all_fits(without(problem, dropped), starts, cost)
    return fits, star, dropped


def _second(problem, fits, star, dropped):
    """The fit of each star, the problem of which it is, and which stars have a new one.

    A star has a new one if other pixels are far off its first fit than were `dropped`.
    """
    fit = posterior.best_of_each(fits, star, len(dropped))
    far = _far_from(problem, fit.coordinates)
    kept = without(problem, far)
    changed = np.flatnonzero((far != dropped).any(1))
    if len(changed):
        start = fit.coordinates[changed]
        again = posterior.minimise(kept.of(changed), np.arange(len(changed)), start)
        again.rival = fit.rival[changed]
        put_back(fit, changed, again)
    return fit, kept, changed


def _far_from(problem, places):
    """Pixels of stars that are far off the model at places (s, d)."""
    labels = problem.domain.outward(places)
    return far_off(problem.model, labels, problem.flux, problem.weight)


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
