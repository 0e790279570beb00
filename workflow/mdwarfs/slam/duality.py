"""How far a support-vector regression is from its optimum: the duality gap."""

import numpy as np


def feasible(dual, C):
    """Move dual coefficients to where the dual problem allows them.

    Parameters
    ----------
    dual : ndarray, shape (n,)
        Alpha minus alpha-star of each sample.
    C : float

    Returns
    -------
    ndarray, shape (n,)
        Within [-C, C], with a sum of zero; unchanged up to rounding if it was so.
    """
    dual = np.clip(dual, -C, C)
    excess = dual.sum()
    heavy = dual * excess > 0
    if heavy.any():
        dual[heavy] *= 1 - excess / dual[heavy].sum()
    return dual


def intercept(residual, epsilon):
    """The intercept of least loss, given residuals y - K dual.

    The loss falls towards, and rises from, the middle of the 2 n edges of the tubes;
    where an interval is equally good, its midpoint is taken, as libsvm does.
    """
    return np.median(np.concatenate([residual - epsilon, residual + epsilon]))


def relative_gap(smooth, dual, b, y, C, epsilon):
    """Duality gap of an epsilon-SVR as a fraction of the primal objective.

    Parameters
    ----------
    smooth : ndarray, shape (n,)
        K dual, without the intercept.
    dual : ndarray, shape (n,)
        Feasible dual coefficients.
    b : float
        Intercept.
    y : ndarray, shape (n,)
    C, epsilon : float

    Returns
    -------
    float
        Zero at the optimum; an upper bound of the relative excess of the objective.
    """
    size = 0.5 * smooth @ dual
    loss = C * np.maximum(np.abs(y - smooth - b) - epsilon, 0).sum()
    primal = size + loss
    gap = primal - (y @ dual - epsilon * np.abs(dual).sum() - size)
    return max(gap, 0.0) / primal if primal > 0 else 0.0
