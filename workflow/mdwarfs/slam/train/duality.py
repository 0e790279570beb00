"""How far a support-vector regression is from its optimum: the duality gap.

Every feasible set of dual coefficients gives a lower bound of the least objective, and
the fit that belongs to it an upper bound. Their difference, the duality gap, certifies
how good a fit is, whatever method found it.
"""

import numpy as np


def feasible(dual: np.ndarray, C: float) -> np.ndarray:
    """Move dual coefficients to where the dual problem allows them.

    Parameters
    ----------
    dual : shape (n,)
        Alpha minus alpha-star of each sample.

    Returns
    -------
    shape (n,)
        Within [-C, C], with a sum of zero; unchanged up to rounding if it was so. The
        excess is taken from coefficients between the bounds 0 and +-C first, so that
        few leave their bound.
    """
    dual = np.clip(dual, -C, C)
    sign = np.sign(dual.sum())
    turned = sign * dual  # of positive sum
    room = np.where(turned > 0, turned, turned + C)
    order = np.argsort((dual == 0) | (np.abs(dual) == C), kind="stable")
    before = np.cumsum(room[order]) - room[order]
    turned[order] -= np.clip(turned.sum() - before, 0, room[order])
    return sign * turned if sign else dual


def intercept(residual: np.ndarray, epsilon: float) -> float:
    """The intercept of least loss, given residuals y - K dual.

    The loss falls towards, and rises from, the middle of the 2 n edges of the tubes;
    where an interval is equally good, its midpoint is taken, as libsvm does.
    """
    n = len(residual)
    edges = np.concatenate([residual - epsilon, residual + epsilon])
    edges.partition([n - 1, n])
    return (edges[n - 1] + edges[n]) / 2


def relative_gap(
    smooth: np.ndarray,
    dual: np.ndarray,
    b: float,
    y: np.ndarray,
    C: float,
    epsilon: float,
) -> float:
    """Duality gap of an epsilon-SVR as a fraction of the primal objective.

    Parameters
    ----------
    smooth : shape (n,)
        K dual, without the intercept.
    dual : shape (n,)
        Feasible dual coefficients.
    b
        Intercept.
    y : shape (n,)

    Returns
    -------
    value
        Zero at the optimum; an upper bound of the relative excess of the objective.
    """
    size = 0.5 * smooth @ dual
    loss = C * np.maximum(np.abs(y - smooth - b) - epsilon, 0).sum()
    primal = size + loss
    gap = primal - (y @ dual - epsilon * np.abs(dual).sum() - size)
    return max(gap, 0.0) / primal if primal > 0 else 0.0
