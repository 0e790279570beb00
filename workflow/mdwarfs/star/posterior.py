"""What the labels of one star may be: every minimum of chi-square, and draws.

The labels of a catalogue are those of the deepest minimum, and their formal errors its
curvature. Where noise is strong there may be other minima, and none of them need be a
parabola. Here they are sought from many places, and the posterior is drawn from as it
is: by importance sampling from a mixture of Student's t about the minima, which is
adapted to the draws a few times (population Monte Carlo, Cappe+2008, Statistics and
Computing 18, 447).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln, logsumexp

from mdwarfs.run.parallel import one_blas_thread, slices
from mdwarfs.slam.infer import outliers
from mdwarfs.slam.infer.map import weigh
from mdwarfs.slam.infer.posterior import FLAT, SEPARATE, coarse_cost, minimise
from mdwarfs.slam.infer.prediction import invert
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
DEEP = 16.0
"""Minima whose cost exceeds the least by more than this are left out: they have less
than a thousandth of its probability density."""
DRAWS, ROUNDS = 4000, 4
"""Of the posterior; and how often they are proposed, by a better mixture each time."""
FREEDOM = 5.0
"""Degrees of freedom of Student's t."""
SHARE_WIDE = 0.1
"""Of the draws that are proposed from where the training stars are, and not from about
a minimum, so that nothing is overlooked."""
LEAST_WIDTH = 1e-4
"""Of a component of the mixture, in standard deviations of the training stars."""
BLOCK = 500  # model spectra that are in memory together


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
    observed, weight = weigh(model, np.atleast_2d(flux), np.atleast_2d(ivar))
    if (weight > 0).sum() <= len(names):
        return None
    problem = predictor.posterior(observed, weight, known)
    best, kept = outliers.search(problem, predictor.starts)
    fits = minima_of(kept, predictor.starts, best)
    covariance = invert(fits.hessian)
    wide = domain.high - domain.low > FLAT
    rng = np.random.default_rng(seed)
    mixture = Mixture.about(fits.coordinates[:, wide], covariance[:, wide][:, :, wide])

    def logarithm(places):
        """Of the posterior at places (n, wide), but for a constant."""
        whole = np.tile(fits.coordinates[0], (len(places), 1))
        whole[:, wide] = places
        inside = ((whole >= domain.low) & (whole <= domain.high)).all(1)
        found = np.full(len(whole), -np.inf)
        found[inside] = -0.5 * (cost_of(kept, whole[inside]) - fits.cost[0])
        return found

    for _ in range(ROUNDS):
        places = mixture.draw(draws, rng)
        weights = logarithm(places) - mixture.logarithm(places)
        weights = np.exp(weights - logsumexp(weights))
        mixture = mixture.adapted(places, weights)
    chosen = places[systematic(weights, draws, rng)]
    whole = np.tile(fits.coordinates[0], (draws, 1))
    whole[:, wide] = chosen
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
        effective=float(1 / (weights**2).sum()),
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
    places = np.vstack([best.coordinates, starts.places[start]])
    # each start as a star of its own, so that none is given up for another
    many = problem.of(np.zeros(len(places), int))
    found = minimise(many, np.arange(len(places)), places)
    order = np.argsort(found.cost, kind="stable")
    order = order[found.converged[order]]
    kept: list[int] = []
    for row in order:
        step = found.coordinates[kept] - found.coordinates[row]
        square = np.einsum("ki,kij,kj->k", step, found.hessian[kept], step)
        if found.cost[row] - found.cost[order[0]] < DEEP and (square > SEPARATE).all():
            kept.append(row)
    if not kept:  # none has converged
        return best
    return type(found)(**{name: value[kept] for name, value in vars(found).items()})


def cost_of(problem: Problem, places: np.ndarray) -> np.ndarray:
    """The cost of one star at many places (n, d), shape (n,)."""
    blocks = [places[block] for block in slices(len(places), BLOCK)]
    costs = [problem.of(np.zeros(len(block), int)).cost(block) for block in blocks]
    return np.concatenate(costs)


def nearest_of(places: np.ndarray, fits: Fit) -> np.ndarray:
    """Which minimum each place (n, d) is nearest to, in the metric of that minimum."""
    step = places[:, None] - fits.coordinates
    square = np.einsum("nki,kij,nkj->nk", step, fits.hessian, step)
    return (square + fits.cost).argmin(1)


def systematic(weights: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Rows drawn n times by their weights, which sum up to 1, as evenly as can be."""
    edges = np.cumsum(weights)
    points = (rng.random() + np.arange(n)) / n
    return np.searchsorted(edges / edges[-1], points)


@dataclass(frozen=True)
class Mixture:
    """A mixture of k distributions of Student's t in d dimensions.

    Attributes
    ----------
    share : shape (k,)
    centre : shape (k, d)
    root : shape (k, d, d)
        Cholesky factors of the scales. The last component is that of `SHARE_WIDE`.
    """

    share: np.ndarray
    centre: np.ndarray
    root: np.ndarray

    @classmethod
    def about(cls, centre: np.ndarray, covariance: np.ndarray) -> Mixture:
        """One component about each minimum, and one where the training stars are.

        Parameters
        ----------
        centre : shape (k, d)
        covariance : shape (k, d, d)
            Where infinite, that of the training stars is taken.
        """
        k, d = centre.shape
        share = np.append(np.full(k, (1 - SHARE_WIDE) / k), SHARE_WIDE)
        scales = [_root(one) for one in [*covariance, np.eye(d)]]
        return cls(share, np.vstack([centre, np.zeros(d)]), np.array(scales))

    def draw(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Draw n places, shape (n, d)."""
        which = systematic(self.share / self.share.sum(), n, rng)
        normal = rng.normal(size=(n, self.centre.shape[1]))
        tail = np.sqrt(FREEDOM / rng.chisquare(FREEDOM, n))
        step = np.einsum("nij,nj->ni", self.root[which], normal)
        return self.centre[which] + step * tail[:, None]

    def each(self, places: np.ndarray) -> np.ndarray:
        """Logarithm of the density of each component, with its share, shape (n, k)."""
        d = places.shape[1]
        step = np.linalg.solve(
            self.root, (places[:, None] - self.centre).transpose(1, 2, 0)
        )
        square = (step**2).sum(1).T
        norm = gammaln((FREEDOM + d) / 2) - gammaln(FREEDOM / 2)
        norm -= d / 2 * np.log(FREEDOM * np.pi)
        norm = norm - np.log(np.diagonal(self.root, axis1=1, axis2=2)).sum(1)
        tail = (FREEDOM + d) / 2 * np.log1p(square / FREEDOM)
        with np.errstate(divide="ignore"):
            return np.log(self.share) + norm - tail

    def logarithm(self, places: np.ndarray) -> np.ndarray:
        """Logarithm of the density at places (n, d), shape (n,)."""
        return logsumexp(self.each(places), axis=1)

    def adapted(self, places: np.ndarray, weights: np.ndarray) -> Mixture:
        """The mixture that weighted draws suggest; the wide component stays.

        Parameters
        ----------
        places : shape (n, d)
        weights : shape (n,)
            They sum up to 1.
        """
        each = self.each(places)[:, :-1]
        part = weights[:, None] * np.exp(each - logsumexp(each, axis=1, keepdims=True))
        share, centre, root = self.share.copy(), self.centre.copy(), self.root.copy()
        share[:-1] = part.sum(0)
        for k in np.flatnonzero(share[:-1] > 0):
            own = part[:, k] / share[k]
            if 1 / (own**2).sum() < 10 * places.shape[1]:
                continue  # too few to tell a covariance
            centre[k] = own @ places
            step = places - centre[k]
            root[k] = _root((own[:, None] * step).T @ step)
        share[:-1] *= (1 - SHARE_WIDE) / share[:-1].sum()
        return replace(self, share=share, centre=centre, root=root)


def _root(covariance):
    """Cholesky factor of a covariance (d, d), widths kept within those of labels."""
    d = len(covariance)
    if not np.isfinite(covariance).all():
        return np.eye(d)
    values, vectors = np.linalg.eigh(covariance)
    values = np.clip(values, LEAST_WIDTH**2, 1.0)
    return np.linalg.cholesky((vectors * values) @ vectors.T)
