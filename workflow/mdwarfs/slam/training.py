"""Training: from labels and spectra to hyperparameters and coefficients per pixel."""

import logging
from dataclasses import dataclass

import numpy as np
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.progress import Progress
from mdwarfs.slam.crossvalidation import Grid, assign_folds, panel_width
from mdwarfs.slam.kernel import Gram
from mdwarfs.slam.parallel import ordered_map
from mdwarfs.slam.pixels import COLUMNS, SOLVERS, fit_pixels

logger = logging.getLogger(__name__)

# Pixels are solved in groups of at least this many, whatever the block and the number
# of threads, so that neither changes a bit of the result.
GROUP = 64


@dataclass(frozen=True)
class Problem:
    """What all pixels of a training have in common.

    Attributes
    ----------
    grams : list of Gram
        One per gamma of the grid.
    grid : Grid
    fold : ndarray of int, shape (n,)
    """

    grams: list
    grid: Grid
    fold: np.ndarray

    @classmethod
    def of(cls, labels, grid, folds, seed):
        """Decompose the kernels of standardised labels (n, d) and draw the folds.

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
        grams = [Gram.of(labels, gamma) for gamma in grid["gamma"]]
        fold = assign_folds(len(labels), folds, np.random.default_rng([seed, folds]))
        return cls(grams, Grid.of(grams, grid["C"], grid["epsilon"]), fold)

    @property
    def folds(self):
        """Number of folds."""
        return self.fold.max() + 1

    @property
    def group(self):
        """Pixels of a group."""
        return max(GROUP, panel_width(len(self.fold), self.folds))


def train(problem, flux, ivar, *, block, threads):
    """Fit every pixel.

    Parameters
    ----------
    problem : Problem
    flux, ivar : ndarray, shape (n, p)
        Normalised spectra of the training stars. A pixel of a star takes part where
        both are finite and `ivar` is positive.
    block : int
        Pixels between two reports of progress; rounded up to whole groups.
    threads : int

    Returns
    -------
    pixels : astropy.table.Table
        One row per pixel: see `pixels.COLUMNS`.
    dual : ndarray, shape (n, p)
        Coefficients of the kernel functions, in standardised flux.
    """
    n_pix, size = flux.shape[1], problem.group
    groups = [slice(i, min(i + size, n_pix)) for i in range(0, n_pix, size)]
    dual, rows = np.zeros(flux.shape), []
    progress = Progress(n_pix, "pixels")
    done = 0

    def fit(group):
        return fit_pixels(problem, flux[:, group], ivar[:, group])

    for group, (row, coefficients) in zip(groups, ordered_map(fit, groups, threads)):
        rows.append(row)
        dual[:, group] = coefficients
        done += group.stop - group.start
        if done >= block or group.stop == n_pix:
            progress.step(done)
            done = 0
    pixels = Table(
        {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
    )
    for name, description in COLUMNS.items():
        pixels[name].info.description = description
    report(pixels)
    return pixels, dual


def report(pixels):
    """Log how many pixels were solved in which way."""
    for solver in SOLVERS:
        count = np.count_nonzero(pixels["solver"] == solver)
        if count:
            logger.info("%d pixel(s): %s (%s)", count, solver, SOLVERS[solver])
