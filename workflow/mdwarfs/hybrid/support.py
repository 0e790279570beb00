"""Support vectors with a Gaussian kernel: an estimate of one label without errors.

Their errors are measured with held-out stars, as a function of what the spectra leave
undetermined, and so of their SNR.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mdwarfs.hybrid.scatter import between, scatter

CONSTRAINT, TUBE = 5.0, 0.1  # of a quantity of standard deviation one
WIDTH = 0.75
"""Of the kernel exp(-WIDTH |x - x'|^2 / k), of k inputs of standard deviation one."""
FOLDS = 5


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
        star = np.arange(len(quantity)) if star is None else star
        unseen = inputs if unseen is None else unseen
        number = np.random.default_rng([seed, FOLDS]).permutation(star.max() + 1)
        fold = number[star] % FOLDS
        mean = np.empty(len(quantity))
        for one in range(FOLDS):
            held = fold == one
            if held.any():
                some = _machine(inputs[~held], quantity[~held], level)
                mean[held] = _ask(*some, inputs[~held], unseen[held])
        noise = scatter(mean - quantity, error, unsure)
        coefficients, level, size = _machine(inputs, quantity, level)
        one = cls(inputs, coefficients, level, size, noise)
        return one, (mean, between(noise, unsure))

    def predict(
        self, inputs: np.ndarray, unsure: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """The quantity of stars, and its variance; see `Regression.predict`."""
        mean = _ask(self.coefficients, self.level, self.size, self.inputs, inputs)
        return mean, between(self.noise, unsure)


def _machine(inputs, quantity, level):
    """Coefficients of all stars, level and size."""
    from sklearn.svm import SVR

    size = max(float(quantity.std()), 1e-12)
    way = SVR(kernel="precomputed", C=CONSTRAINT, epsilon=TUBE)
    way.fit(_kernel(inputs, inputs, *_unit(inputs)), (quantity - level) / size)
    coefficients = np.zeros(len(quantity))
    coefficients[way.support_] = way.dual_coef_[0]
    return coefficients, float(level + size * way.intercept_[0]), size


def _ask(coefficients, level, size, trained, inputs):
    """The quantity of stars."""
    return _kernel(inputs, trained, *_unit(trained)) @ coefficients * size + level


def _unit(inputs):
    """Mean and standard deviation of the inputs of training stars."""
    return inputs.mean(axis=0), inputs.std(axis=0) + 1e-300


def _kernel(a, b, mean, deviation):
    """Of all pairs, shape (m, n)."""
    a, b = (a - mean) / deviation, (b - mean) / deviation
    square = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    return np.exp(-WIDTH / a.shape[1] * np.maximum(square, 0))
