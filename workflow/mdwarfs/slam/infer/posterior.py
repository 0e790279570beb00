"""Labels of maximum posterior for a block of stars at once.

The search is a damped Newton iteration (Levenberg-Marquardt, with second derivatives)
from a few starts of each star; all stars and starts take each step together, so that
the spectra of a step are one matrix product.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from mdwarfs.slam.infer.prior import Prior
from mdwarfs.slam.spectral_model import SpectralModel

if TYPE_CHECKING:
    from mdwarfs.slam.infer.domain import Domain
    from mdwarfs.slam.infer.starts import Starts


MAX_ITERATIONS = 60
# A fit has converged when a full Newton step would lower the cost, which is chi-square
# and the prior, by less than this.
TOLERANCE = 1e-4
# A step that should lower it by less than this, and does not, has met the rounding of
# single precision: the fit has converged as well.
ROUNDING = 5e-3
FIRST_DAMPING = 1e-3
# Where one label is a function of others, the domain has no width in some direction, in
# which it has no edge either: it is narrower than this.
FLAT = 1e-6
# Second derivatives of the flux may make the cost nearly flat or bend it downwards, and
# a step very long: it would end in a minimum far from its start. They may not lower the
# curvature below this share of the Gauss-Newton approximation.
FLATTEST = 0.3
# Curvature given to a direction in which the pixels say nothing, as a share of the sum
# over all directions: above the rounding of single precision.
UNKNOWN = 1e-5

# Starts of a star lie farther than this from one another (in standard deviations along
# the principal axes), are at most so many, and exceed the least cost by less than this.
APART = 1.5
MOST_STARTS = 5
CLOSE = 10.0

# Two fits are separate if they are this far apart in chi-square of the better one: else
# the worse start is given up. A separate one is nearly as good if its cost exceeds the
# better one's by less than this.
SEPARATE = 1.0
NEARLY_AS_GOOD = 4.0


@dataclass
class Fit:
    """Fits of a block of stars, in principal coordinates of the domain.

    Attributes
    ----------
    coordinates : shape (s, d)
    hessian : shape (s, d, d)
        Half the second derivative of the cost, in the Gauss-Newton approximation.
    cost : shape (s,)
        What is minimised, minus twice the logarithm of the posterior: chi-square plus
        the penalty of the prior.
    chi2 : shape (s,)
        Of the pixels alone.
    n_iter : int, shape (s,)
        From the start that led there.
    converged : bool, shape (s,)
    at_edge : bool, shape (s,)
        A coordinate is at the limit of the domain.
    rival : bool, shape (s,)
        A separate minimum is nearly as good.
    """

    coordinates: np.ndarray
    hessian: np.ndarray
    cost: np.ndarray
    chi2: np.ndarray
    n_iter: np.ndarray
    converged: np.ndarray
    at_edge: np.ndarray
    rival: np.ndarray

    def of(self, rows: ArrayLike) -> Fit:
        """Some of the fits."""
        return Fit(**{name: value[rows] for name, value in vars(self).items()})

    def joined(self, more: Fit) -> Fit:
        """These fits, and after them others."""
        own, others = vars(self), vars(more)
        return Fit(**{name: np.concatenate([own[name], others[name]]) for name in own})


@dataclass(frozen=True)
class Posterior:
    """The posteriors of a block of stars, as a cost to be minimised.

    The cost is minus twice the logarithm of the posterior: chi-square plus the
    penalty of the prior.

    Attributes
    ----------
    flux : float32, shape (s, p)
        Observed flux; finite, also where the weight is zero.
    weight : float32, shape (s, p)
        Inverse of the variance of observed minus model flux; zero for a bad pixel.
    loss
        One of `mdwarfs.slam.infer.losses`; chi-square is the sum of rho over pixels.
    """

    model: SpectralModel
    domain: Domain
    flux: np.ndarray
    weight: np.ndarray
    prior: Prior
    loss: Callable

    def of(self, stars: ArrayLike) -> Posterior:
        """The posteriors of some of the stars: their rows."""
        return replace(self, flux=self.flux[stars], weight=self.weight[stars])

    def cost(self, place: np.ndarray) -> np.ndarray:
        """The cost at places in principal coordinates (s, d), shape (s,)."""
        residual = self.flux - self.model.flux(self.domain.outward(place))
        rho = self.loss(self.weight * residual**2)[0]
        return rho.sum(1, dtype=float) + self.prior.penalty(place)

    def expand(
        self, place: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """The cost around places in principal coordinates, shape (s, d).

        Returns
        -------
        cost, chi2 : shape (s,)
        gradient : shape (s, d)
            Minus half the derivative of the cost.
        hessian : shape (s, d, d)
            Half the second derivative, in the Gauss-Newton approximation: without the
            second derivatives of the flux. It is never negative.
        bend : shape (s, d, d)
            What the second derivatives of the flux add to `hessian`.
        """
        t, axes = self.domain.outward(place), self.domain.axes
        flux, jacobian = self.model.flux_and_jacobian(t)
        residual = self.flux - flux
        rho, slope = self.loss(self.weight * residual**2)
        chi2, weight = rho.sum(1, dtype=float), self.weight * slope
        weighted = weight * residual
        rows = jacobian.transpose(1, 0, 2)
        gradient = (rows @ weighted[:, :, None])[:, :, 0].astype(float)
        hessian = ((rows * weight[:, None]) @ rows.transpose(0, 2, 1)).astype(float)
        bend = -self.model.curvature(t, weighted)
        return (
            chi2 + self.prior.penalty(place),
            chi2,
            gradient @ axes + self.prior.pull(place),
            axes.T @ hessian @ axes + self.prior.curvature,
            axes.T @ bend @ axes,
        )


def coarse_cost(posterior: Posterior, starts: Starts) -> np.ndarray:
    """The cost of each star at each start, shape (s, m), whatever the loss: squared."""
    chi2 = starts.templates.chi2(posterior.flux, posterior.weight)
    return chi2 + posterior.prior.penalty(starts.places)


def search(posterior: Posterior, starts: Starts, cost: np.ndarray) -> Fit:
    """Find the maximum of the posterior of each star inside the domain.

    Parameters
    ----------
    cost : shape (s, m)
        Of each star at each start, as of `coarse_cost`.
    """
    fits, star = all_fits(posterior, starts, cost)
    return best_of_each(fits, star, len(cost))


def all_fits(
    posterior: Posterior, starts: Starts, cost: np.ndarray
) -> tuple[Fit, np.ndarray]:
    """All fits among which `search` chooses, and whose they are."""
    star, start = starts.choose(cost, APART, MOST_STARTS, CLOSE)
    return minimise(posterior, star, starts.places[start]), star


def minimise(posterior: Posterior, star: np.ndarray, start: np.ndarray) -> Fit:
    """Least cost inside the domain by damped Newton steps, from many starts at once.

    The damping follows the ratio of the decrease of the cost to the predicted one.
    A coordinate at the limit of the domain is held there while the cost would fall
    beyond it. A start that cannot lead to a better fit of its star is given up.

    Parameters
    ----------
    star : int, shape (k,)
        Whose posterior each start belongs to, ascending.
    start : shape (k, d)
        Principal coordinates to start from.

    Returns
    -------
    fit
        Of k fits.
    """
    domain, (k, d) = posterior.domain, start.shape
    diagonal = np.arange(d)
    place = np.clip(start, domain.low, domain.high)
    damping = np.full(k, FIRST_DAMPING)
    n_iter, converged = np.zeros(k, int), np.zeros(k, bool)
    around = cost, chi2, gradient, hessian, bend = posterior.of(star).expand(place)
    active = np.arange(k)
    for _ in range(MAX_ITERATIONS):
        slope, curvature = _hold(
            place[active], gradient[active], hessian[active], bend[active], domain
        )
        newton = np.linalg.solve(curvature, slope[:, :, None])[:, :, 0]
        gain = (newton * slope).sum(1)
        converged[active[gain < TOLERANCE]] = True
        best = _best(star, cost)[active]
        hopeless = cost[active] - 2 * gain > cost[best] + NEARLY_AS_GOOD
        same = _square(place[active] - place[best], hessian[best]) < SEPARATE
        going = ~(converged[active] | hopeless | (same & (active != best)))
        active, slope, curvature = active[going], slope[going], curvature[going]
        if not len(active):
            break
        n_iter[active] += 1
        damped = curvature.copy()
        damped[:, diagonal, diagonal] *= 1 + damping[active, None]
        step = np.linalg.solve(damped, slope[:, :, None])[:, :, 0]
        trial = np.clip(place[active] + step, domain.low, domain.high)
        step = trial - place[active]
        expected = 2 * (step * slope).sum(1) - _square(step, curvature)
        new_cost = posterior.of(star[active]).cost(trial)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = (cost[active] - new_cost) / expected
        damping[active] *= np.select([ratio > 0.75, ratio > 0.25], [0.2, 1.0], 5.0)
        better = new_cost < cost[active]
        moved = active[better]
        place[moved] = trial[better]
        for old, new in zip(around, posterior.of(star[moved]).expand(place[moved])):
            old[moved] = new
        stuck = ~better & (expected < ROUNDING)
        converged[active[stuck]] = True
        active = active[~stuck]
    wide = domain.high - domain.low > FLAT
    at_edge = (((place <= domain.low) | (place >= domain.high)) & wide).any(1)
    return Fit(
        place, hessian, cost, chi2, n_iter, converged, at_edge, np.zeros(k, bool)
    )


def best_of_each(fits: Fit, star: np.ndarray, count: int) -> Fit:
    """The best fit of each star, with a note of rivals.

    Parameters
    ----------
    fits
        Of k starts.
    star : int, shape (k,)
        Whose they are: 0 to count - 1, each at least once, ascending.
    """
    best = _best(star, fits.cost)
    step = fits.coordinates - fits.coordinates[best]
    apart = _square(step, fits.hessian[best]) > SEPARATE
    rival = fits.converged & apart & (fits.cost - fits.cost[best] < NEARLY_AS_GOOD)
    chosen = np.unique(best)
    result = fits.of(chosen)
    result.rival = np.bincount(star, rival, count) > 0
    return result


def _best(star, cost):
    """For each start, which start of the same star has the least cost."""
    order = np.lexsort((cost, star))
    _, first, inverse = np.unique(star, return_index=True, return_inverse=True)
    return order[first][inverse]


def _square(step, metric):
    """Squared lengths of steps (k, d) in metrics (k, d, d)."""
    return np.einsum("ki,kij,kj->k", step, metric, step)


def _hold(place, gradient, hessian, bend, domain):
    """Slope and curvature from which a step is calculated.

    Coordinates that are at a limit of the domain and would cross it are held: their
    slope is zero. The curvature is made positive (`FLATTEST`, `UNKNOWN`).
    """
    pressed = ((place <= domain.low) & (gradient < 0)) | (
        (place >= domain.high) & (gradient > 0)
    )
    slope = np.where(pressed, 0.0, gradient)
    # a direction in which nothing is known must not make the system singular
    floor = UNKNOWN * np.maximum(np.trace(hessian, axis1=1, axis2=2), 1e-9)
    both = pressed[:, :, None] | pressed[:, None, :]
    hessian, bend = np.where(both, 0.0, hessian), np.where(both, 0.0, bend)
    diagonal = np.arange(place.shape[1])
    hessian[:, diagonal, diagonal] += np.where(pressed, 1.0, floor[:, None])
    # in units in which `hessian` is 1, `bend` takes away no more than FLATTEST leaves
    root = np.linalg.cholesky(hessian)
    inverse = np.linalg.inv(root)
    values, vectors = np.linalg.eigh(inverse @ bend @ inverse.mT)
    stretch = root @ vectors
    return slope, (stretch * np.maximum(1 + values, FLATTEST)[:, None, :]) @ stretch.mT
