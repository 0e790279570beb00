"""Undo the pull of labels towards the mean of the training stars.

Answers that are best for single stars are drawn to the mean: of a difference of true
labels they keep a share

    E[answer | truth] = mean + kept (truth - mean),

the less, the more the spectrum leaves open. Of a Gaussian posterior kept is one less
the variance of the answer over that of the stars. By which factor it is really so is
measured with stars that are held out, whose labels stand for the truth with their
errors taken out (errors in variables, Fuller 1987), and the pull is undone.

How far off such a label is, is what the posterior says: its variance, and the square of
the distance from its mean. So the error grows with the distance from the training
stars, and in the mean over these it is that of the spectrum alone.
"""

from __future__ import annotations

import numpy as np

from mdwarfs.statistics import MAD_TO_SIGMA

FEWEST = 40
"""Stars with which it is measured; of fewer it is what the variances say."""
NOTHING = 0.2
"""Share below which a spectrum is taken to say next to nothing."""
FACTORS = 0.25, 4.0
"""Between which the factor of the share is."""
CUT = 3.0
"""Robust standard deviations at which differences from what is expected are cut."""
ROUNDS = 5
AS_SAID = 1.0
"""Nothing was measured: what the variances say holds."""


def learn(
    label: np.ndarray,
    variance: np.ndarray,
    known: np.ndarray,
    errors: np.ndarray,
    sigma: float,
    stars: int,
) -> float:
    """Learn how much is kept, from training stars that are held out.

    Parameters
    ----------
    label, variance : shape (n,)
        Their answers, and the variances of these.
    known, errors : shape (n,)
        Their labels.
    sigma
        Standard deviation of the true labels.
    stars
        Number of stars that these are spectra of.

    Returns
    -------
    factor
        Of the share that is kept by what the variances say.
    """
    if stars < FEWEST:
        return AS_SAID
    y, a = known - known.mean(), label - known.mean()
    said = np.maximum(1 - variance / sigma**2, 0)
    weight = said / (variance + errors**2)
    # What is true of y: its square is too large by that of its error.
    true = (weight * said) @ (y**2 - errors**2)
    if true <= 0:
        return AS_SAID
    factor = 1.0
    for _ in range(ROUNDS):
        expected = factor * said * y
        rest = a - expected
        most = CUT * MAD_TO_SIGMA * np.median(np.abs(rest))
        cut = expected + np.clip(rest, -most, most)
        factor = np.clip((weight * y) @ cut / true, *FACTORS)
    return float(factor)


def undone(
    kept: float, label: np.ndarray, variance: np.ndarray, mean: float, sigma: float
) -> tuple[np.ndarray, np.ndarray]:
    """Labels of stars without the pull, and their errors.

    Parameters
    ----------
    kept
        From `learn`.
    label, variance : shape (m,)
        Answers.
    mean, sigma
        Of the population of the training stars.

    Returns
    -------
    label, error : shape (m,)
        NaN where less than `NOTHING` is kept.
    """
    said = np.maximum(1 - variance / sigma**2, np.finfo(float).tiny)
    share = np.minimum(kept * said, 1)
    free = mean + (label - mean) / np.where(share > NOTHING, share, np.nan)
    return free, np.hypot(np.sqrt(variance), free - label)
