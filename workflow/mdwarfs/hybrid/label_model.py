"""The model of one label: several answers, their blend, and its error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from mdwarfs.hybrid import blend, flat, scatter
from mdwarfs.hybrid.regression import Regression
from mdwarfs.hybrid.support import SupportRegression

COMPONENTS, PRINCIPAL = "components", "principal components"
"""What answers look at: places by `mdwarfs.hybrid.components` and by
`mdwarfs.hybrid.principal`."""
LEAST_FACTOR, LARGEST_FACTOR = 0.25, 9.0
"""Of the variance: of that of each answer, and then of that of their blend. The factor
of an answer is the product of the two, from 1 / 16 to 81, and of `ROOM`."""
SURE = 40
"""Training stars from which on it may be below one: fewer can be near by chance."""
ROOM = 5.0
"""Errors are raised by the factor 1 + ROOM / stars: those of few stars are found too
small as often as too large, and too small is worse. Without it the median pull of
training sets of 15 to 60 stars was up to 1.45 (docs/hybrid.md)."""


class Answer(Protocol):
    """One way to a label.

    Its `fit` is that of `mdwarfs.hybrid.regression.Regression`, and gives what training
    stars would have had without themselves, too.
    """

    def predict(
        self, inputs: np.ndarray, unsure: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance of the quantity, of stars at `inputs`.

        Their spectra leave the variance `unsure` open.
        """


@dataclass(frozen=True)
class Member:
    """One answer of the blend.

    Attributes
    ----------
    name
    looks_at
        `COMPONENTS` or `PRINCIPAL`.
    way
        Of `Answer`.
    corrects
        Whether the quantity is what the quadratic gets wrong, or the label itself.
    """

    name: str
    looks_at: str
    way: type
    corrects: bool = False


MEMBERS = (
    Member("direct", COMPONENTS, Regression),
    Member("corrected", COMPONENTS, Regression, corrects=True),
    Member("support vectors", PRINCIPAL, SupportRegression),
)


@dataclass(frozen=True)
class LabelModel:
    """How one label is found.

    Attributes
    ----------
    answers
        One for each of `MEMBERS`.
    logits : shape (a, 2)
        Of the blend.
    factors : shape (a,)
        Of the variances of the answers, so that held-out training stars are as far off
        as each says, and as their mean says.
    kept
        How much of the differences of stars labels keep, see `mdwarfs.hybrid.flat`.
    """

    answers: tuple[Answer, ...]
    logits: np.ndarray
    factors: np.ndarray
    kept: float

    @classmethod
    def learn(
        cls,
        answers: Sequence[Answer],
        held_out: np.ndarray,
        openness: np.ndarray,
        known: np.ndarray,
        errors: np.ndarray,
        trusted: np.ndarray,
        sigma: float,
        stars: int,
    ) -> LabelModel:
        """Learn how much each answer counts, from stars that none has seen.

        Parameters
        ----------
        answers
            One for each of `MEMBERS`.
        held_out : shape (a, 2, n)
            Labels and variances of the training stars by each, without themselves.
        openness : shape (n,)
            See `mdwarfs.hybrid.blend.learn`.
        known, errors : shape (n,)
            Their labels.
        trusted : bool, shape (n,)
            Those that this is learnt from.
        sigma
            Standard deviation of the true labels.
        stars
            Number of stars that these are spectra of.
        """
        held_out, openness = held_out[:, :, trusted], openness[trusted]
        known, errors = known[trusted], errors[trusted]
        logits = blend.learn(held_out[:, 0], known, openness)
        factors = [
            honest(x - known, errors, variance, stars) for x, variance in held_out
        ]
        model = cls(tuple(answers), logits, np.array(factors), flat.AS_SAID)
        label, variance = model.blended(held_out, openness)
        factor = honest(label - known, errors, variance, stars)
        factor *= (1 + ROOM / stars) ** 2
        variance = np.minimum(factor * variance, sigma**2)
        kept = flat.learn(label, variance, known, errors, sigma, stars)
        return replace(model, factors=factor * model.factors, kept=kept)

    def ask(
        self, looked: Mapping[str, np.ndarray], first: np.ndarray, left: np.ndarray
    ) -> np.ndarray:
        """Label and variance by each of `MEMBERS`.

        Parameters
        ----------
        looked : each of shape (m, k)
            By what answers look at.
        first : shape (m,)
            The label that is corrected.
        left : shape (m,)
            Variance of the label that the noise of the spectra leaves.

        Returns
        -------
        shape (a, 2, m)
        """
        found = [
            answer.predict(looked[member.looks_at], left)
            for answer, member in zip(self.answers, MEMBERS)
        ]
        return labels_of(np.array(found), first)

    def blended(self, found: np.ndarray, openness: np.ndarray) -> np.ndarray:
        """The label of stars, and its variance.

        Parameters
        ----------
        found : shape (a, 2, m)
            From `ask`.
        openness : shape (m,)
            See `mdwarfs.hybrid.blend.learn`.

        Returns
        -------
        shape (2, m)
        """
        shares = blend.shares(self.logits, openness)
        label, variance = found[:, 0], self.factors[:, None] * found[:, 1]
        return np.stack([(shares * label).sum(axis=0), (shares * variance).sum(axis=0)])


def labels_of(found: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The same with the labels that are corrected put back, shape (a, 2, m)."""
    corrects = np.array([member.corrects for member in MEMBERS])
    return found + corrects[:, None, None] * np.stack([first, 0 * first])


def honest(
    difference: np.ndarray, error: np.ndarray, variance: np.ndarray, stars: int
) -> float:
    """Factor of a variance with which differences are as large as it says.

    Parameters
    ----------
    difference : shape (n,)
        From labels with errors of their own.
    error : shape (n,)
    variance : shape (n,)
    stars
        Number of stars that these are spectra of.

    Returns
    -------
    value
        From `LEAST_FACTOR`, or one (`SURE`), to `LARGEST_FACTOR`.
    """
    least = LEAST_FACTOR if stars >= SURE else 1.0
    return scatter.factor(difference, error, variance, least, LARGEST_FACTOR)
