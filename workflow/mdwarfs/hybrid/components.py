"""Spectra as a few components: factor analysis in which every pixel has its own noise.

    flux = mean + sum_k z_k basis_k + noise,    z ~ N(0, 1),
    noise ~ N(0, 1 / ivar + excess).

Fitted by expectation and maximisation (Rubin & Thayer 1982; with the noise of each
pixel of each star known, Bailey 2012). The components of a star are the mean of their
posterior: those of a faint one are drawn to zero as far as its noise demands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mdwarfs.hybrid.noise import (
    excess_variance,
    largest_difference,
    mean_flux,
    middle,
    products,
    weights,
    whole,
)
from mdwarfs.run.parallel import in_threads, joined, slices

STEPS = 1.0, *[1.8] * 5, 1.0
"""Length of the step of mean and basis in each round of expectation and maximisation.
Plain steps, of length 1, are short where spectra say little. Longer ones, below 2, lead
to the same end sooner (Salakhutdinov & Roweis 2003): these seven rounds go as far as
eleven. The last is plain, to damp what was overshot where spectra say much."""
STEPS_HELD_OUT = (1.2,)
"""The same, from these components on, without a fifth of the stars. After this step the
chi-square of the fifth is within 0.5 % in the median of what many rounds give, and 4 to
6 % smaller before it. More rounds would turn the components from those of all."""
FOLDS = 5
OUTLIER = 6.0  # standard deviations beyond which a pixel of a star is left out
CUTS = 15  # times that pixels of a star are left out, if it has spikes of many heights
TOGETHER = 128  # stars, or pixels, whose matrices are in memory together


@dataclass(frozen=True)
class Places:
    """Where stars are among the components.

    Attributes
    ----------
    mean : shape (m, k)
    chi2 : shape (m,)
        Of the spectrum about the components.
    n_good, n_outliers : int, shape (m,)
        Pixels with a weight, and those of them that the fit went without.
    """

    mean: np.ndarray
    chi2: np.ndarray
    n_good: np.ndarray
    n_outliers: np.ndarray

    def freedom(self, number: int) -> np.ndarray:
        """Degrees of freedom about so many components, shape (m,); never below 0."""
        return np.maximum(self.n_good - self.n_outliers - number, 0)


@dataclass(frozen=True)
class Components:
    """A mean spectrum and how spectra differ from it.

    Attributes
    ----------
    mean : shape (p,)
    basis : shape (k, p)
        The first is the greatest, in units of the noise.
    excess : shape (p,)
        Variance of each pixel beyond its noise.
    """

    mean: np.ndarray
    basis: np.ndarray
    excess: np.ndarray

    @classmethod
    def fit(
        cls, flux: np.ndarray, ivar: np.ndarray, number: int, threads: int = 1
    ) -> Components:
        """Find the components of training spectra.

        Parameters
        ----------
        flux, ivar : shape (n, p)
            Clean, see `mdwarfs.hybrid.noise`.
        number
            Of components, below n and p.
        threads
            The components do not depend on it.
        """
        mean = mean_flux(flux, ivar)
        basis = _start(flux - mean, ivar, number)
        one = cls(mean, basis, np.zeros(len(mean)))
        one = one.refit(flux, ivar, STEPS, threads)
        return replace(one, basis=_ordered(one.basis, ivar, one.excess))

    def refit(
        self,
        flux: np.ndarray,
        ivar: np.ndarray,
        steps: Sequence[float],
        threads: int = 1,
    ) -> Components:
        """The components of such spectra, sought from these ones on.

        Parameters
        ----------
        flux, ivar : shape (n, p)
            Clean.
        steps
            See `STEPS`.
        threads
            The components do not depend on it.
        """
        mean, basis, excess = self.mean, self.basis, self.excess
        stars, pixels = (slices(size, TOGETHER) for size in flux.shape)
        with np.errstate(divide="ignore"):
            noise = 1 / ivar
        weight, offset = np.empty_like(flux), np.empty_like(flux)
        for step in steps:
            pairs = products(basis)

            def expect(own, mean=mean, basis=basis, excess=excess, pairs=pairs):
                np.subtract(flux[own], mean, out=offset[own])
                np.divide(1, noise[own] + excess, out=weight[own])
                return _posterior(basis, pairs, weight[own], offset[own])

            place, spread = zip(*in_threads(expect, stars, threads))
            place, spread = np.concatenate(place), np.concatenate(spread)
            one, other = np.triu_indices(len(basis))
            spread = spread[:, one, other]
            moments = spread + place[:, one] * place[:, other]
            # What the uncertainty of places adds to squares has each pair twice.
            spread *= np.where(one == other, 1.0, 2.0)
            known = place, moments, spread

            def maximise(own, known=known, excess=excess):
                return _maximise(weight[:, own], offset[:, own], *known, excess[own])

            found = zip(*in_threads(maximise, pixels, threads))
            to_mean, to_basis, excess = (np.concatenate(x, axis=-1) for x in found)
            mean, basis = mean + step * to_mean, basis + step * (to_basis - basis)
        return Components(mean, basis, excess)

    def place(self, flux: np.ndarray, ivar: np.ndarray) -> tuple[Places, np.ndarray]:
        """Where stars are among the components, without pixels that are far off.

        Parameters
        ----------
        flux, ivar : shape (m, p)
            Clean.

        Returns
        -------
        places
        ivar : shape (m, p)
            The same with zeros at the pixels that are far off.
        """
        blocks = slices(len(flux), TOGETHER)
        found = [self._place(flux[b], ivar[b]) for b in blocks]
        places, kept = zip(*found)
        return joined(places), np.where(np.concatenate(kept), ivar, 0.0)

    def _place(self, flux, ivar):
        """Places of one block, and which pixels are kept."""
        weight, offset = weights(ivar, self.excess), flux - self.mean
        n_good, pairs = (weight > 0).sum(axis=1), products(self.basis)
        place = _posterior(self.basis, pairs, weight, offset)[0]
        rest = offset - place @ self.basis
        for _ in range(CUTS):
            # The farthest first: they have drawn the components, and so others, off.
            square = weight * rest**2
            bar = np.maximum(square.max(axis=1, initial=0) / 4, OUTLIER**2)
            far = square > bar[:, None]
            bad = np.flatnonzero(far.any(axis=1))
            if not len(bad):
                break
            weight[far] = 0
            place[bad] = _posterior(self.basis, pairs, weight[bad], offset[bad])[0]
            rest[bad] = offset[bad] - place[bad] @ self.basis
        chi2 = np.einsum("np,np,np->n", weight, rest, rest)
        kept = weight > 0
        return Places(place, chi2, n_good, n_good - kept.sum(axis=1)), kept

    def spectra(self, place: np.ndarray) -> np.ndarray:
        """Spectra at these places.

        Parameters
        ----------
        place : shape (m, k)

        Returns
        -------
        shape (m, p)
        """
        return self.mean + place @ self.basis


def _start(offset, ivar, number):
    """Principal components, in units of the noise, to begin with, shape (k, p).

    Spikes are cut, and faint stars count for less: both would be the first components.
    """
    from scipy.linalg import eigh

    good = ivar > 0
    has = good.any(axis=1)
    good, offset = good[has], offset[has]
    root = np.sqrt(np.where(good, ivar[has], 0))
    typical = np.sqrt(middle(root**2, good))
    row = np.minimum(1, typical / np.median(typical)) / typical
    unit = offset * root * row[:, None]
    most = largest_difference(unit, good)
    unit = np.clip(unit, -most, most)
    pixel = np.nan_to_num(middle(root.T, good.T)) + 1e-12
    unit *= pixel / pixel.max()
    # Of the products of stars: a singular-value decomposition takes ten times as long.
    last = len(unit) - 1
    _, left = eigh(unit @ unit.T, subset_by_index=(last + 1 - number, last))
    right = (left.T @ unit)[::-1]  # singular values times right vectors
    scale = pixel.max() / pixel / np.sqrt(len(offset))
    return right * np.minimum(scale, scale.min() * 1e3)


def _posterior(basis, pairs, weight, offset):
    """Mean (n, k) and covariance (n, k, k) of the components of stars.

    `pairs` are the products of the basis.
    """
    k = len(basis)
    information = whole(weight @ pairs.T, k) + np.eye(k)
    spread = np.linalg.inv(information)
    towards = (weight * offset) @ basis.T
    return (spread @ towards[:, :, None])[:, :, 0], spread


def _maximise(weight, offset, place, moments, spread, excess):
    """What suits the posteriors of all stars: what is to be added to the mean (p,), a
    basis (k, p), and the excess (p,).

    `moments` has the upper triangles of the mean squares of the components, `spread`
    those of their covariances, what is not on the diagonal twice.
    """
    k = place.shape[1]
    normal = whole(weight.T @ moments, k)
    size = np.trace(normal, axis1=1, axis2=2)
    normal += (1e-9 * size + 1e-300)[:, None, None] * np.eye(k)
    towards = (weight * offset).T @ place
    basis = np.linalg.solve(normal, towards[:, :, None])[:, :, 0].T
    rest = offset - place @ basis
    step = np.einsum("np,np->p", weight, rest)
    step /= np.maximum(weight.sum(axis=0), np.finfo(float).tiny)
    squares = spread @ products(basis)
    squares += (rest - step) ** 2
    return step, basis, excess_variance(squares, weight, excess)


def _ordered(basis, ivar, excess):
    """The same components turned, the greatest first and of definite sign."""
    weight = np.median(weights(ivar, excess), axis=0)
    turn, _, right = np.linalg.svd(basis * np.sqrt(weight), full_matrices=False)
    basis = turn.T @ basis
    largest = np.abs(right).argmax(axis=1)
    return basis * np.sign(right[np.arange(len(right)), largest])[:, None]
