"""Training stars and settings of a model that is trained from Python."""

from __future__ import annotations

import inspect
import json
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypedDict

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.api.arrays import as_set
from mdwarfs.api.inputs import (
    known_keys,
    number_of_threads,
    training_labels,
    whole_number,
)
from mdwarfs.errors import InputError
from mdwarfs.slam import regressors
from mdwarfs.slam.defaults import FOLDS, GRID, REGRESSOR
from mdwarfs.slam.infer.flags import COLUMNS as FLAGS
from mdwarfs.slam.infer.prediction import COLUMNS
from mdwarfs.slam.trained_model import TrainedModel
from mdwarfs.software import digest
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.spectra.velocities import COLUMNS as ORIGIN

BLOCK = 128  # pixels, or stars, taken together; no result depends on it
OURS = "grid", "folds", "block"
"""Keys of a regressor's settings that `settings` does not take: `grid` and `folds` are
keywords of their own, and `block` changes nothing but memory."""

RESERVED = {"source_id", "sdss_id", "file", "name", "snr", "v_rad", "covariance"}
RESERVED |= {"status", "reason", "kind", *FLAGS, *COLUMNS}
RESERVED |= {"simulated", "simulated_model", "continued", *ORIGIN}
"""Columns of the tables of `Slam`, which no label can have the name of."""

PREFIXED = "e_", "formal_e_", "sigma_", "continued_"
"""How columns begin that are named for a label."""


class TrainingOptions(TypedDict, total=False):
    """The keywords of `Slam.fit` that say which stars are trained on, and how."""

    wavelength: ArrayLike | None
    ivar: ArrayLike | None
    error: ArrayLike | None
    names: Sequence[str] | None
    grid: Mapping[str, ArrayLike]
    folds: int
    seed: int
    threads: int | None
    simulated: bool
    regressor: str
    settings: Mapping[str, Any] | None


class KnownStars(NamedTuple):
    """Stars that can be trained on.

    Attributes
    ----------
    spectra
        With those that cannot.
    rows : int, shape (n,)
        Of the stars, in `spectra`.
    names : length d
        Of the labels.
    labels : shape (n, d)
    flux, ivar : shape (n, p)
    snr : shape (n,)
    simulated
        Whether they are.
    """

    spectra: SpectrumSet
    rows: np.ndarray
    names: tuple[str, ...]
    labels: np.ndarray
    flux: np.ndarray
    ivar: np.ndarray
    snr: np.ndarray
    simulated: bool


def to_train_on(
    spectra: SpectrumSet | ArrayLike,
    labels: Mapping | Table | ArrayLike,
    given: TrainingOptions,
) -> tuple[KnownStars, type[TrainedModel], dict[str, Any]]:
    """The stars that can be trained on, the regressor, and its keyword arguments.

    Raises
    ------
    InputError
        If anything that a user gives is wrong.
    """
    arrays = (given.get(name) for name in ("wavelength", "ivar", "error"))
    made = as_set(spectra, *arrays)
    simulated = given.get("simulated", False)
    known = known_stars(made, labels, given.get("names"), simulated)
    regressor = regressors.named(given.get("regressor", REGRESSOR))
    return known, regressor, training_options(regressor, given, len(known.rows))


def known_stars(
    spectra: SpectrumSet,
    labels: Mapping | Table | ArrayLike,
    names: Sequence[str] | None,
    simulated: bool,
) -> KnownStars:
    """The stars that can be trained on; a warning names the others.

    Raises
    ------
    InputError
        If there are none, the labels are not theirs, or some are simulated and some
        are not.
    """
    names, values = training_labels(labels, names, len(spectra))
    rows = fit_for_training(spectra, names)
    said = np.zeros(len(rows), bool)
    if "simulated" in spectra.stars.colnames:
        said = np.asarray(spectra.stars["simulated"], bool)[rows]
    if said.any() and not (said.all() or simulated):
        raise InputError(
            f"{said.sum()} of {len(said)} spectra say that they are simulated, the "
            f"first is row {rows[said][0]}: train on one kind, or say simulated=True "
            "if all of them are"
        )
    return KnownStars(
        spectra,
        rows,
        names,
        values[rows],
        spectra.flux[rows],
        spectra.ivar[rows],
        np.asarray(spectra.stars["snr"], float)[rows],
        bool(simulated or said.any()),
    )


def fit_for_training(spectra: SpectrumSet, names: Sequence[str]) -> np.ndarray:
    """Rows of the stars that can be trained on; a warning names the others.

    Raises
    ------
    InputError
        If there are none, or a label has a name that it cannot have.
    """
    for name in names:
        if name in RESERVED or name.startswith(PREFIXED):
            raise InputError(f"labels: {name} cannot be the name of a label: rename it")
        if not (name.isascii() and name.isidentifier()):
            raise InputError(
                f"labels: {name!r} has to be a name of letters, digits and underscores "
                "(all tables can hold such): rename it"
            )
    rows = np.flatnonzero(spectra.ok)
    out = np.flatnonzero(~spectra.ok)
    if len(out):
        first = f"row {out[0]}: {spectra.stars['status'][out[0]]}"
        if not len(rows):
            raise InputError(f"no spectrum can be used; {first}")
        warnings.warn(
            f"{len(out)} of {len(spectra)} stars are not trained on, the first is "
            f"{first}",
            stacklevel=6,  # the caller of `fit`
        )
    return rows


def training_options(
    regressor: type[TrainedModel], given: TrainingOptions, n: int
) -> dict[str, Any]:
    """Keyword arguments of a regressor, for n stars.

    Raises
    ------
    InputError
        If a number is none, or the regressor lacks a setting or takes no such one.
    """
    name, taken = regressor.regressor, regressor.settings
    grid, folds = positive_grid(given.get("grid", GRID)), given.get("folds", FOLDS)
    # `Slam.fit` always gives both: what is not the default was asked for.
    others = {"grid": grid != positive_grid(GRID)}
    others["folds"] = not np.array_equal(folds, FOLDS)
    for key, other in others.items():
        if other and key not in taken:
            raise InputError(f"{key}: the regressor {name} takes none")
    settings = given.get("settings") or {}
    known_keys(settings, [key for key in taken if key not in OURS], "settings")
    settings = plain(settings)
    ours = {"block": BLOCK, "grid": grid}
    if "folds" in taken:
        ours["folds"] = whole_number(folds, "folds", 2, max(2, n))
    settings |= {key: value for key, value in ours.items() if key in taken}
    wanted = inspect.signature(regressor.fit).parameters
    lacking = [x for x in taken if x not in settings and x in wanted]
    lacking = [x for x in lacking if wanted[x].default is inspect.Parameter.empty]
    if lacking:
        raise InputError(f"settings: the regressor {name} needs {', '.join(lacking)}")
    settings["seed"] = whole_number(given.get("seed", 0), "seed", 0)
    settings["threads"] = number_of_threads(given.get("threads"))
    return settings


def plain(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as a configuration would give them, without NumPy's numbers and arrays.

    Raises
    ------
    InputError
        If a configuration cannot have such.
    """
    settings = dict(settings)
    for key, value in settings.items():
        try:
            text = json.dumps(value, default=_without_numpy)
        except (TypeError, ValueError) as error:
            raise InputError(
                f"settings: {key} has to be of numbers, texts, lists and dicts: {error}"
            ) from error
        settings[key] = json.loads(text)
    return settings


def _without_numpy(value):
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"it has a {type(value).__name__}")


def positive_grid(grid: Mapping[str, ArrayLike]) -> dict[str, list[float]]:
    """Values of the hyperparameters of support vectors.

    Raises
    ------
    InputError
        If there are others than positive numbers of the three.
    """
    known_keys(grid, list(GRID), "grid")
    grid = {name: np.atleast_1d(values) for name, values in grid.items()}
    if set(grid) != set(GRID) or not all(len(values) for values in grid.values()):
        raise InputError(f"grid: it has values of {', '.join(GRID)}, and of no others")
    for name, values in grid.items():
        if values.ndim > 1 or values.dtype.kind not in "iuf":
            raise InputError(f"grid: {name} has to be a list of numbers")
        wrong = ~(np.isfinite(values) & (values > 0))
        if wrong.any():
            raise InputError(
                f"grid: {name} has {values[wrong][0]:g}, and all have to be positive"
            )
    return {name: values.astype(float).tolist() for name, values in grid.items()}


def made_by(
    regressor: type[TrainedModel],
    names: Sequence[str],
    normalisation: dict,
    options: dict[str, Any],
) -> str:
    """Digest of what a model was trained with, from Python.

    It is that of no configuration: the tables of a run do not go with such a model.

    Parameters
    ----------
    options
        As `training_options` makes them.
    """
    used = {x: options[x] for x in options if x not in ("threads", "block")}
    used |= used.pop("grid", {})
    if regressor.regressor != REGRESSOR:
        used["regressor"] = regressor.regressor
    return digest(
        {"python": used, "labels": list(names), "normalisation": normalisation}
    )
