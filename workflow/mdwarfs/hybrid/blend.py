"""Weights of several answers, by how much the spectrum leaves undetermined."""

import numpy as np

from mdwarfs.statistics import MAD_TO_SIGMA

TAIL = 3.0  # of the loss: beyond it differences count ever less
RIDGE = 0.05
"""Of the logits: equal shares are what nothing is known of, and stars that are held out
know more."""
FARTHEST = 3.0  # standard deviations of `openness` beyond which shares stay as they are


def learn(answers: np.ndarray, known: np.ndarray, openness: np.ndarray) -> np.ndarray:
    """Learn it from labels of training stars by answers that have not seen them.

    Parameters
    ----------
    answers : shape (a, n)
    known : shape (n,)
    openness : shape (n,)
        Standardised logarithm of what the spectrum leaves open.

    Returns
    -------
    shape (a, 2)
        Logits: constant and slope with `openness`; zero for the last answer.
    """
    from scipy.optimize import minimize

    differences = answers - known
    size = max(MAD_TO_SIGMA * np.median(np.abs(differences.mean(axis=0))), 1e-12)

    def loss(free):
        logits = np.vstack([free.reshape(-1, 2), np.zeros(2)])
        rest = (shares(logits, openness) * differences).sum(axis=0) / size
        return np.log1p(rest**2 / TAIL).sum() + RIDGE * (free**2).sum()

    free = minimize(loss, np.zeros(2 * (len(answers) - 1)), method="BFGS").x
    return np.vstack([free.reshape(-1, 2), np.zeros(2)])


def shares(logits: np.ndarray, openness: np.ndarray) -> np.ndarray:
    """Share of every answer for every star; they sum to one.

    Parameters
    ----------
    logits : shape (a, 2)
    openness : shape (m,)

    Returns
    -------
    shape (a, m)
    """
    power = logits[:, :1] + logits[:, 1:] * np.clip(openness, -FARTHEST, FARTHEST)
    power = np.exp(power - power.max(axis=0))
    return power / power.sum(axis=0)
