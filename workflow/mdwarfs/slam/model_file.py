"""The file of a SLAM model: FITS, so that it can be read without this package."""

import json

import numpy as np
from astropy.io import fits
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.columns import describe
from mdwarfs.errors import InputError
from mdwarfs.slam.pixel_columns import COLUMNS

HYPERPARAMETERS = ("C", "epsilon", "gamma")


def write(model, path, stamp):
    """Write a model. The same model gives the same bytes.

    The extensions are LABELS (training stars), PIXELS (one row per wavelength), GRID
    (values that the hyperparameters could take, and how many pixels chose them: many
    at an edge ask for a wider grid) and DUAL (coefficients, one row per
    training star). The normalisation of the spectra is in the primary header, as JSON
    in NORMALIS.

    Parameters
    ----------
    model : mdwarfs.slam.model.Slam
    path : path-like
    stamp : dict
        `run` and `simulated`, see `mdwarfs.tables.header`.
    """
    primary = tables.primary_hdu(stamp)
    primary.header["NORMALIS"] = json.dumps(model.normalisation, sort_keys=True)

    columns = dict(zip(model.label_names, model.labels.T))
    labels = describe(Table({"source_id": model.source_id, **columns}))
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
        primary,
        tables.to_hdu(labels, "LABELS"),
        tables.to_hdu(pixels, "PIXELS"),
        tables.to_hdu(grid, "GRID"),
        dual,
    ]
    with tables.atomic(path) as part:
        fits.HDUList(hdus).writeto(part)


def read(path):
    """Read the file of a model.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    dict
        The attributes of `mdwarfs.slam.model.Slam`.

    Raises
    ------
    InputError
        If the file is missing or is not a SLAM model.
    """
    try:
        with fits.open(path, memmap=False) as hdus:
            labels, pixels, grid = (
                tables.from_hdu(hdus[name]) for name in ("LABELS", "PIXELS", "GRID")
            )
            dual = hdus["DUAL"].data.astype(float)
            normalisation = json.loads(hdus[0].header["NORMALIS"])
    except (OSError, KeyError) as error:
        raise InputError(f"{path} is not a SLAM model: {error}") from error
    names = tuple(labels.colnames[1:])
    return {
        "label_names": names,
        "labels": np.stack([labels[name] for name in names], axis=1).astype(float),
        "source_id": np.asarray(labels["source_id"]),
        "wavelength": np.asarray(pixels["wavelength"], float),
        "pixels": pixels[list(COLUMNS)],
        "dual": dual,
        "grid": {
            name: grid["value"][grid["parameter"] == name].tolist()
            for name in HYPERPARAMETERS
        },
        "normalisation": normalisation,
    }
