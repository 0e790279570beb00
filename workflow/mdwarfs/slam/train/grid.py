"""The grid of hyperparameters, and fits of pixels at one of its points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from astropy.table import Table

from mdwarfs.slam.kernel import Gram
from mdwarfs.slam.train import exact, splitting


@dataclass(frozen=True)
class Grid:
    """Values of the three hyperparameters, with what is shared by all pixels.

    Attributes
    ----------
    grams
        One per gamma.
    smoothers
        (index of gamma, index of C) -> smoother of that gamma at that C's ridge.
    """

    C: np.ndarray
    epsilon: np.ndarray
    gamma: np.ndarray
    grams: list[Gram]
    smoothers: dict

    @classmethod
    def of(cls, labels: np.ndarray, values: dict[str, Sequence[float]]) -> Grid:
        """Decompose the kernels and make the smoothers.

        Parameters
        ----------
        labels : shape (n, d)
            Standardised.
        values
            Of C, epsilon and gamma.
        """
        C, epsilon, gamma = (
            np.asarray(values[name], float) for name in ("C", "epsilon", "gamma")
        )
        grams = [Gram.of(labels, width) for width in gamma]
        smoothers = {
            (g, c): gram.smoother(splitting.ridge(value)[1])
            for g, gram in enumerate(grams)
            for c, value in enumerate(C)
        }
        return cls(C, epsilon, gamma, grams, smoothers)

    def find(self, pixels: Table) -> np.ndarray:
        """Place in the grid of each pixel's hyperparameters.

        Parameters
        ----------
        pixels : p rows
            Columns `C`, `epsilon`, `gamma`: values of the grid.

        Returns
        -------
        int, shape (p, 3)
            Index of gamma, C, epsilon.

        Raises
        ------
        ValueError
            If a value is none of the grid's.
        """
        places = []
        for name in ("gamma", "C", "epsilon"):
            same = np.asarray(pixels[name])[:, None] == getattr(self, name)
            if not same.any(1).all():
                value = pixels[name][np.argmin(same.any(1))]
                raise ValueError(f"{name} = {value} is not a value of the grid")
            places.append(same.argmax(1))
        return np.stack(places, axis=1)

    def fit(
        self,
        g: int,
        c: int,
        epsilon: np.ndarray,
        y: np.ndarray,
        weight: np.ndarray,
        iterations: int,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Exact fits of p pixels that share gamma and C.

        Parameters
        ----------
        g, c
            Index of gamma and of C.
        epsilon : shape (p,)
        y : shape (n, p)
            Standardised flux; zero where the weight is.
        weight : shape (n, p)
            1 (or True) where a star takes part in a pixel, else 0.
        iterations
            Of the splitting, before each fit is finished exactly.

        Returns
        -------
        dual, b, gap, solver
            See `mdwarfs.slam.train.exact.solve`.
        """
        C = self.C[c]
        start = splitting.coefficients(
            self.smoothers[g, c], y, weight, C, epsilon, iterations
        )
        gram = self.grams[g].matrix
        return exact.solve(gram, y, weight > 0, start, C, epsilon)
