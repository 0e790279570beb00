"""Where the search for labels starts: the best of model spectra over the domain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# The starts of a star are chosen among so many model spectra of least chi-square.
FOREMOST = 256


@dataclass(frozen=True)
class Templates:
    """Model spectra, prepared for a comparison with many stars.

    Attributes
    ----------
    mean : float32, shape (p,)
    offset, square : float32, shape (m, p)
        Model spectra minus their mean, and the square of that.
    low, high : float32, shape (p,)
        The least and the greatest flux of all model spectra.
    """

    mean: np.ndarray
    offset: np.ndarray
    square: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @classmethod
    def of(cls, spectra: np.ndarray) -> Templates:
        """Prepare model spectra, shape (m, p)."""
        mean = spectra.mean(0)
        offset = spectra - mean
        return cls(mean, offset, offset**2, spectra.min(0), spectra.max(0))

    def chi2(self, flux: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Chi-square of every star against every model spectrum, but for rounding.

        The mean model spectrum is subtracted first, so that float32 is enough.

        Parameters
        ----------
        flux, weight : float32, shape (s, p)

        Returns
        -------
        shape (s, m)
        """
        observed = flux - self.mean
        cross = (weight * observed) @ self.offset.T
        chi2 = (weight @ self.square.T - 2 * cross).astype(float)
        return chi2 + (weight * observed**2).sum(1, dtype=float)[:, None]

    def residual(
        self, flux: float | np.floating, pixel: int | np.integer
    ) -> np.ndarray:
        """Observed flux in one pixel minus the flux there of each model, shape (m,)."""
        return flux - self.mean[pixel] - self.offset[:, pixel]


@dataclass(frozen=True)
class Starts:
    """Places in the domain and their model spectra.

    Attributes
    ----------
    places : shape (m, d)
        Principal coordinates.
    """

    places: np.ndarray
    templates: Templates

    @classmethod
    def of(cls, places: np.ndarray, spectra: np.ndarray) -> Starts:
        """Prepare places (m, d) and their model spectra (m, p)."""
        return cls(places, Templates.of(spectra))

    def choose(
        self, cost: np.ndarray, apart: float, most: int, close: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """The best starts of each star that are not near a better one.

        Parameters
        ----------
        cost : shape (s, m)
        apart
            Least distance between two starts of a star.
        most
            Largest number of starts of a star.
        close
            Largest excess of a start's cost over the least.

        Returns
        -------
        star, start : int, shape (k,)
            The stars, ascending, and the numbers of their starts, the best first.
        """
        few = min(FOREMOST, cost.shape[1])
        foremost = np.argpartition(cost, few - 1, axis=1)[:, :few]
        cost = np.take_along_axis(cost, foremost, axis=1)
        places = self.places[foremost]
        limit = cost.min(1) + close
        star, pairs = np.arange(len(cost)), []
        for _ in range(most):
            first = cost[star].argmin(1)
            fine = cost[star, first] <= limit[star]
            star, first = star[fine], first[fine]
            pairs.append((star, foremost[star, first]))
            step = places[star] - places[star, first][:, None]
            near = np.einsum("smd,smd->sm", step, step) <= apart**2
            cost[star] = np.where(near, np.inf, cost[star])
        star, start = np.concatenate(pairs, axis=1)
        order = np.argsort(star, kind="stable")
        return star[order], start[order]
