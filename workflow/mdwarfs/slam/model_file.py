"""The file of a trained model: FITS, so that it can be read without this package.

What all regressors have in common is the primary header and the table of the training
stars (`first_hdus`, `read_common`); the rest of the file is that of the support-vector
regression.
"""

from __future__ import annotations

import contextlib
import json
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

import numpy as np
from astropy.io import fits
from astropy.table import Table
from astropy.utils.exceptions import AstropyUserWarning

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.slam.pixel_columns import COLUMNS, HYPERPARAMETERS
from mdwarfs.tables.columns import describe, meaning
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from mdwarfs.slam.model import SupportVectors


DAMAGED = (
    *tables.DAMAGED, KeyError, IndexError, AttributeError, AstropyUserWarning,
)  # fmt: skip
"""What reading a file that is no model ends with."""

UNSAID = "svr"
"""Regressor of a file that names none, as all did when there was no other."""


class Model(Protocol):
    """What the file of every model has: that of a regressor, and the hybrid one.

    Attributes
    ----------
    regressor, label_names, labels, source_id, normalisation
        See `mdwarfs.slam.trained_model.TrainedModel`.
    """

    regressor: str
    label_names: tuple[str, ...]
    labels: np.ndarray
    source_id: np.ndarray
    normalisation: dict


def first_hdus(
    model: Model, stamp: dict, more: dict[str, np.ndarray] | None = None
) -> list:
    """The primary HDU and LABELS, with which the file of every model begins.

    The primary header has the name of the regressor in REGRESS, and the normalisation
    of the spectra, as JSON, in NORMALIS; LABELS are the training stars.

    Parameters
    ----------
    stamp
        `run` and `simulated`, see `mdwarfs.tables.header`.
    more
        Further columns of LABELS.
    """
    primary = tables.primary_hdu(stamp)
    if model.regressor != UNSAID:
        primary.header["REGRESS"] = model.regressor
    primary.header["NORMALIS"] = json.dumps(model.normalisation, sort_keys=True)
    columns = dict(zip(model.label_names, model.labels.T))
    labels = Table({"source_id": model.source_id, **columns, **(more or {})})
    for name in model.label_names:
        if meaning(name) is None:  # a label of a user of Python may have any name
            labels[name].info.description = f"Label {name}"
    labels = describe(labels)
    return [primary, tables.to_hdu(labels, "LABELS")]


def read_common(hdus: fits.HDUList) -> dict:
    """What `first_hdus` wrote, as attributes of a `TrainedModel`.

    Returns
    -------
    entries
        label_names, labels, source_id, normalisation.
    """
    labels = tables.from_hdu(hdus["LABELS"])
    names = tuple(labels.colnames[1:])
    return {
        "label_names": names,
        "labels": np.stack([labels[name] for name in names], axis=1).astype(float),
        "source_id": np.asarray(labels["source_id"]),
        "normalisation": json.loads(hdus[0].header["NORMALIS"]),
    }


@contextlib.contextmanager
def open_model(path: PathLike, what: str) -> Iterator[fits.HDUList]:
    """The file of a model, open; whatever is wrong with it is an `InputError`.

    Parameters
    ----------
    what
        What it has to be, as "a SLAM model".

    Raises
    ------
    InputError
        If it is missing, cut off or holds something else.
    """
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message="File may have been truncated")
            warnings.filterwarnings("error", message="Error validating header")
            with fits.open(path, memmap=False) as hdus:
                yield hdus
    except DAMAGED as error:
        raise InputError(f"{path} is not {what}, or is damaged: {error}") from error


def regressor_of(header: fits.Header) -> str:
    """Name of the regressor that made a file, from its primary header."""
    return header.get("REGRESS", UNSAID)


def write(model: SupportVectors, path: PathLike, stamp: dict) -> None:
    """Write a model. The same model gives the same bytes.

    The extensions are the table LABELS (training stars) and images: those of PIXELS
    (one row per wavelength) and of GRID (values that the hyperparameters could take,
    and how many pixels chose them: many at an edge ask for a wider grid), one for each
    column (`mdwarfs.tables.images`), and DUAL (coefficients, one row per training
    star).

    Parameters
    ----------
    stamp
        `run` and `simulated`, see `mdwarfs.tables.header`.
    """
    pixels = Table({"wavelength": model.wavelength})
    pixels["wavelength"].info.description = "In vacuum, rest frame"
    pixels["wavelength"].info.unit = "Angstrom"
    for name, description in COLUMNS.items():
        pixels[name] = np.asarray(model.pixels[name])
        pixels[name].info.description = description
    values = [
        (name, value, np.count_nonzero(model.pixels[name] == value))
        for name in HYPERPARAMETERS
        for value in model.grid[name]
    ]
    grid = Table(rows=values, names=["parameter", "value", "n_pixels"])
    grid["parameter"].info.description = "Hyperparameter"
    grid["value"].info.description = "A value among which every pixel chose"
    grid["n_pixels"].info.description = "Pixels that chose it"

    dual = fits.ImageHDU(np.asarray(model.dual, ">f8"), name="DUAL")
    dual.header["COMMENT"] = "Kernel coefficients: row = training star, column = pixel"
    hdus = [
        *first_hdus(model, stamp),
        *tables.to_images(pixels, "PIXELS"),
        *tables.to_images(grid, "GRID"),
        dual,
    ]
    with tables.atomic(path) as part:
        fits.HDUList(hdus).writeto(part)


def read(path: PathLike) -> dict:
    """Read the file of a model.

    Returns
    -------
    entries
        The attributes of `mdwarfs.slam.model.SupportVectors`.

    Raises
    ------
    InputError
        If the file is missing or is not a SLAM model.
    """
    with open_model(path, "a SLAM model") as hdus:
        shared = read_common(hdus)
        pixels, grid = (tables.from_images(hdus, name) for name in ("PIXELS", "GRID"))
        dual = hdus["DUAL"].data.astype(float)
        if dual.shape != (len(shared["labels"]), len(pixels)):
            raise ValueError(f"DUAL has the shape {dual.shape}")
    return shared | {
        "wavelength": np.asarray(pixels["wavelength"], float),
        "pixels": pixels[list(COLUMNS)],
        "dual": dual,
        "grid": {
            name: grid["value"][grid["parameter"] == name].tolist()
            for name in HYPERPARAMETERS
        },
    }
