"""A robust Gaussian process: one label as a smooth function of a star's components.

The function is the sum of a linear one and one of a Gaussian kernel. The variance of a
training star about it is that of its label, plus what spectra of its brightness leave
open, plus a constant, all over a weight that falls for stars far off (as Student's t
has it, Lange+1989): wrong labels have no say. Every component has a scale of its own,
that those which say nothing of the label count for less (MacKay 1994), drawn to one by
`EACH`: there are few stars. Hyperparameters are those of maximum posterior of some of
the stars.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mdwarfs.statistics import MAD_TO_SIGMA

SOME = 350  # stars that hyperparameters are sought with
TAILS = (2.0, 5.0)  # degrees of freedom of Student's t, to choose from
ROUNDS = 4  # of weights and hyperparameters by turns
BEGIN = np.array([np.log(0.02), -0.5, -2.5, -1.0, 0.0])
"""Logarithms, to begin with: 1 / squared length, variances of smooth and linear part
and of the noise, and the share of what the spectrum leaves open."""
LOOSE = 2.0  # standard deviation of the logarithms about it, a priori
EACH = 0.3  # the same of the logarithms of the scales of components about zero
STEEP = 10.0
"""Curvature of the misfit along the first of these, in that of the prior, to begin the
search with; along the scales of components it is the prior's."""
CLOSE = 0.03  # slope of the misfit in units of the prior at which a search ends
WEIGHINGS = 3  # of all stars
NARROWEST = 0.3
"""Least robust standard deviation of the quantity, in its standard deviation: where
most values are alike, the others are not outliers."""
JITTER = 1e-8  # variance of standardised labels that keeps the covariance positive
IMPOSSIBLE = 1e10  # misfit where the covariance has no root all the same
FARTHEST = 50.0  # logarithms beyond which a step of the search is not believed
BLOCK = 64  # rows that LAPACK inverts at once: its products are faster than its loops


@dataclass(frozen=True)
class Regression:
    """A trained regression of one quantity.

    Attributes
    ----------
    inputs : shape (n, k)
        Components of the training stars.
    coefficients : shape (n,)
    variance : shape (n,)
        Of the training stars about the function, in units of `size` squared, with their
        weights.
    hyper : shape (5 + k,)
        See `BEGIN`; then the logarithms of the scales of the components.
    level, size
        What the quantity is measured from, and in units of.
    """

    inputs: np.ndarray
    coefficients: np.ndarray
    variance: np.ndarray
    hyper: np.ndarray
    level: float
    size: float

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
    ) -> tuple[Regression, tuple[np.ndarray, np.ndarray]]:
        """Train.

        Parameters
        ----------
        inputs : shape (n, k)
        quantity : shape (n,)
        error : shape (n,)
            Its known error.
        unsure : shape (n,)
            Variance that the noise of the star's spectrum leaves, up to a factor.
        level
            What the function is far from all training stars.
        seed
            Of the choice of `SOME` stars.
        star : int, shape (n,)
            Number of the star of each row, see
            `mdwarfs.hybrid.training_set.same_star`; None: every row is another.
        unseen : shape (n, k)
            Where the stars are by components that have not seen them; None: `inputs`.

        Returns
        -------
        regression
        held_out
            As `predict` has it: the quantity of each training star by the regression
            without it, at its `unseen` place, and the variance of the true quantity
            about that.
        """
        unseen = inputs if unseen is None else unseen
        star = np.arange(len(quantity)) if star is None else star
        y = quantity - level
        size = max(MAD_TO_SIGMA * np.median(np.abs(y)), NARROWEST * y.std(), 1e-12)
        noise = np.stack([np.ones(len(y)), unsure / size**2, (error / size) ** 2])
        some = np.random.default_rng([seed, len(y)]).permutation(len(y))
        first = np.unique(star[some], return_index=True)[1]
        some = some[np.sort(first)][:SOME]  # of each star one
        hyper, tail = _choose(y[some] / size, inputs[some], noise[:, some])
        covariance = _covariance(hyper, inputs, inputs)
        # Rows of one star have their label and its error in common: they count as one.
        own = _noise(hyper, noise) * np.bincount(star)[star]
        several, weight = _several(star), np.ones(len(y))
        for _ in range(WEIGHINGS):
            *_, apart, rest = _alone(y / size, covariance, own / weight, several)
            weight = _weights(apart, rest, own, weight, tail)
        own = own / weight
        root, pull, *_ = _alone(y / size, covariance, own)
        one = cls(inputs, pull, own, hyper, float(level), float(size))
        mean, variance = _without(hyper, inputs, root, pull, unseen, several)
        variance += np.exp(hyper[3]) + np.exp(hyper[4]) * noise[1]
        return one, (level + mean * size, variance * size**2)

    @cached_property
    def inverse_root(self) -> np.ndarray:
        """Of the covariance of the training stars: its inverse is the square of this.

        Of single precision, which the variance of a label needs no more than; lower
        triangle, shape (n, n).
        """
        covariance = _covariance(self.hyper, self.inputs, self.inputs)
        root = inverse_root(covariance, self.variance)
        return np.asarray(root, np.float32, order="F")

    def predict(
        self, inputs: np.ndarray, unsure: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """The quantity of stars, and its variance.

        Parameters
        ----------
        inputs : shape (m, k)
        unsure : shape (m,)

        Returns
        -------
        mean, variance : shape (m,)
        """
        from scipy.linalg.blas import strmm

        cross = _covariance(self.hyper, inputs, self.inputs)
        square = (_scaled(self.hyper, inputs) ** 2).sum(axis=1)
        own = np.exp(self.hyper[1]) + np.exp(self.hyper[2]) * square
        known = strmm(1.0, self.inverse_root, cross.T.astype(np.float32), lower=1)
        own = own - (known**2).sum(axis=0)
        noise = np.exp(self.hyper[3]) * self.size**2 + np.exp(self.hyper[4]) * unsure
        mean = cross @ self.coefficients * self.size + self.level
        return mean, np.maximum(own, 0) * self.size**2 + noise


def _scaled(hyper, inputs):
    """Inputs in their scales."""
    return inputs * np.exp(hyper[len(BEGIN) :])


def _parts(hyper, a, b):
    """Covariances of the smooth and of the linear part at two sets of scaled inputs,
    shape (m, n) each.

    The logarithm of the smooth one is a product of matrices, too: a squared distance is
    one of vectors that have the squared lengths as two more components.
    """
    short = np.exp(hyper[0])
    root = np.sqrt(2 * short)
    lengths = (short * (x**2).sum(axis=1) for x in (a, b))
    of_a, of_b = (x[:, None] for x in lengths)
    left = np.hstack([root * a, hyper[1] - of_a, np.ones_like(of_a)])
    right = np.hstack([root * b, np.ones_like(of_b), -of_b])
    smooth = left @ right.T
    np.minimum(smooth, hyper[1], out=smooth)  # no distance is negative by rounding
    np.exp(smooth, out=smooth)
    return smooth, (np.exp(hyper[2]) * a) @ b.T


def _covariance(hyper, a, b):
    """Of the function at two sets of inputs, shape (m, n)."""
    smooth, linear = _parts(hyper, _scaled(hyper, a), _scaled(hyper, b))
    smooth += linear
    return smooth


def _noise(hyper, noise):
    """Variance of each training star about the function, before its weight."""
    return np.exp(hyper[3]) * noise[0] + np.exp(hyper[4]) * noise[1] + noise[2] + JITTER


def inverse_root(covariance: np.ndarray, variance: np.ndarray | float) -> np.ndarray:
    """Inverse of the lower triangular root of a covariance with a diagonal added.

    Parameters
    ----------
    covariance : shape (n, n)
    variance : shape (n,)

    Returns
    -------
    root : shape (n, n)
        root.T @ root is the inverse of the sum.

    Raises
    ------
    numpy.linalg.LinAlgError
        If this is not positive.
    """
    from scipy.linalg import lapack

    # In the order of LAPACK; the matrix is symmetric.
    total = covariance.T.copy(order="F")
    total[np.diag_indices(len(total))] += variance
    root, failed = lapack.dpotrf(total, lower=1, overwrite_a=1)
    if failed:
        raise np.linalg.LinAlgError("the covariance of the stars is not positive")
    return _inverted(root)


def _inverted(root):
    """Inverse of a lower triangular matrix, in its place."""
    from scipy.linalg import blas, lapack

    half = len(root) // 2
    if len(root) <= BLOCK:
        root[:] = lapack.dtrtri(root, lower=1)[0]
    else:
        first, last = _inverted(root[:half, :half]), _inverted(root[half:, half:])
        below = blas.dtrmm(-1.0, last, root[half:, :half], lower=1)
        root[half:, :half] = blas.dtrmm(1.0, first, below, side=1, lower=1)
    return root


def _choose(y, inputs, noise):
    """Hyperparameters and degrees of freedom with which stars are best predicted.

    Sought with many degrees of freedom, and from there with fewer.
    """
    numbers = len(BEGIN), inputs.shape[1]
    hyper, weight, found = np.append(BEGIN, np.zeros(numbers[1])), np.ones(len(y)), []
    inverse = np.diag(np.repeat([1 / STEEP, 1.0], numbers))
    for tail in sorted(TAILS, reverse=True):
        begin = hyper, weight, inverse
        hyper, weight, inverse, misfit = _tune(y, inputs, noise, tail, *begin)
        found.append((misfit, tail, hyper))
    _, tail, hyper = min(found, key=lambda one: one[0])
    return hyper, tail


def _tune(y, inputs, noise, tail, hyper, weight, inverse):
    """Hyperparameters and weights by turns, the inverse curvature of the misfit, and
    how badly stars are predicted.

    A search learns the curvature on its way, and passes it on to the next one.
    """
    from scipy.linalg import blas, lapack
    from scipy.optimize import minimize

    numbers, diagonal = (len(BEGIN), inputs.shape[1]), np.diag_indices(len(y))
    middle, loose = (
        np.append(BEGIN, np.zeros(numbers[1])),
        np.repeat([LOOSE, EACH], numbers),
    )

    def misfit(unit):
        hyper = middle + loose * unit
        if np.abs(hyper).max() > FARTHEST:
            return IMPOSSIBLE, np.zeros(len(hyper))
        scaled = _scaled(hyper, inputs)
        smooth, total = _parts(hyper, scaled, scaled)
        total += smooth
        total[diagonal] += _noise(hyper, noise) / weight
        # LAPACK sees the transpose of NumPy's rows: its lower triangle is our upper.
        root, failed = lapack.dpotrf(total.T, lower=1, overwrite_a=1)
        if failed:
            return IMPOSSIBLE, np.zeros(len(hyper))
        logarithm = np.log(root[diagonal]).sum()
        inverse = lapack.dlauum(_inverted(root), lower=1, overwrite_c=1)[0]
        pull = blas.dsymv(1.0, inverse, y, lower=1)
        # Half of a sum over all pairs is that over one triangle, its diagonal halved.
        inverse = blas.dsyr(-1.0, pull, a=inverse, lower=1, overwrite_a=1)
        inverse[diagonal] /= 2
        slope = inverse.T
        part = np.multiply(slope, smooth, out=smooth)
        # What squared distances and products have from each component.
        rows = part.sum(axis=0) + part.sum(axis=1)
        apart = rows @ scaled**2 - 2 * (scaled * (part @ scaled)).sum(axis=0)
        along = (scaled * (slope @ scaled)).sum(axis=0)
        own = slope[diagonal] / weight
        short, straight = np.exp(hyper[[0, 2]])
        gradient = np.array([
            -short * apart.sum(),
            rows.sum() / 2,
            straight * along.sum(),
            np.exp(hyper[3]) * (own * noise[0]).sum(),
            np.exp(hyper[4]) * (own * noise[1]).sum(),
            *2 * (straight * along - short * apart),
        ])  # fmt: skip
        value = 0.5 * y @ pull + logarithm + 0.5 * unit @ unit
        return value, gradient * loose + unit

    for _ in range(ROUNDS):
        options = {"gtol": CLOSE, "norm": 2, "hess_inv0": (inverse + inverse.T) / 2}
        begin = (hyper - middle) / loose
        found = minimize(misfit, begin, jac=True, method="BFGS", options=options)
        hyper, inverse = middle + loose * found.x, found.hess_inv
        covariance, variance = _covariance(hyper, inputs, inputs), _noise(hyper, noise)
        *_, apart, rest = _alone(y, covariance, variance / weight)
        weight = _weights(apart, rest, variance, weight, tail)
    apart = np.abs(_alone(y, covariance, variance / weight)[2])
    core = MAD_TO_SIGMA * np.median(apart)
    # The core and, cut, the wings: neither alone is what a user wants small.
    wings = np.sqrt(np.mean(np.minimum(apart, 3 * core) ** 2))
    return hyper, weight, inverse, core + wings


def _alone(y, covariance, variance, several=()):
    """The inverse root of the covariance, its square times y, y less what the other
    stars say of it, and the variance of this. `several`: rows of one star each."""
    root = inverse_root(covariance, variance)
    pull, rest = root.T @ (root @ y), 1 / (root**2).sum(axis=0)
    apart = pull * rest
    for rows in several:
        without = np.linalg.inv(root[:, rows].T @ root[:, rows])
        apart[rows], rest[rows] = without @ pull[rows], np.diag(without)
    return root, pull, apart, rest


def _weights(apart, rest, variance, weight, tail):
    """Weights of stars from what `_alone` says of them with the present weights."""
    alone = rest - variance / weight + variance
    return (tail + 1) / (tail + apart**2 / alone)


def _without(hyper, inputs, root, pull, places, several):
    """Mean and variance of the function at places of the stars by all stars but the
    one of each.

    `root` and `pull` are of all stars. What is left of an inverse covariance without
    some rows is that of the others.
    """
    from scipy.linalg.blas import dtrmm

    cross = _covariance(hyper, places, inputs)
    known = dtrmm(1.0, root, cross.T, lower=1)
    mean, taken = cross @ pull, (known**2).sum(axis=0)
    reach = (root * known).sum(axis=0)
    own = (root**2).sum(axis=0)
    less, back = reach * pull / own, reach**2 / own
    for rows in several:
        inverse = np.linalg.inv(root[:, rows].T @ root[:, rows])
        reach = root[:, rows].T @ known[:, rows]
        less[rows] = reach.T @ inverse @ pull[rows]
        back[rows] = (reach * (inverse @ reach)).sum(axis=0)
    square = (_scaled(hyper, places) ** 2).sum(axis=1)
    prior = np.exp(hyper[1]) + np.exp(hyper[2]) * square
    return mean - less, np.maximum(prior - taken + back, 0)


def _several(star):
    """Rows of each star that has more than one."""
    order = np.argsort(star, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(star[order])) + 1)
    return [rows for rows in parts if len(rows) > 1]
