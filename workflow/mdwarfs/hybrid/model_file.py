"""The file of a hybrid model: FITS, so that it can be read without this package."""

from __future__ import annotations

import json

import numpy as np
from astropy.io import fits
from astropy.table import Column, Table

from mdwarfs import tables
from mdwarfs.hybrid import unlike
from mdwarfs.hybrid.components import Components
from mdwarfs.hybrid.label_model import ANSWERS, MEMBERS, LabelModel, part
from mdwarfs.hybrid.model import Hybrid
from mdwarfs.hybrid.quadratic import Quadratic
from mdwarfs.hybrid.regression import BEGIN, Regression
from mdwarfs.slam.model_file import common, opened, regressor_of
from mdwarfs.tables.columns import meaning
from mdwarfs.tables.tabulate import annotate, from_rows, matrix
from mdwarfs.types import PathLike
from mdwarfs.validation.fit_limits import limits_of

STARS = {
    "trusted": ("", "Whether no label of the training star is taken for wrong"),
}
PIXELS = {
    "wavelength": ("Angstrom", "In vacuum, rest frame"),
    "used": ("", "Whether the pixel takes part"),
    "mean": ("", "Mean flux of the components; null where not used"),
    "excess": ("", "Variance about the components beyond the noise"),
    "quadratic_mean": ("", "Mean flux of the quadratic; null where not used"),
    "quadratic_excess": ("", "Variance about the quadratic beyond the noise"),
}
REGRESSIONS = {
    "label": ("", "Stellar label"),
    "answer": ("", "Direct, or corrected: see mdwarfs.hybrid"),
    "components": ("", "Components that are regressed on"),
    "hyper": ("", "Logarithms: see mdwarfs.hybrid.regression.BEGIN"),
    "level": ("", "What the function is far from all training stars"),
    "size": ("", "Unit of the function"),
    "logits": ("", "Of the blend: constant and slope of this answer"),
    "factor": ("", "Of the variance of the label"),
}
IMAGES = {
    "BASIS": "Row = component, column = used pixel",
    "QUADRATIC": "Row = term of the quadratic, column = used pixel",
    "PLACES": "Row = training star, column = component",
    "COEFFICIENTS": "Row = regression, column = trusted training star",
    "VARIANCE": "Of these stars about each regression, likewise",
    "OPEN": "Mean and deviation of the logarithm of the variance left open, by label",
    "CORRELATION": "Of the errors of the labels",
}


def write(model: Hybrid, path: PathLike, stamp: dict) -> None:
    """Write a model. The same model gives the same bytes.

    Parameters
    ----------
    stamp
        `run` and `simulated`, see `mdwarfs.tables.header`.
    """
    errors = np.where(model.errors > 0, model.errors, np.nan)  # null: none is known
    more = {f"e_{name}": column for name, column in zip(model.label_names, errors.T)}
    more |= {"trusted": Column(model.trusted, description=STARS["trusted"][1])}
    for name, column in more.items():
        if meaning(name) is None and name != "trusted":
            more[name] = Column(column, description=f"Error of {name[2:]}")
    regressions = [one for label in model.each for one in label.regressions]
    values = {
        "BASIS": model.components.basis,
        "QUADRATIC": model.quadratic.coefficients,
        "PLACES": model.places,
        "COEFFICIENTS": np.stack([one.coefficients for one in regressions]),
        "VARIANCE": np.stack([one.variance for one in regressions]),
        "OPEN": model.open_,
        "CORRELATION": model.correlation,
    }
    hdus = [
        *common(model, stamp, more),
        tables.to_hdu(_pixels(model), "PIXELS"),
        tables.to_hdu(_regressions(model), "REGRESSIONS"),
        tables.to_hdu(unlike.table_of(model.limits), "LIMITS"),
    ]
    for name, text in IMAGES.items():
        hdu = fits.ImageHDU(np.asarray(values[name], ">f8"), name=name)
        hdu.header["COMMENT"] = text
        hdus.append(hdu)
    with tables.atomic(path) as file:
        fits.HDUList(hdus).writeto(file)


def _pixels(model):
    """One row per pixel."""
    columns = {"wavelength": model.wavelength, "used": model.used}
    for name, values in (
        ("mean", model.components.mean),
        ("excess", model.components.excess),
        ("quadratic_mean", model.quadratic.mean),
        ("quadratic_excess", model.quadratic.excess),
    ):
        columns[name] = np.full(len(model.used), np.nan)
        columns[name][model.used] = values
    return annotate(Table(columns), PIXELS)


def _regressions(model):
    """One row per label and member."""
    rows = []
    for name, label in zip(model.label_names, model.each):
        for (answer, _), one in zip(MEMBERS, label.regressions):
            logits = label.logits[ANSWERS.index(answer)]
            rows.append(
                (name, answer, one.inputs.shape[1], one.hyper, one.level, one.size)
                + (logits, label.factor)
            )
    return from_rows(rows, REGRESSIONS)


def read(path: PathLike) -> Hybrid:
    """Read the file of a model.

    Raises
    ------
    InputError
        If the file is missing, damaged or holds no hybrid model.
    """
    with opened(path, "a hybrid model") as hdus:
        if regressor_of(hdus[0].header) != Hybrid.regressor:
            raise ValueError("its header does not say that it is one (REGRESS)")
        return _model(hdus)


def _model(hdus):
    """The model of an open file."""
    stars, pixels, rows, limits = (
        tables.from_hdu(hdus[name])
        for name in ("LABELS", "PIXELS", "REGRESSIONS", "LIMITS")
    )
    image = {name: hdus[name].data.astype(float) for name in IMAGES}
    names = tuple(stars.colnames[1 : 1 + (len(stars.colnames) - 2) // 2])
    used, trusted = (
        np.asarray(table[name], bool)
        for table, name in ((pixels, "used"), (stars, "trusted"))
    )
    _check(image, rows, names, len(stars), used.sum(), trusted.sum())
    column = {name: np.asarray(pixels[name], float)[used] for name in pixels.colnames}
    places = image["PLACES"]
    regressions = [
        Regression(
            inputs=places[trusted, : part(share, places.shape[1])],
            coefficients=coefficients, variance=variance,
            hyper=np.asarray(row["hyper"], float).reshape(BEGIN.shape),
            level=float(row["level"]), size=float(row["size"]),
        )
        for row, (_, share), coefficients, variance in zip(
            rows, MEMBERS * len(names), image["COEFFICIENTS"], image["VARIANCE"]
        )
    ]  # fmt: skip
    each, step = [], len(MEMBERS)
    for start in range(0, len(rows), step):
        logits = {
            str(row["answer"]): row["logits"] for row in rows[start : start + step]
        }
        each.append(
            LabelModel(
                tuple(regressions[start : start + step]),
                np.array([logits[answer] for answer in ANSWERS], float),
                float(rows[start]["factor"]),
            )
        )
    return Hybrid(
        label_names=names,
        labels=matrix(stars, names),
        errors=np.nan_to_num(matrix(stars, [f"e_{name}" for name in names])),
        trusted=trusted,
        source_id=np.asarray(stars["source_id"]),
        wavelength=np.asarray(pixels["wavelength"], float),
        normalisation=json.loads(hdus[0].header["NORMALIS"]),
        used=used,
        components=Components(column["mean"], image["BASIS"], column["excess"]),
        quadratic=Quadratic(
            column["quadratic_mean"], image["QUADRATIC"], column["quadratic_excess"]
        ),
        places=places,
        open_=image["OPEN"],
        correlation=image["CORRELATION"],
        limits=limits_of(limits),
        each=tuple(each),
    )


def _check(image, rows, names, stars, pixels, trusted):
    """Raise ValueError if sizes do not fit together, or a number is none."""
    d, k = len(names), len(image["BASIS"])
    shapes = {
        "BASIS": (k, pixels),
        "QUADRATIC": (1 + d + d * (d + 1) // 2, pixels),
        "PLACES": (stars, k),
        "COEFFICIENTS": (d * len(MEMBERS), trusted),
        "VARIANCE": (d * len(MEMBERS), trusted),
        "OPEN": (2, d),
        "CORRELATION": (d, d),
    }
    for name, shape in shapes.items():
        if image[name].shape != shape:
            raise ValueError(f"{name} has the shape {image[name].shape}, not {shape}")
        if not np.isfinite(image[name]).all():
            raise ValueError(f"{name} has values that are not finite")
    if len(rows) != d * len(MEMBERS):
        raise ValueError(f"REGRESSIONS has {len(rows)} rows, not {d * len(MEMBERS)}")
