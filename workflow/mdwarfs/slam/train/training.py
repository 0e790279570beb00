"""Training: from labels and spectra to hyperparameters and coefficients per pixel."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np
from astropy.table import Table

from mdwarfs.run.parallel import in_threads
from mdwarfs.run.progress import Progress
from mdwarfs.slam.pixel_columns import COLUMNS, SOLVERS
from mdwarfs.slam.train.crossvalidation import panel_width
from mdwarfs.slam.train.grid import Grid
from mdwarfs.slam.train.pixels import fit_pixels, refit_pixels
from mdwarfs.slam.train.problem import Problem

logger = logging.getLogger(__name__)

# Pixels are solved in groups of at least this many, whatever the block and the number
# of threads, so that neither changes a bit of the result.
GROUP = 64


def group_size(stars: int, folds: int) -> int:
    """Pixels of a group, for a number of stars and of folds."""
    return max(GROUP, panel_width(stars, folds))


def train(
    problem: Problem, flux: np.ndarray, ivar: np.ndarray, *, block: int, threads: int
) -> tuple[Table, np.ndarray]:
    """Fit every pixel.

    Parameters
    ----------
    flux, ivar : shape (n, p)
        Normalised spectra of the training stars. A pixel of a star takes part where
        both are finite and `ivar` is positive.
    block
        Pixels between two reports of progress; rounded up to whole groups.

    Returns
    -------
    pixels
        One row per pixel: see `mdwarfs.slam.pixel_columns`.
    dual : shape (n, p)
        Coefficients of the kernel functions, in standardised flux.
    """
    n_pix, size = flux.shape[1], group_size(len(flux), problem.folds)
    groups = [slice(i, min(i + size, n_pix)) for i in range(0, n_pix, size)]
    dual, rows = np.zeros(flux.shape), []
    progress = Progress(n_pix, "pixels")
    done = 0

    def fit(group):
        return fit_pixels(problem, flux[:, group], ivar[:, group])

    for group, (row, coefficients) in zip(groups, in_threads(fit, groups, threads)):
        rows.append(row)
        dual[:, group] = coefficients
        done += group.stop - group.start
        if done >= block or group.stop == n_pix:
            progress.step(done)
            done = 0
    return as_table(rows), dual


def retrain(
    grid: Grid, flux: np.ndarray, ivar: np.ndarray, chosen: Table, *, threads: int
) -> tuple[Table, np.ndarray]:
    """Fit every pixel with hyperparameters that have been chosen before.

    Parameters
    ----------
    grid
        Of the labels that are fitted to.
    flux, ivar : shape (n, p)
        As for `train`.
    chosen
        What `train` returned.

    Returns
    -------
    pixels
    dual : shape (n, p)
        As of `train`.
    """
    # Pixels that share a smoother go together: one product for all of them.
    order = np.lexsort([chosen["C"], chosen["gamma"]])
    groups = [order[i : i + GROUP] for i in range(0, len(order), GROUP)]
    dual, rows = np.zeros(flux.shape), []

    def fit(group):
        return refit_pixels(grid, flux[:, group], ivar[:, group], chosen[group])

    for group, (row, coefficients) in zip(groups, in_threads(fit, groups, threads)):
        rows.append(row)
        dual[:, group] = coefficients
    return as_table(rows)[np.argsort(order)], dual


def as_table(rows: Sequence[dict[str, np.ndarray]]) -> Table:
    """One table of the columns of all groups, with their descriptions."""
    pixels = Table(
        {name: np.concatenate([row[name] for row in rows]) for name in COLUMNS}
    )
    for name, description in COLUMNS.items():
        pixels[name].info.description = description
    return pixels


def report(pixels: Table, grid: dict[str, list[float]]) -> None:
    """Log how the pixels were solved, and how many chose values at the grid's edges.

    Parameters
    ----------
    grid
        Values of C, epsilon and gamma.
    """
    for solver in SOLVERS:
        count = np.count_nonzero(pixels["solver"] == solver)
        if count:
            logger.info("%d pixel(s): %s (%s)", count, solver, SOLVERS[solver])
    chosen = pixels[np.isfinite(pixels["gamma"])]
    for name, values in grid.items():
        if len(values) > 1 and len(chosen):
            low, high = min(values), max(values)
            logger.info(
                "%s: %.1f %% of the pixels chose the least value of the grid, %g, and "
                "%.1f %% the greatest, %g",
                name,
                100 * np.mean(chosen[name] == low),
                low,
                100 * np.mean(chosen[name] == high),
                high,
            )
