"""Support vectors with a Gaussian kernel: an estimate of one label without errors.

Their errors are measured with held-out stars, as a function of what the spectra leave
undetermined, and so of their SNR.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np

from mdwarfs.hybrid.regression import inverse_root
from mdwarfs.hybrid.scatter import between, scatter
from mdwarfs.slam.train import exact, splitting

logger = logging.getLogger(__name__)

CONSTRAINT, TUBE = 5.0, 0.1  # of a quantity of standard deviation one
WIDTH = 0.75
"""Of the kernel exp(-WIDTH |x - x'|^2 / k), of k inputs of standard deviation one."""
FOLDS = 5
ITERATIONS = 64
"""Of the splitting, after which few stars are in another state than at the optimum."""


@dataclass(frozen=True)
class SupportRegression:
    """Trained support vectors of one quantity.

    Attributes
    ----------
    inputs : shape (n, k)
        Of the training stars.
    coefficients : shape (n,)
        Zero for stars that are none of the vectors.
    level, size
        What the quantity is measured from, and in units of.
    noise : shape (2, g)
        How far off stars are that are held out, see `mdwarfs.hybrid.scatter.scatter`.
    """

    inputs: np.ndarray
    coefficients: np.ndarray
    level: float
    size: float
    noise: np.ndarray

    @classmethod
    def fit(
        cls,
        inputs: np.ndarray,
        quantity: np.ndarray,
        error: np.ndarray,
        unsure: np.ndarray,
        *,
        level: float,
        seed: int,
        star: np.ndarray | None = None,
        unseen: np.ndarray | None = None,
    ) -> tuple[SupportRegression, tuple[np.ndarray, np.ndarray]]:
        """Train; see `mdwarfs.hybrid.regression.Regression.fit`."""
        rows = np.arange(len(quantity))
        star = rows if star is None else star
        unseen = inputs if unseen is None else unseen
        number = np.random.default_rng([seed, FOLDS]).permutation(star.max() + 1)
        fold = number[star] % FOLDS
        # Without one fold each, and by all stars.
        part = fold[:, None] != np.append(np.arange(FOLDS), -1)
        size = np.maximum([quantity[own].std() for own in part.T], 1e-12)
        unit = _unit(inputs)
        gram = _kernel(inputs, inputs, *unit)
        y = (quantity[:, None] - level) / size
        coefficients, middle = _machines(gram, np.where(part, y, 0.0), part)
        found = level + size * (_kernel(unseen, inputs, *unit) @ coefficients + middle)
        mean = found[rows, fold]
        noise = scatter(mean - quantity, error, unsure)
        level, size = float(level + size[-1] * middle[-1]), float(size[-1])
        one = cls(inputs, coefficients[:, -1], level, size, noise)
        return one, (mean, between(noise, unsure))

    def predict(
        self, inputs: np.ndarray, unsure: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """The quantity of stars, and its variance; see `Regression.predict`."""
        kernel = _kernel(inputs, self.inputs, *_unit(self.inputs))
        mean = self.level + self.size * (kernel @ self.coefficients)
        return mean, between(self.noise, unsure)


def _machines(gram, y, part):
    """Coefficients (n, m) and intercepts (m,) of m machines, which learn quantities
    (n, m) from the stars that are their part (n, m)."""
    # The splitting asks for ridge regression with a free intercept, of this ridge.
    ridge = splitting.ridge(CONSTRAINT)[1]
    root = inverse_root(gram, ridge)
    inverse = root.T @ root
    total = inverse.sum(axis=0)
    inverse -= np.outer(total, total) / total.sum()
    smoother = np.eye(len(gram)) - ridge * inverse
    tube = np.full(part.shape[1], TUBE)
    start = splitting.coefficients(
        (smoother.astype(np.float32),), y, part, CONSTRAINT, tube, ITERATIONS
    )
    dual, b, _, solver = exact.solve(gram, y, part, start, CONSTRAINT, tube)
    if (solver == "unconverged").any():
        logger.warning("support vectors are not exactly those of least error")
    return dual, b


def _unit(inputs):
    """Mean and standard deviation of the inputs of training stars."""
    return inputs.mean(axis=0), inputs.std(axis=0) + 1e-300


def _kernel(a, b, mean, deviation):
    """Of all pairs, shape (m, n)."""
    a, b = (a - mean) / deviation, (b - mean) / deviation
    square = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    return np.exp(-WIDTH / a.shape[1] * np.maximum(square, 0))
