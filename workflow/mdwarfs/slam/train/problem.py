"""The kernels and folds that all pixels of a training share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mdwarfs.errors import InputError
from mdwarfs.slam.folds import assign_folds, contiguous_folds
from mdwarfs.slam.train.grid import Grid


@dataclass(frozen=True)
class Problem:
    """Kernels of the training stars for each value of the grid, and folds.

    Attributes
    ----------
    grid
    fold : int, shape (n,)
        To which fold of the cross-validation each training star belongs.
    """

    grid: Grid
    fold: np.ndarray

    @classmethod
    def of(
        cls,
        labels: np.ndarray,
        grid: dict[str, list[float]],
        folds: int,
        seed: int,
        fold_assignment: str = "random",
    ) -> Problem:
        """Decompose the kernels of standardised labels (n, d) and assign the folds.

        Parameters
        ----------
        labels, grid, folds, seed, fold_assignment
            As for `mdwarfs.slam.model.SupportVectors.fit`; `labels` standardised.

        Raises
        ------
        InputError
            If there are fewer stars than folds, or fewer than two folds.
        """
        if not 2 <= folds <= len(labels):
            raise InputError(
                f"{folds}-fold cross-validation needs at least that many training "
                f"stars and two folds; there are {len(labels)} star(s)"
            )
        if fold_assignment == "contiguous":
            fold = contiguous_folds(len(labels), folds)
        elif fold_assignment == "random":
            rng = np.random.default_rng([seed, folds])
            fold = assign_folds(len(labels), folds, rng)
        else:
            raise ValueError(f"fold_assignment: {fold_assignment!r} is not known")
        return cls(Grid.of(labels, grid), fold)

    @property
    def folds(self) -> int:
        """Number of folds."""
        return int(self.fold.max()) + 1
