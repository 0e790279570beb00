"""How one label is found: regressions, their blend, and how far off that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mdwarfs.hybrid import blend
from mdwarfs.hybrid.regression import Regression

MEMBERS = (("direct", 0.5), ("direct", 1.0), ("corrected", 1.0))
"""Regressions of each label: which answer, and by what share of the components. Two of
different detail in the place of one cost little and are worth a few per cent."""
ANSWERS = ("direct", "corrected")
LEAST_FACTOR, LARGEST_FACTOR = 0.25, 9.0  # of the variance
SURE = 40
"""Training stars from which on it may be below one: fewer can be near by chance."""
ROOM = 5.0
"""Errors are raised by the factor 1 + ROOM / stars: those of few stars are found too
small as often as too large, and too small is worse. Without it the median pull of
training sets of 15 to 60 stars was up to 1.45 (docs/hybrid.md)."""
MEDIAN_CHI2 = 0.4549  # of one degree of freedom


@dataclass(frozen=True)
class LabelModel:
    """How one label is found.

    Attributes
    ----------
    regressions
        One for each of `MEMBERS`.
    logits : shape (2, 2)
        Of the blend of `ANSWERS`.
    factor
        Of the variance, so that held-out training stars are as far off as it says.
    """

    regressions: tuple[Regression, ...]
    logits: np.ndarray
    factor: float

    @classmethod
    def learn(
        cls,
        regressions: Sequence[Regression],
        held_out: Sequence[tuple[np.ndarray, np.ndarray]],
        first: np.ndarray,
        open_: np.ndarray,
        known: np.ndarray,
        errors: np.ndarray,
        trusted: np.ndarray,
        stars: int,
    ) -> LabelModel:
        """Learn how much each answer counts, from stars that none has seen.

        Parameters
        ----------
        regressions
            One for each of `MEMBERS`.
        held_out, first, open_
            See `blended`; of the training stars, without themselves.
        known, errors : shape (n,)
            Their labels.
        trusted : bool, shape (n,)
            Those that this is learnt from.
        stars
            Number of stars that these are spectra of.
        """
        found = answers(held_out, first)[0]
        logits = blend.learn(found[:, trusted], known[trusted], open_[trusted])
        model = cls(tuple(regressions), logits, 1.0)
        label, variance = model.blended(held_out, first, open_)
        off = (label - known)[trusted]
        factor = honest(off, errors[trusted], variance[trusted])
        return replace(model, factor=factor * (1 + ROOM / stars) ** 2)

    def members(
        self, places: np.ndarray, left: np.ndarray
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """Mean and variance by each of `MEMBERS`.

        Parameters
        ----------
        places : shape (m, k)
            Of stars among the components.
        left : shape (m,)
            Variance of the label that the noise of their spectra leaves.
        """
        return [
            one.predict(places[:, : one.inputs.shape[1]], left)
            for one in self.regressions
        ]

    def blended(
        self,
        members: Sequence[tuple[np.ndarray, np.ndarray]],
        first: np.ndarray,
        open_: np.ndarray,
    ) -> np.ndarray:
        """The label of stars, and its variance.

        Parameters
        ----------
        members
            Mean and variance, shape (m,) each, by each of `MEMBERS`.
        first : shape (m,)
            The label that is corrected.
        open_ : shape (m,)
            See `mdwarfs.hybrid.blend.learn`.

        Returns
        -------
        shape (2, m)
        """
        shares = blend.shares(self.logits, open_)
        label, variance = (shares * answers(members, first)).sum(axis=1)
        return np.stack([label, self.factor * variance])


def part(share: float, number: int) -> int:
    """How many of the components a share of them is."""
    return max(round(share * number), 1)


def answers(members: Sequence[tuple], first: np.ndarray) -> np.ndarray:
    """Label and variance by each of `ANSWERS`, of the regressions of one label.

    Parameters
    ----------
    members
        Mean and variance, shape (m,) each, by each of `MEMBERS`.
    first : shape (m,)
        The label that is corrected.

    Returns
    -------
    shape (2, a, m)
    """
    found = []
    for answer in ANSWERS:
        own = [x for x, (kind, _) in zip(members, MEMBERS) if kind == answer]
        mean, variance = np.mean(own, axis=0)
        found.append((mean + first * (answer == "corrected"), variance))
    return np.swapaxes(found, 0, 1)


def honest(difference: np.ndarray, error: np.ndarray, variance: np.ndarray) -> float:
    """Factor of a variance with which differences are as large as it says.

    Of the median of their squares, so that wrong labels have no say.

    Parameters
    ----------
    difference : shape (n,)
        From labels with errors of their own.
    error : shape (n,)
    variance : shape (n,)

    Returns
    -------
    value
        From `LEAST_FACTOR`, or one (`SURE`), to `LARGEST_FACTOR`.
    """
    from scipy.optimize import brentq

    def excess(log):
        total = np.exp(log) * variance + error**2
        return np.median(difference**2 / total) - MEDIAN_CHI2

    least = LEAST_FACTOR if len(difference) >= SURE else 1.0
    low, high = np.log(least), np.log(LARGEST_FACTOR)
    if excess(low) <= 0:
        return least
    if excess(high) >= 0:
        return LARGEST_FACTOR
    return float(np.exp(brentq(excess, low, high)))
