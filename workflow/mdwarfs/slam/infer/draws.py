"""Draws from the posterior of the labels, of any number of stars.

The labels of a catalogue are those of the deepest minimum of chi-square, and their
formal errors its curvature. Where there are other minima nearly as good, or the minimum
lies at the edge of the domain, the posterior is no Gaussian, and these say little of
it. Draws say all of it. Noise is that of independent pixels, as in the fit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mdwarfs.run.parallel import one_blas_thread, slices
from mdwarfs.slam.infer import outliers, posterior
from mdwarfs.slam.infer.map import weigh_pixels
from mdwarfs.slam.infer.mixture import TOLD, Mixture, sample, softened
from mdwarfs.slam.infer.prediction import TOGETHER, invert_hessians
from mdwarfs.slam.infer.prior import Prior

if TYPE_CHECKING:
    from mdwarfs.slam.infer.map import MaximumPosterior
    from mdwarfs.slam.infer.posterior import Fit, Posterior
    from mdwarfs.slam.infer.starts import Starts

DRAWS = 256
"""Of each star, where a configuration does not say it: that of an older run."""
ROUNDS = 8
"""How often draws are proposed at most, by a better mixture each time."""
DEEP = 16.0
"""Minima whose cost exceeds the least by more than this are left out: they have less
than a thousandth of its probability density."""
BLOCK = 512  # model spectra that are in memory together


@dataclass(frozen=True)
class Draws:
    """Of m stars, n draws each.

    Attributes
    ----------
    names : length d
    labels : float32, shape (m, d, n)
        All draws of a star have the same weight. NaN where there are too few good
        pixels.
    minima : int, shape (m,)
        Separate minima that the search for the labels has met.
    effective : float32, shape (m,)
        Number of independent draws that those of a star are worth: less than n where
        the posterior was hard to draw from.
    """

    names: tuple[str, ...]
    labels: np.ndarray
    minima: np.ndarray
    effective: np.ndarray


@one_blas_thread
def draw(
    predictor: MaximumPosterior,
    flux: np.ndarray,
    ivar: np.ndarray,
    star: np.ndarray,
    *,
    draws: int,
    seed: int,
    prior: Mapping[str, Mapping[str, float]] | None = None,
) -> Draws:
    """Draw labels from the posteriors of stars.

    Parameters
    ----------
    predictor
        As `mdwarfs.slam.labeller.labeller` makes it.
    flux, ivar : shape (m, p)
        Normalised spectra on the wavelengths of the model. Pixels that the fit goes
        without take no part here either.
    star : int, shape (m,)
        Identifiers. With the seed they say which random numbers a star gets, whatever
        other stars there are.
    draws
        Of each star.
    seed
    prior
        See `mdwarfs.slam.infer.prior.Prior.of`.

    Returns
    -------
    draws
        Who else is among the stars changes the last bits of a fit, and nothing more.
    """
    names, d = predictor.label_names, len(predictor.label_names)
    known = Prior.of(dict(prior or {}), names, predictor.model.scale, predictor.domain)
    found = Draws(
        names,
        np.full((len(flux), d, draws), np.nan, np.float32),
        np.zeros(len(flux), int),
        np.zeros(len(flux), np.float32),
    )
    for block in slices(len(flux), TOGETHER):
        observed, weight = weigh_pixels(predictor.model, flux[block], ivar[block])
        rows = np.flatnonzero((weight > 0).sum(1) > d)
        if not len(rows):
            continue
        problem = predictor.posterior(observed[rows], weight[rows], known)
        best, kept, others, whose = outliers.search_all(problem, predictor.starts)
        cost = posterior.coarse_cost(kept, predictor.starts)
        for k, row in enumerate(rows + block.start):
            own = separate(best.of([k]), others.of(whose == k))
            code = int(star[row]) % 2**64
            rng = np.random.default_rng([seed, code])
            about = coarse(cost[k], predictor.starts)
            places, effective = of_one(kept.of([k]), own, about, draws, ROUNDS, rng)
            labels = predictor.model.scale.back(predictor.domain.outward(places))
            found.labels[row] = labels.T
            found.minima[row] = len(own.cost)
            found.effective[row] = effective
    return found


def separate(best: Fit, others: Fit) -> Fit:
    """The separate minima of one star, the deepest first.

    Parameters
    ----------
    best
        One fit: that of its labels.
    others
        Further ones, of which some may be the same.
    """
    order = np.argsort(others.cost, kind="stable")
    kept = best
    for row in order[others.converged[order]]:
        step = kept.coordinates - others.coordinates[row]
        square = np.einsum("ki,kij,kj->k", step, kept.hessian, step)
        deep = others.cost[row] - kept.cost.min() < DEEP
        if deep and (square > posterior.SEPARATE).all():
            kept = kept.joined(others.of([row]))
    return kept.of(np.argsort(kept.cost, kind="stable"))


def coarse(cost: np.ndarray, starts: Starts) -> tuple[np.ndarray, np.ndarray]:
    """Mean (d,) and covariance (d, d) of a posterior, as the starts have it.

    Of a bright star that is much too wide; of a faint one it reaches minima that the
    search has not met.

    Parameters
    ----------
    cost : shape (m,)
        Of one star at the starts.
    """
    places = starts.places
    weights = softened(-0.5 * cost, min(TOLD * places.shape[1], len(places) / 2))
    mean = weights @ places
    step = places - mean
    return mean, (weights[:, None] * step).T @ step


def of_one(
    problem: Posterior,
    minima: Fit,
    about: tuple[np.ndarray, np.ndarray],
    draws: int,
    rounds: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, float]:
    """Draw from the posterior of one star, beginning about its minima.

    Parameters
    ----------
    problem
        Of one star, without outliers.
    minima
        The deepest first.
    about
        Mean and covariance, see `coarse`.
    draws, rounds, rng
        See `mdwarfs.slam.infer.mixture.sample`.

    Returns
    -------
    places : shape (draws, d)
        Principal coordinates.
    effective
        See `mdwarfs.slam.infer.mixture.sample`; no more than the draws.
    """
    domain = problem.domain
    wide = domain.high - domain.low > posterior.FLAT
    centre = np.vstack([minima.coordinates, about[0]])[:, wide]
    covariance = np.concatenate([invert_hessians(minima.hessian), about[1][None]])
    mixture = Mixture.about(centre, covariance[:, wide][:, :, wide])
    density = along(problem, minima.coordinates[0], minima.cost[0], wide)
    chosen, effective = sample(density, mixture, draws, rounds, rng)
    return spread(minima.coordinates[0], chosen, wide), min(effective, draws)


def along(
    problem: Posterior, place: np.ndarray, cost: float, wide: np.ndarray
) -> Callable[[np.ndarray], np.ndarray]:
    """Logarithm of the posterior of one star over what it is at a place of some cost.

    Parameters
    ----------
    place : shape (d,)
        Principal coordinates.
    wide : bool, shape (d,)
        Coordinates along which the domain has a width; the others stay.

    Returns
    -------
    density
        Of places (n, wide); -inf outside the domain.
    """
    domain = problem.domain

    def logarithm(places):
        whole = spread(place, places, wide)
        inside = ((whole >= domain.low) & (whole <= domain.high)).all(1)
        found = np.full(len(whole), -np.inf)
        found[inside] = -0.5 * (cost_of(problem, whole[inside]) - cost)
        return found

    return logarithm


def spread(place: np.ndarray, places: np.ndarray, wide: np.ndarray) -> np.ndarray:
    """Places (n, d) that are a place but for the coordinates that are wide."""
    whole = np.tile(place, (len(places), 1))
    whole[:, wide] = places
    return whole


def cost_of(problem: Posterior, places: np.ndarray) -> np.ndarray:
    """The cost of one star at many places (n, d), shape (n,)."""
    blocks = [places[block] for block in slices(len(places), BLOCK)]
    costs = [problem.of(np.zeros(len(block), int)).cost(block) for block in blocks]
    return np.concatenate(costs)
