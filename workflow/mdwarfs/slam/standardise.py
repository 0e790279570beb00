"""Mean zero and standard deviation one, for labels and for the fluxes of a pixel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mdwarfs.errors import InputError

# A pixel whose flux varies less than this, as a fraction of its mean, is constant.
CONSTANT = 1e-9


@dataclass(frozen=True)
class LabelScale:
    """Mean and standard deviation of each label of the training stars.

    Attributes
    ----------
    mean, scale : shape (d,)
    """

    mean: np.ndarray
    scale: np.ndarray

    @classmethod
    def of(cls, labels: np.ndarray, names: Sequence[str]) -> LabelScale:
        """Measure the scale of labels, shape (n, d).

        Raises
        ------
        InputError
            If a label is not a number, or is the same for all stars.
        """
        missing = ~np.isfinite(labels)
        if missing.any():
            star, label = np.argwhere(missing)[0]
            raise InputError(
                f"training star {star} has no {names[label]} ({missing.any(1).sum()} "
                "star(s) lack a label): leave such stars out of the training set"
            )
        mean, scale = labels.mean(0), labels.std(0)
        flat = scale <= CONSTANT * np.maximum(np.abs(mean), 1e-3)
        if flat.any():
            raise InputError(
                f"label {names[np.argmax(flat)]} is the same for all "
                f"{len(labels)} training star(s): nothing can be learnt about it"
            )
        return cls(mean, scale)

    def forward(self, labels: np.ndarray) -> np.ndarray:
        """From labels in their own units to standardised ones."""
        return (labels - self.mean) / self.scale

    def back(self, standardised: np.ndarray) -> np.ndarray:
        """From standardised labels to their own units."""
        return standardised * self.scale + self.mean


def flux_scale(flux: np.ndarray, good: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each pixel over its good stars.

    Parameters
    ----------
    flux : shape (n, p)
        Values where `good` is False do not matter.
    good : bool, shape (n, p)

    Returns
    -------
    mean, scale : shape (p,)
        The mean is NaN where there is no good star, the scale zero where all good
        stars have the same flux.
    """
    count = good.sum(0)
    total = np.where(good, flux, 0.0).sum(0, dtype=float)
    mean = np.full(flux.shape[1], np.nan)
    np.divide(total, count, out=mean, where=count > 0)
    square = np.where(good, flux - mean, 0.0) ** 2
    scale = np.sqrt(square.sum(0) / np.maximum(count, 1))
    return mean, np.where(scale > CONSTANT * np.abs(mean), scale, 0.0)
