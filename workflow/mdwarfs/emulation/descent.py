"""The fit of the released code: scipy's least squares, from one start, without bounds.

The released code calls `least_squares(method="trf")` on scaled labels and fluxes, with
default tolerances and a Jacobian of finite differences (slam/predict.py); the Jacobian
is the analytic one here. The labels have no bounds: what keeps a star near its start is
that scipy limits its steps. Far from the training stars the model's flux does not
depend on the labels, and a fit that comes there stops.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.optimize import least_squares

if TYPE_CHECKING:
    from mdwarfs.slam.spectral_model import SpectralModel


@dataclass
class Found:
    """Fits of a block of stars, in standardised labels.

    Attributes
    ----------
    labels : shape (s, d)
    covariance : shape (s, d, d)
        Zero in directions of which the pixels say nothing.
    chi2 : shape (s,)
        Sum of the loss.
    n_iter : int, shape (s,)
    converged, at_edge, rival : bool, shape (s,)
        See `mdwarfs.slam.infer.posterior.Fit`.
    """

    labels: np.ndarray
    covariance: np.ndarray
    chi2: np.ndarray
    n_iter: np.ndarray
    converged: np.ndarray
    at_edge: np.ndarray
    rival: np.ndarray


def descend(
    model: SpectralModel,
    flux: np.ndarray,
    weight: np.ndarray,
    start: np.ndarray,
    loss: Literal["linear", "soft_l1"],
) -> Found:
    """Fit each star of a block by itself.

    Parameters
    ----------
    flux, weight : shape (s, p)
        Weight 0 marks a pixel that takes no part.
    start : shape (s, d)
        Standardised labels.
    loss
        As scipy names it; "linear" is chi-square.
    """
    s, d = start.shape
    found = Found(
        start.copy(), np.zeros((s, d, d)), np.zeros(s), np.zeros(s, int),
        np.zeros(s, bool), np.zeros(s, bool), np.zeros(s, bool),
    )  # fmt: skip
    for star in range(s):
        fit = _descend(model, flux[star], weight[star], start[star], loss)
        found.labels[star] = fit.x
        found.covariance[star] = covariance(fit.jac)
        found.chi2[star], found.n_iter[star] = 2 * fit.cost, fit.nfev
        found.converged[star] = fit.status > 0
    return found


def _descend(model, flux, weight, start, loss):
    """What scipy finds for one star."""
    used = weight > 0
    flux, root = flux[used], np.sqrt(weight[used])

    def residual(x):
        return root * (flux - model.flux(x[None])[0, used])

    def jacobian(x):
        _, slope = model.flux_and_jacobian(x[None])
        return -root[:, None] * slope[:, 0, used].T

    return least_squares(residual, start, jacobian, method="trf", loss=loss)


def covariance(jacobian: np.ndarray) -> np.ndarray:
    """Inverse of J'J over the directions that are known (slam/postprocessing.py)."""
    _, values, axes = np.linalg.svd(jacobian, full_matrices=False)
    known = values > np.finfo(float).eps * max(jacobian.shape) * values[0]
    return (axes[known].T / values[known] ** 2) @ axes[known]
