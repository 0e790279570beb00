"""Labels of maximum posterior for a block of stars at once."""

from dataclasses import dataclass

import numpy as np

MAX_ITERATIONS = 60
# A fit has converged when a full Newton step would lower chi-square by less than this.
TOLERANCE = 1e-4
# A step that should lower it by less than this, and does not, has met the rounding of
# single precision: the fit has converged as well.
ROUNDING = 5e-3
FIRST_DAMPING = 1e-3

# A second start, at the best training star farther from the first than APART (in
# standard deviations along the principal axes), where its chi-square is within this
# factor of the first one's.
APART = 2.0
CLOSE = 1.2

# Two fits are separate minima if they are this far apart in chi-square of the first,
# and the worse one is nearly as good if its chi-square exceeds the other's by less.
SEPARATE = 1.0
NEARLY_AS_GOOD = 4.0


@dataclass
class Fit:
    """Fits of a block of stars, in principal coordinates of the domain.

    Attributes
    ----------
    coordinates : ndarray, shape (s, d)
    hessian : ndarray, shape (s, d, d)
        Half the second derivative of chi-square, in the Gauss-Newton approximation.
    chi2 : ndarray, shape (s,)
    n_iter : ndarray of int, shape (s,)
    converged : ndarray of bool, shape (s,)
    at_edge : ndarray of bool, shape (s,)
        A coordinate is at the limit of the domain.
    rival : ndarray of bool, shape (s,)
        A separate minimum is nearly as good.
    """

    coordinates: np.ndarray
    hessian: np.ndarray
    chi2: np.ndarray
    n_iter: np.ndarray
    converged: np.ndarray
    at_edge: np.ndarray
    rival: np.ndarray


def fit(emulator, domain, flux, weight, templates, places):
    """Find the maximum of the posterior of each star.

    The likelihood is Gaussian and the prior flat inside the domain, so that this is
    the least chi-square inside it.

    Parameters
    ----------
    emulator : Emulator
    domain : Domain
    flux : ndarray of float32, shape (s, p)
        Observed flux; finite, also where the weight is zero.
    weight : ndarray of float32, shape (s, p)
        Inverse of the variance of observed minus model flux; zero for a bad pixel.
    templates : ndarray of float32, shape (m, p)
        Model spectra to start from.
    places : ndarray, shape (m, d)
        Their principal coordinates.

    Returns
    -------
    Fit
    """
    chi2 = coarse_chi2(templates, flux, weight)
    first = chi2.argmin(1)
    result = minimise(emulator, domain, flux, weight, places[first])
    distance = ((places[first][:, None] - places) ** 2).sum(-1)
    far = np.where(distance > APART**2, chi2, np.inf)
    second = far.argmin(1)
    again = np.flatnonzero(far.min(1) < CLOSE * chi2.min(1))
    if len(again):
        other = minimise(
            emulator, domain, flux[again], weight[again], places[second[again]]
        )
        _keep_better(result, other, again)
    return result


def coarse_chi2(templates, flux, weight):
    """Chi-square of every star against every template, (s, m), but for rounding.

    The mean template is subtracted first, so that float32 is enough.
    """
    mean = templates.mean(0)
    observed, model = flux - mean, templates - mean
    chi2 = weight @ (model**2).T - 2 * ((weight * observed) @ model.T)
    return chi2.astype(float) + (weight * observed**2).sum(1, dtype=float)[:, None]


def minimise(emulator, domain, flux, weight, start):
    """Least chi-square inside the domain by damped Gauss-Newton steps.

    The damping follows the ratio of the decrease of chi-square to the predicted one.
    A coordinate at the limit of the domain is held there while chi-square would fall
    beyond it.

    Parameters
    ----------
    emulator, domain, flux, weight
        As for `fit`.
    start : ndarray, shape (s, d)
        Principal coordinates to start from.

    Returns
    -------
    Fit
    """
    s, d = start.shape
    place = np.clip(start, domain.low, domain.high)
    damping = np.full(s, FIRST_DAMPING)
    n_iter, converged = np.zeros(s, int), np.zeros(s, bool)
    chi2, gradient, hessian = _expand(emulator, domain, flux, weight, place)
    active = np.arange(s)
    for _ in range(MAX_ITERATIONS):
        slope, curvature = _hold(
            place[active], gradient[active], hessian[active], domain
        )
        newton = np.linalg.solve(curvature, slope[:, :, None])[:, :, 0]
        going = (newton * slope).sum(1) >= TOLERANCE
        converged[active[~going]] = True
        active, slope, curvature = active[going], slope[going], curvature[going]
        if not len(active):
            break
        n_iter[active] += 1
        diagonal = np.arange(d)
        damped = curvature.copy()
        damped[:, diagonal, diagonal] *= 1 + damping[active, None]
        step = np.linalg.solve(damped, slope[:, :, None])[:, :, 0]
        trial = np.clip(place[active] + step, domain.low, domain.high)
        step = trial - place[active]
        expected = 2 * (step * slope).sum(1) - np.einsum(
            "si,sij,sj->s", step, curvature, step
        )
        new = _expand(emulator, domain, flux[active], weight[active], trial)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = (chi2[active] - new[0]) / expected
        damping[active] *= np.select([ratio > 0.75, ratio > 0.25], [0.2, 1.0], 5.0)
        better = new[0] < chi2[active]
        moved = active[better]
        place[moved] = trial[better]
        chi2[moved], gradient[moved], hessian[moved] = (part[better] for part in new)
        stuck = ~better & (expected < ROUNDING)
        converged[active[stuck]] = True
        active = active[~stuck]
    at_edge = ((place <= domain.low) | (place >= domain.high)).any(1)
    return Fit(place, hessian, chi2, n_iter, converged, at_edge, np.zeros(s, bool))


def _expand(emulator, domain, flux, weight, place):
    """Chi-square, minus half its gradient, and half its second derivative."""
    model, jacobian = emulator.flux_and_jacobian(domain.outward(place))
    residual = flux - model
    weighted = weight * residual
    chi2 = (weighted * residual).sum(1, dtype=float)
    rows = jacobian.transpose(1, 0, 2)
    gradient = (rows @ weighted[:, :, None])[:, :, 0].astype(float)
    hessian = ((rows * weight[:, None]) @ rows.transpose(0, 2, 1)).astype(float)
    axes = domain.axes
    return chi2, gradient @ axes, axes.T @ hessian @ axes


def _hold(place, gradient, hessian, domain):
    """Take coordinates that press against a limit out of the step."""
    pressed = ((place <= domain.low) & (gradient < 0)) | (
        (place >= domain.high) & (gradient > 0)
    )
    slope = np.where(pressed, 0.0, gradient)
    curvature = np.where(pressed[:, :, None] | pressed[:, None, :], 0.0, hessian)
    diagonal = np.arange(place.shape[1])
    # a direction in which nothing is known must not make the system singular
    floor = 1e-9 * np.maximum(np.trace(hessian, axis1=1, axis2=2), 1e-9)
    curvature[:, diagonal, diagonal] += np.where(pressed, 1.0, floor[:, None])
    return slope, curvature


def _keep_better(result, other, rows):
    """Replace fits by better ones from another start; mark those with a rival."""
    step = other.coordinates - result.coordinates[rows]
    apart = np.einsum("si,sij,sj->s", step, result.hessian[rows], step) > SEPARATE
    excess = other.chi2 - result.chi2[rows]
    result.rival[rows] = apart & (np.abs(excess) < NEARLY_AS_GOOD)
    result.n_iter[rows] += other.n_iter
    better = excess < 0
    for name in ("coordinates", "hessian", "chi2", "converged", "at_edge"):
        getattr(result, name)[rows[better]] = getattr(other, name)[better]
