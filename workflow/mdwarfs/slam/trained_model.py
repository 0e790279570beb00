"""The interface of a trained regressor.

A regressor is a way to learn the flux of every pixel as a function of the labels: the
support-vector regression of SLAM (`mdwarfs.slam.model.SupportVectors`), or another in
its place. It is one class, entered in `mdwarfs.slam.regressors`. All that trains, reads
models, predicts and diagnoses asks a model these questions and no others.
"""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from mdwarfs.slam.interface import Interface
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from mdwarfs.slam.spectral_model import SpectralModel


logger = logging.getLogger(__name__)


class Hyperparameter(NamedTuple):
    """What every pixel chose among some values before its regression was fitted.

    Attributes
    ----------
    name
        Of a column.
    symbol
        As matplotlib writes it.
    values
        Those to choose from; positive.
    chosen : shape (p,)
        NaN where training could say nothing.
    """

    name: str
    symbol: str
    description: str
    values: Sequence[float]
    chosen: np.ndarray


class TrainedModel(metaclass=Interface):
    """One regression from labels to flux per pixel, as training has left it.

    Attributes
    ----------
    regressor
        Name of the regressor: `slam.regressor` in the configuration.
    settings
        Keys of the configuration's section `slam` that it is trained with; `fit` takes
        them as keyword arguments.
    label_names : length d
    labels : shape (n, d)
        Of the training stars.
    source_id : int, shape (n,)
        Of the training stars; zero where unknown.
    wavelength : shape (p,)
        In vacuum, rest frame [Angstrom].
    normalisation
        How the training spectra were prepared (the configuration's section), for
        those who prepare other spectra likewise; empty if not recorded.
    cv_mse : shape (p,)
        Cross-validated mean squared error of the flux; NaN where there is none.
    """

    label_names: tuple[str, ...]
    labels: np.ndarray
    source_id: np.ndarray
    wavelength: np.ndarray
    normalisation: dict
    cv_mse: np.ndarray

    regressor: ClassVar[str]
    settings: ClassVar[tuple] = ()

    @classmethod
    @abstractmethod
    def fit(
        cls,
        labels: np.ndarray,
        flux: np.ndarray,
        ivar: np.ndarray,
        *,
        label_names: Sequence[str],
        wavelength: np.ndarray,
        seed: int,
        threads: int,
        source_id: np.ndarray | None = None,
        normalisation: dict | None = None,
        **settings: Any,
    ) -> TrainedModel:
        """Train a model.

        Parameters
        ----------
        labels : shape (n, d)
            Labels of the training stars.
        flux, ivar : shape (n, p)
            Their normalised spectra. A pixel of a star takes part where both are finite
            and `ivar` is positive.
        label_names : length d
        wavelength : [Angstrom], shape (p,)
        seed
            Of all that is random.
        threads
            The model does not depend on it.
        source_id : int, shape (n,)
            Identifiers of the training stars, for the record.
        normalisation
            How the spectra were prepared, for the record.
        **settings
            Values of the keys `settings` of the configuration.

        Raises
        ------
        InputError
            If nothing can be learnt from the stars.
        """

    @abstractmethod
    def refit(
        self,
        labels: np.ndarray,
        flux: np.ndarray,
        ivar: np.ndarray,
        *,
        threads: int,
        source_id: np.ndarray | None = None,
    ) -> TrainedModel:
        """Fit the same pixels to other labels or stars, without choosing anew.

        Parameters
        ----------
        labels : shape (m, d)
        flux, ivar : shape (m, p)
            Of any number of stars, as for `fit`.
        source_id : int, shape (m,)

        Returns
        -------
        trained model
            With the hyperparameters of this one.
        """

    @abstractmethod
    def spectral_model(self) -> SpectralModel:
        """The model's spectra and their derivatives.

        Returns
        -------
        spectral model
            The model itself, if its class is both.
        """

    @abstractmethod
    def hyperparameters(self) -> list[Hyperparameter]:
        """What the pixels chose before they were fitted; empty without a choice."""

    @abstractmethod
    def write(self, path: PathLike, stamp: dict) -> None:
        """Write a file that `read` reads; see `mdwarfs.slam.model_file`.

        Parameters
        ----------
        stamp
            `run` and `simulated`, see `mdwarfs.tables.header`.
        """

    @classmethod
    @abstractmethod
    def read(cls, path: PathLike) -> TrainedModel:
        """Read a file that `write` made.

        Raises
        ------
        InputError
            If the file is missing or is none of this regressor's.
        """

    @classmethod
    @abstractmethod
    def joined(cls, parts: Sequence[TrainedModel]) -> TrainedModel:
        """Join models of the same stars, at successive wavelengths, to one.

        Raises
        ------
        InputError
            If they do not fit together; see `alike`.
        """

    @classmethod
    def group_size(cls, stars: int, settings: dict) -> int:
        """Pixels that have to be trained together, lest the model hang on the parts.

        Parameters
        ----------
        stars
            Training stars.
        settings
            The configuration's section `slam`.
        """
        return 1

    def for_held_out(self) -> TrainedModel:
        """The model whose refits may predict stars that this one was trained on.

        Hyperparameters that were chosen with a star suit its very noise; where this
        makes refits without the star too good, the class mends it here.
        """
        return self

    def report(self) -> None:
        """Log how the training went."""
        informative = self.spectral_model().informative
        logger.info(
            "labels can be learnt from %d of %d pixels",
            informative.sum(), len(informative),
        )  # fmt: skip


def alike(parts: Sequence[TrainedModel], *others: str) -> bool | np.bool:
    """Whether models can be joined: the same stars, and wavelengths that ascend.

    Parameters
    ----------
    *others
        Names of further attributes that have to be equal.
    """
    first = parts[0]
    names = ("label_names", "normalisation", *others)
    return all(
        np.array_equal(part.labels, first.labels)
        and np.array_equal(part.source_id, first.source_id)
        and all(getattr(part, name) == getattr(first, name) for name in names)
        for part in parts
    ) and np.all(np.diff(np.concatenate([part.wavelength for part in parts])) > 0)
