"""The labels of the training stars as a population, their errors taken out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mdwarfs.errors import InputError
from mdwarfs.slam.standardise import LabelScale

NARROWEST = 0.05
"""Variance of the narrowest direction, in standardised labels: what is left there after
the errors are taken out is not known better than this."""

MOST_CORRELATED = 0.95  # largest correlation of true labels
ROUNDS = 20  # of the search for the variance of true labels


@dataclass(frozen=True)
class Population:
    """A Gaussian of standardised labels.

    Attributes
    ----------
    scale
        Mean and standard deviation of the labels as they were measured.
    precision : shape (d, d)
        Of standardised labels without their errors.
    number : int, shape (d,)
        Stars that it is of: those that know the label.
    """

    scale: LabelScale
    precision: np.ndarray
    number: np.ndarray

    @classmethod
    def of(
        cls,
        labels: np.ndarray,
        errors: np.ndarray,
        names: tuple,
        star: np.ndarray | None = None,
    ) -> Population:
        """Measure it.

        Parameters
        ----------
        labels, errors : shape (n, d)
            A label is NaN where it is unknown.
        names : length d
        star : int, shape (n,)
            Number of the star of each row; None: every one is of another.
        """
        star = np.arange(len(labels)) if star is None else star
        known = np.isfinite(labels)
        rows = known.sum(axis=0)
        number = np.array([len(np.unique(star[own])) for own in known.T])
        if (number < 2).any():
            raise InputError(
                f"label {names[np.argmax(number < 2)]}: no training stars know it "
                "whose other labels agree with their spectra"
            )
        # At the mean an unknown label adds nothing to sums of squares and products.
        labels = np.where(known, labels, np.nanmean(labels, axis=0))
        n, pairs = len(labels), known.T.astype(int) @ known
        scale = LabelScale.of(labels, names)
        scale = replace(scale, scale=scale.scale * np.sqrt(n / rows))
        # What few stars with large errors leave is mostly chance: so far off may it be.
        least = np.maximum(NARROWEST, 4 / number)
        standard = scale.forward(labels)
        spread = np.atleast_2d(np.cov(standard.T))
        spread *= (n - 1) / np.maximum(pairs - 1, 1)
        own = np.maximum(true_variance(standard, errors / scale.scale, known), least)
        # Labels that go together more than true ones can do have errors in common.
        most = MOST_CORRELATED * np.sqrt(np.outer(own, own))
        spread = np.clip(spread, -most, most)
        np.fill_diagonal(spread, own)
        values, vectors = np.linalg.eigh(spread)
        precision = (vectors / np.maximum(values, least.min())) @ vectors.T
        return cls(scale, precision, number)

    @property
    def room(self) -> np.ndarray:
        """Variance of another star, in units of the prior's, shape (d,).

        Of a star from a normal distribution with others that mean and deviation are
        known from: Student's t.
        """
        return (self.number + 1) / np.maximum(self.number - 3, 1)

    @property
    def sigma(self) -> np.ndarray:
        """Standard deviation of each label, without its errors, shape (d,)."""
        own = np.diag(np.linalg.inv(self.precision))
        return np.sqrt(own * self.room) * self.scale.scale

    def bounded(self, variance: np.ndarray, left: np.ndarray) -> np.ndarray:
        """Variances of labels, no less than noise leaves and no more than the prior's.

        Parameters
        ----------
        variance, left : shape (m, d)
            `left` is what the noise of the spectra leaves.
        """
        return np.clip(variance, left * self.room, self.sigma**2)


def true_variance(
    values: np.ndarray, errors: np.ndarray, known: np.ndarray
) -> np.ndarray:
    """Variance of values without their errors: that of greatest likelihood.

    Parameters
    ----------
    values, errors : shape (n, d)
        Of mean zero; normal.
    known : bool, shape (n, d)
        The others are zero.

    Returns
    -------
    shape (d,)
        Not negative.
    """
    found = values.var(axis=0) * (len(values) / known.sum(axis=0))
    for _ in range(ROUNDS):
        weight = known / np.maximum(found + errors**2, np.finfo(float).eps) ** 2
        more = (weight * (values**2 - errors**2)).sum(axis=0)
        found = np.maximum(more / weight.sum(axis=0), 0)
    return found
