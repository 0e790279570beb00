"""Draws from a distribution that can only be evaluated: adaptive importance sampling.

Places are drawn from a mixture of Student's t, weighed by what the distribution is
there over what the mixture is, and the mixture is adapted to them a few times
(population Monte Carlo, Cappe+2008, Statistics and Computing 18, 447). Places of all
rounds count, weighed by the mean of the mixtures that they are drawn from
(Cornuet+2012, Scandinavian Journal of Statistics 39, 798).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import gammaln, logsumexp

FREEDOM = 5.0
"""Degrees of freedom of Student's t."""
SHARE_WIDE = 0.1
"""Of the draws that are proposed from where the training stars are, and not from about
a minimum, so that nothing is overlooked."""
TOLD, HALVINGS = 20, 12
"""Draws that tell a covariance, for each dimension; and how exactly the power is found
to which their weights are raised."""
LEAST_WIDTH = 1e-4
"""Of a component of the mixture, in standard deviations of the training stars."""


def sample(
    logarithm: Callable[[np.ndarray], np.ndarray],
    mixture: Mixture,
    draws: int,
    rounds: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, float]:
    """Draw places of a distribution.

    Parameters
    ----------
    logarithm
        Of the density at places (n, d), but for a constant, shape (n,); -inf outside.
    mixture
        Where to begin.
    draws
        To return, and to propose in each round.
    rounds
        How often to propose them at most, by a better mixture each time: until all that
        were proposed are worth as many as are to be returned.
    rng

    Returns
    -------
    places : shape (draws, d)
        All of the same weight; some are there more than once.
    effective
        Number of independent draws that all that were proposed are worth.
    """
    mixtures: list[Mixture] = []
    places, target = np.zeros((0, mixture.centre.shape[1])), np.zeros(0)
    for _ in range(rounds):
        mixtures.append(mixture)
        new = mixture.draw(draws, rng)
        places, target = np.vstack([places, new]), np.append(target, logarithm(new))
        proposed = [proposal.logarithm(places) for proposal in mixtures]
        known = target - logsumexp(proposed, axis=0)
        weights = np.exp(known - known.max())
        if effective_of(weights) >= draws:
            break
        mixture = mixture.adapted(places, softened(known, TOLD * places.shape[1]))
    chosen = systematic(weights / weights.sum(), draws, rng)
    return places[chosen], effective_of(weights)


def effective_of(weights: np.ndarray) -> float:
    """How many independent draws weighted ones are worth, of weights of any sum."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def softened(logarithm: np.ndarray, least: float) -> np.ndarray:
    """Weights of draws that a distribution is fitted to; they sum up to 1.

    A mixture that is far off leaves all weight to a few draws, which tell nothing of
    where the others should be. The weights are then raised to a power below 1 with
    which the draws are worth enough.

    Parameters
    ----------
    logarithm
        Of the weights, -inf where a draw has none.
    least
        What the draws have to be worth.
    """
    known = logarithm - logarithm.max()
    weights = np.exp(known)
    if effective_of(weights) < least:
        some = weights > 0
        low, high = 0.0, 1.0
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            weights[some] = np.exp(middle * known[some])
            enough = effective_of(weights) > least
            low, high = (middle, high) if enough else (low, middle)
        weights[some] = np.exp(low * known[some])
    return weights / weights.sum()


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
