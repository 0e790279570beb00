"""The posterior of the labels of one star: every minimum of chi-square, and draws.

The labels of a catalogue are those of the deepest minimum, and their formal errors
follow from its curvature. With strong noise there may be other minima, and none of them
has to be a parabola. Here minima are searched for from many starting points, and draws
are taken from the actual posterior (`mdwarfs.slam.infer.draws` does this for many
stars, from fewer points).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mdwarfs.run.parallel import one_blas_thread
from mdwarfs.slam.infer import outliers
from mdwarfs.slam.infer.draws import coarse, of_one, separate
from mdwarfs.slam.infer.map import weigh_pixels
from mdwarfs.slam.infer.posterior import coarse_cost, minimise
from mdwarfs.slam.infer.prediction import invert_hessians
from mdwarfs.slam.infer.prior import Prior

if TYPE_CHECKING:
    from mdwarfs.slam.infer.map import MaximumPosterior
    from mdwarfs.slam.infer.posterior import Fit
    from mdwarfs.slam.infer.posterior import Posterior as Problem
    from mdwarfs.slam.infer.starts import Starts

STARTS, APART, CLOSE = 24, 1.0, 100.0
"""Places from which minima are sought, at most: model spectra of least chi-square that
are farther apart than the second (in standard deviations along the principal axes of
the training stars) and within the third of the least."""
DRAWS, ROUNDS = 4000, 4
"""Of the posterior; and how often they are proposed, by a better mixture each time."""


@dataclass(frozen=True)
class LabelPosterior:
    """The posterior of the labels of one star: noise of independent pixels, no more.

    Attributes
    ----------
    names : length d
    minima : shape (k, d)
        Labels of every minimum, the deepest first.
    depth : shape (k,)
        Minus twice the logarithm of the posterior there, above that of the deepest.
    errors : shape (k, d)
        By the curvature of each (1 sigma).
    draws : shape (n, d)
        Labels drawn from the posterior, all of the same weight.
    share : shape (k,)
        Of the draws that are nearer to each minimum than to the others.
    effective
        Number of independent draws that the n are worth.
    """

    names: tuple[str, ...]
    minima: np.ndarray
    depth: np.ndarray
    errors: np.ndarray
    draws: np.ndarray
    share: np.ndarray
    effective: float


@one_blas_thread
def posterior(
    predictor: MaximumPosterior,
    flux: np.ndarray,
    ivar: np.ndarray,
    prior: Mapping[str, Mapping[str, float]] | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> LabelPosterior | None:
    """Find the minima of one star, and draw labels from its posterior.

    Parameters
    ----------
    predictor
        As `mdwarfs.slam.labeller.labeller` makes it.
    flux, ivar : shape (p,)
        Normalised spectrum on the wavelengths of the model. Pixels that the fit goes
        without take no part here either.
    prior
        See `mdwarfs.slam.infer.prior.Prior.of`.
    draws
        Number of labels to draw.
    seed
        Of the draws.

    Returns
    -------
    posterior
        None if there are too few good pixels for labels.
    """
    names, model, domain = predictor.label_names, predictor.model, predictor.domain
    known = Prior.of(dict(prior or {}), names, model.scale, domain)
    observed, weight = weigh_pixels(model, np.atleast_2d(flux), np.atleast_2d(ivar))
    if (weight > 0).sum() <= len(names):
        return None
    problem = predictor.posterior(observed, weight, known)
    best, kept = outliers.search(problem, predictor.starts)
    fits = minima_of(kept, predictor.starts, best)
    rng = np.random.default_rng(seed)
    about = coarse(coarse_cost(kept, predictor.starts)[0], predictor.starts)
    whole, effective = of_one(kept, fits, about, draws, ROUNDS, rng)
    covariance = invert_hessians(fits.hessian)
    to_labels = model.scale.scale[:, None] * domain.axes
    variance = np.diagonal(to_labels @ covariance @ to_labels.T, axis1=1, axis2=2)
    nearest = nearest_of(whole, fits)
    return LabelPosterior(
        names=names,
        minima=model.scale.back(domain.outward(fits.coordinates)),
        depth=fits.cost - fits.cost[0],
        errors=np.sqrt(variance),
        draws=model.scale.back(domain.outward(whole)),
        share=np.bincount(nearest, minlength=len(fits.cost)) / draws,
        effective=effective,
    )


def minima_of(problem: Problem, starts: Starts, best: Fit) -> Fit:
    """Every separate minimum of one star's posterior, the deepest first.

    Parameters
    ----------
    problem
        Of one star, without outliers.
    starts
        Where the search may start.
    best
        The minimum that its labels are of.
    """
    cost = coarse_cost(problem, starts)
    _, start = starts.choose(cost, APART, STARTS, CLOSE)
    # each start as a star of its own, so that none is given up for another
    many = problem.of(np.zeros(len(start), int))
    found = minimise(many, np.arange(len(start)), starts.places[start])
    return separate(best, found)


def nearest_of(places: np.ndarray, fits: Fit) -> np.ndarray:
    """Which minimum each place (n, d) is nearest to, in the metric of that minimum."""
    step = places[:, None] - fits.coordinates
    square = np.einsum("nki,kij,nkj->nk", step, fits.hessian, step)
    return (square + fits.cost).argmin(1)
