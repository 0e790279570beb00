"""What training gives, whatever is trained: the protocol of a regressor.

A regressor is a way to learn the flux of every pixel as a function of the labels: the
support-vector regression of SLAM (`mdwarfs.slam.model.Slam`), or another in its place.
It is one class, entered in `mdwarfs.slam.regressors`. All that trains, reads models,
predicts and diagnoses asks a model these questions and no others.
"""

import logging
from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple

import numpy as np

logger = logging.getLogger(__name__)


class Hyperparameter(NamedTuple):
    """What every pixel chose among some values before its regression was fitted.

    Attributes
    ----------
    name : str
        Of a column.
    symbol : str
        As matplotlib writes it.
    description : str
    values : sequence of float
        Those to choose from; positive.
    chosen : ndarray, shape (p,)
        NaN where training could say nothing.
    """

    name: str
    symbol: str
    description: str
    values: tuple
    chosen: np.ndarray


class TrainedModel(ABC):
    """One regression from labels to flux per pixel, as training has left it.

    Attributes
    ----------
    regressor : str
        Name of the regressor: `slam.regressor` in the configuration.
    settings : tuple of str
        Keys of the configuration's section `slam` that it is trained with; `fit` takes
        them as keyword arguments.
    label_names : tuple of str, length d
    labels : ndarray, shape (n, d)
        Of the training stars.
    source_id : ndarray of int, shape (n,)
        Of the training stars; zero where unknown.
    wavelength : ndarray, shape (p,)
        In vacuum, rest frame [Angstrom].
    normalisation : dict
        How the training spectra were prepared (the configuration's section), for
        those who prepare other spectra likewise; empty if not recorded.
    cv_mse : ndarray, shape (p,)
        Cross-validated mean squared error of the flux; NaN where there is none.
    """

    regressor: ClassVar[str]
    settings: ClassVar[tuple] = ()

    @classmethod
    @abstractmethod
    def fit(
        cls,
        labels,
        flux,
        ivar,
        *,
        label_names,
        wavelength,
        seed,
        threads,
        source_id=None,
        normalisation=None,
        **settings,
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
        seed : int
            Of all that is random.
        threads : int
            The model does not depend on it.
        source_id : ndarray of int, shape (n,), optional
            Identifiers of the training stars, for the record.
        normalisation : dict, optional
            How the spectra were prepared, for the record.
        **settings
            Values of the keys `settings` of the configuration.

        Returns
        -------
        TrainedModel

        Raises
        ------
        InputError
            If nothing can be learnt from the stars.
        """

    @abstractmethod
    def refit(self, labels, flux, ivar, *, threads, source_id=None):
        """Fit the same pixels to other labels or stars, without choosing anew.

        Parameters
        ----------
        labels : ndarray, shape (m, d)
        flux, ivar : ndarray, shape (m, p)
            Of any number of stars, as for `fit`.
        threads : int
        source_id : ndarray of int, shape (m,), optional

        Returns
        -------
        TrainedModel
            With the hyperparameters of this one.
        """

    @abstractmethod
    def spectral_model(self):
        """The model's spectra and their derivatives.

        Returns
        -------
        SpectralModel
            The model itself, if its class is both.
        """

    @abstractmethod
    def hyperparameters(self):
        """What the pixels chose before they were fitted; empty if there was no choice.

        Returns
        -------
        list of Hyperparameter
        """

    @abstractmethod
    def write(self, path, stamp):
        """Write a file that `read` reads; see `mdwarfs.slam.model_file`.

        Parameters
        ----------
        path : path-like
        stamp : dict
            `run` and `simulated`, see `mdwarfs.tables.header`.
        """

    @classmethod
    @abstractmethod
    def read(cls, path):
        """Read a file that `write` made.

        Raises
        ------
        InputError
            If the file is missing or is none of this regressor's.
        """

    @classmethod
    @abstractmethod
    def joined(cls, parts):
        """Join models of the same stars, at successive wavelengths, to one.

        Raises
        ------
        InputError
            If they do not fit together; see `alike`.
        """

    @classmethod
    def group_size(cls, stars, settings):
        """Pixels that have to be trained together, lest the model hang on the parts.

        Parameters
        ----------
        stars : int
            Training stars.
        settings : dict
            The configuration's section `slam`.
        """
        return 1

    def for_held_out(self):
        """The model whose refits may predict stars that this one was trained on.

        Hyperparameters that were chosen with a star suit its very noise; where this
        makes refits without the star too good, the class mends it here.
        """
        return self

    def report(self):
        """Log how the training went."""
        informative = self.spectral_model().informative
        logger.info(
            "labels can be learnt from %d of %d pixels",
            informative.sum(), len(informative),
        )  # fmt: skip


def alike(parts, *others):
    """Whether models can be joined: the same stars, and wavelengths that ascend.

    Parameters
    ----------
    parts : sequence of TrainedModel
    *others : str
        Names of further attributes that have to be equal.

    Returns
    -------
    bool
    """
    first = parts[0]
    names = ("label_names", "normalisation", *others)
    return all(
        np.array_equal(part.labels, first.labels)
        and np.array_equal(part.source_id, first.source_id)
        and all(getattr(part, name) == getattr(first, name) for name in names)
        for part in parts
    ) and np.all(np.diff(np.concatenate([part.wavelength for part in parts])) > 0)
