"""The labels of the training stars as a population, their errors taken out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mdwarfs.slam.standardise import LabelScale

NARROWEST = 0.05
"""Variance of the narrowest direction, in standardised labels: what is left there after
the errors are taken out is not known better than this."""

TOGETHER = 0.95  # largest correlation of true labels
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
    number
        Stars that it is of.
    """

    scale: LabelScale
    precision: np.ndarray
    number: int

    @classmethod
    def of(cls, labels: np.ndarray, errors: np.ndarray, names: tuple) -> Population:
        """Measure it.

        Parameters
        ----------
        labels, errors : shape (n, d)
        names : length d
        """
        scale = LabelScale.of(labels, names)
        # What few stars with large errors leave is mostly chance: so far off may it be.
        least = max(NARROWEST, 4 / len(labels))
        standard = scale.forward(labels)
        spread = np.atleast_2d(np.cov(standard.T))
        own = np.maximum(true_variance(standard, errors / scale.scale), least)
        # Labels that go together more than true ones can do have errors in common.
        most = TOGETHER * np.sqrt(np.outer(own, own))
        spread = np.clip(spread, -most, most)
        np.fill_diagonal(spread, own)
        values, vectors = np.linalg.eigh(spread)
        precision = (vectors / np.maximum(values, least)) @ vectors.T
        return cls(scale, precision, len(labels))

    @property
    def room(self) -> float:
        """Variance of a star not among those that it is of, in units of the prior's.

        Of a star from a normal distribution with others that mean and deviation are
        known from: Student's t.
        """
        return (self.number + 1) / max(self.number - 3, 1)

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


def true_variance(values: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """Variance of values without their errors: that of greatest likelihood.

    Parameters
    ----------
    values, errors : shape (n, d)
        Of mean zero; normal.

    Returns
    -------
    shape (d,)
        Not negative.
    """
    found = values.var(axis=0)
    for _ in range(ROUNDS):
        weight = 1 / np.maximum(found + errors**2, np.finfo(float).eps) ** 2
        more = (weight * (values**2 - errors**2)).sum(axis=0)
        found = np.maximum(more / weight.sum(axis=0), 0)
    return found
