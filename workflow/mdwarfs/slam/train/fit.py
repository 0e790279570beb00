"""Training a SLAM, and training it anew with what it has chosen."""

from dataclasses import replace

import numpy as np

from mdwarfs.slam.model import Slam
from mdwarfs.slam.parallel import one_blas_thread
from mdwarfs.slam.standardise import LabelScale
from mdwarfs.slam.train.crossvalidation import Grid
from mdwarfs.slam.train.problem import Problem, retrain, train


@one_blas_thread
def fit(
    labels,
    flux,
    ivar,
    *,
    label_names,
    wavelength,
    grid,
    folds,
    seed,
    block,
    threads,
    source_id=None,
    normalisation=None,
    fold_assignment="random",
):
    """Train a model.

    Parameters
    ----------
    labels : ndarray, shape (n, d)
        Labels of the training stars.
    flux, ivar : ndarray, shape (n, p)
        Their normalised spectra. A pixel of a star takes part where both are finite
        and `ivar` is positive.
    label_names : sequence of str, length d
    wavelength : ndarray, shape (p,)
        [Angstrom]
    grid : dict of str to sequence of float
        Values of C, epsilon and gamma to choose from, pixel by pixel. Their meaning
        is that of scikit-learn's SVR, for standardised labels and flux.
    folds : int
        Of the cross-validation that chooses.
    seed : int
        Of the random assignment of stars to folds.
    block : int
        Pixels between two reports of progress.
    threads : int
    source_id : ndarray of int, shape (n,), optional
        Identifiers of the training stars, for the record.
    normalisation : dict, optional
        How the spectra were prepared, for the record.
    fold_assignment : {"random", "contiguous"}
        How stars are assigned to folds; contiguous: in their order, as Astra did.

    Returns
    -------
    Slam
        The same for any `block` and any `threads`.

    Raises
    ------
    InputError
        If a label is missing or the same for all stars, or if there are fewer stars
        than folds.
    """
    labels, flux, ivar = checked(labels, flux, ivar, wavelength)
    scale = LabelScale.of(labels, label_names)
    problem = Problem.of(scale.forward(labels), grid, folds, seed, fold_assignment)
    pixels, dual = train(problem, flux, ivar, block=block, threads=threads)
    return Slam(
        label_names=tuple(label_names),
        labels=labels,
        source_id=identifiers(source_id, labels),
        wavelength=np.asarray(wavelength, float),
        pixels=pixels,
        dual=dual,
        grid={
            name: [float(v) for v in grid[name]] for name in ("C", "epsilon", "gamma")
        },
        normalisation=dict(normalisation or {}),
    )


@one_blas_thread
def refit(slam, labels, flux, ivar, *, threads, source_id=None):
    """Fit the same pixels to other labels or stars, without choosing anew.

    Every pixel keeps its C, epsilon and gamma, and what cross-validation found
    with them: `variance` and the columns `cv_*`.

    Parameters
    ----------
    slam : mdwarfs.slam.model.Slam
    labels : ndarray, shape (n, d)
    flux, ivar : ndarray, shape (n, p)
        Of any number of stars, as for `fit`.
    threads : int
    source_id : ndarray of int, shape (n,), optional

    Returns
    -------
    Slam

    Raises
    ------
    InputError
        If a label is missing or the same for all stars.
    """
    labels, flux, ivar = checked(labels, flux, ivar, slam.wavelength)
    scale = LabelScale.of(labels, slam.label_names)
    grid = Grid.of(scale.forward(labels), slam.grid)
    pixels, dual = retrain(grid, flux, ivar, slam.pixels, threads=threads)
    return replace(
        slam,
        labels=labels,
        source_id=identifiers(source_id, labels),
        pixels=pixels,
        dual=dual,
    )


def checked(labels, flux, ivar, wavelength):
    """Labels, flux and ivar as arrays whose shapes belong together.

    Raises
    ------
    ValueError
        If they do not.
    """
    labels = np.asarray(labels, float)
    flux, ivar = np.asarray(flux), np.asarray(ivar)
    shape = len(labels), len(wavelength)
    if flux.shape != shape or ivar.shape != shape:
        raise ValueError(f"flux {flux.shape} and ivar {ivar.shape} are not {shape}")
    return labels, flux, ivar


def identifiers(source_id, labels):
    """Those given, or zeros, one per star."""
    return np.zeros(len(labels), int) if source_id is None else np.asarray(source_id)
