"""The file of a hybrid model: FITS, so that it can be read without this package."""

from __future__ import annotations

import json

import numpy as np
from astropy.io import fits
from astropy.table import Column, Table

from mdwarfs import tables
from mdwarfs.hybrid import unlike
from mdwarfs.hybrid.components import Components
from mdwarfs.hybrid.label_model import COMPONENTS, MEMBERS, PRINCIPAL, LabelModel
from mdwarfs.hybrid.model import Hybrid
from mdwarfs.hybrid.principal import Principal
from mdwarfs.hybrid.quadratic import Quadratic
from mdwarfs.hybrid.regression import BEGIN, Regression
from mdwarfs.hybrid.support import SupportRegression
from mdwarfs.slam.model_file import first_hdus, open_model, regressor_of
from mdwarfs.tables.columns import meaning
from mdwarfs.tables.tabulate import annotate, from_rows, matrix
from mdwarfs.types import PathLike
from mdwarfs.validation.fit_limits import limits_of

STARS = {
    "star": ("", "Number of the star: spectra of one star have the same"),
    "trusted": ("", "Whether no label of the training star is taken for wrong"),
}
PIXELS = {
    "wavelength": ("Angstrom", "In vacuum, rest frame"),
    "used": ("", "Whether the pixel takes part"),
    "mean": ("", "Mean flux of the components; null where not used"),
    "excess": ("", "Variance about the components beyond the noise"),
    "quadratic_mean": ("", "Mean flux of the quadratic; null where not used"),
    "quadratic_excess": ("", "Variance about the quadratic beyond the noise"),
    "middle": ("", "Median flux of the principal components; null where not used"),
    "limit": ("", "Difference from it at which spectra are cut"),
    "unit": ("", "One over the typical noise of the pixel, of the best one 1"),
}
BLEND = {
    "label": ("", "Stellar label"),
    "answer": ("", "One of mdwarfs.hybrid.label_model.MEMBERS"),
    "level": ("", "What the function is measured from"),
    "size": ("", "Unit of the function"),
    "factor": ("", "Of the variance of this answer"),
    "logits": ("", "Of the blend: constant and slope of this answer"),
}
KEPT = {
    "label": ("", "Stellar label"),
    "kept": ("", "Factor of the share that is kept: see mdwarfs.hybrid.flat"),
}
IMAGES = {
    "BASIS": "Row = component, column = used pixel",
    "PRINCIPAL": "Row = principal component, column = used pixel",
    "QUADRATIC": "Row = term of the quadratic, column = used pixel",
    "PLACES": "Row = training star, column = component",
    "AMONG": "Row = training star, column = principal component",
    "COEFFICIENTS": "Plane = label, row = answer, column = trusted training star",
    "VARIANCE": "Plane = label, row = regression, column = trusted star: about it",
    "HYPER": "Plane = label, row = regression: mdwarfs.hybrid.regression.Regression",
    "NOISE": "Plane = label: mdwarfs.hybrid.scatter.scatter of the support vectors",
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
    own = {"star": model.star, "trusted": model.trusted}
    more |= {x: Column(own[x], description=text) for x, (_, text) in STARS.items()}
    for name, column in more.items():
        if meaning(name) is None and name not in STARS:
            more[name] = Column(column, description=f"Error of {name[2:]}")
    by = {
        way: [
            [one for one in label.answers if isinstance(one, way)]
            for label in model.each
        ]
        for way in (Regression, SupportRegression)
    }
    values = {
        "BASIS": model.components.basis,
        "QUADRATIC": model.quadratic.coefficients,
        "PRINCIPAL": model.principal.basis,
        "PLACES": model.places,
        "AMONG": model.principal_places,
        "COEFFICIENTS": [
            [one.coefficients for one in label.answers] for label in model.each
        ],
        "VARIANCE": [[one.variance for one in label] for label in by[Regression]],
        "HYPER": [[one.hyper for one in label] for label in by[Regression]],
        "NOISE": [one.noise for (one,) in by[SupportRegression]],
        "OPEN": model.open_,
        "CORRELATION": model.correlation,
    }
    hdus = [
        *first_hdus(model, stamp, more),
        *tables.to_images(_pixels(model), "PIXELS"),
        *tables.to_images(_blend(model), "BLEND"),
        *tables.to_images(_kept(model), "KEPT"),
        *tables.to_images(unlike.table_of(model.limits), "LIMITS"),
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
        ("middle", model.principal.middle),
        ("limit", model.principal.limit),
        ("unit", model.principal.unit),
    ):
        columns[name] = np.full(len(model.used), np.nan)
        columns[name][model.used] = values
    return annotate(Table(columns), PIXELS)


def _blend(model):
    """One row per label and answer."""
    rows = [
        (name, member.name, one.level, one.size, factor, logits)
        for name, label in zip(model.label_names, model.each)
        for member, one, factor, logits in zip(
            MEMBERS, label.answers, label.factors, label.logits
        )
    ]
    return from_rows(rows, BLEND)


def _kept(model):
    """One row per label."""
    each = zip(model.label_names, model.each)
    return from_rows([(name, one.kept) for name, one in each], KEPT)


def read(path: PathLike) -> Hybrid:
    """Read the file of a model.

    Raises
    ------
    InputError
        If the file is missing, damaged or holds no hybrid model.
    """
    with open_model(path, "a hybrid model") as hdus:
        if regressor_of(hdus[0].header) != Hybrid.regressor:
            raise ValueError("its header does not say that it is one (REGRESS)")
        return _model(hdus)


def _model(hdus):
    """The model of an open file."""
    stars = tables.from_hdu(hdus["LABELS"])
    pixels, rows, kept, limits = (
        tables.from_images(hdus, name) for name in ("PIXELS", "BLEND", "KEPT", "LIMITS")
    )
    image = {name: hdus[name].data.astype(float) for name in IMAGES}
    names = tuple(stars.colnames[1 : 1 + (len(stars.colnames) - 1 - len(STARS)) // 2])
    used, trusted = (
        np.asarray(table[name], bool)
        for table, name in ((pixels, "used"), (stars, "trusted"))
    )
    column = {name: np.asarray(pixels[name], float)[used] for name in pixels.colnames}
    _check_shapes(image, rows, kept, names, len(stars), used.sum(), trusted.sum())
    _check_numbers(
        image | {f"PIXELS.{name}": values for name, values in column.items()}
        | {f"BLEND.{x}": rows[x] for x in ("level", "size", "factor", "logits")}
        | {"KEPT.kept": kept["kept"]}
    )  # fmt: skip
    looked = {COMPONENTS: image["PLACES"], PRINCIPAL: image["AMONG"]}
    each = tuple(
        _label(label, image, kept[label], rows, looked, trusted)
        for label in range(len(names))
    )
    return Hybrid(
        label_names=names,
        labels=matrix(stars, names),
        errors=np.nan_to_num(matrix(stars, [f"e_{name}" for name in names])),
        trusted=trusted,
        source_id=np.asarray(stars["source_id"]),
        star=np.asarray(stars["star"]),
        wavelength=np.asarray(pixels["wavelength"], float),
        normalisation=json.loads(hdus[0].header["NORMALIS"]),
        used=used,
        components=Components(column["mean"], image["BASIS"], column["excess"]),
        quadratic=Quadratic(
            column["quadratic_mean"], image["QUADRATIC"], column["quadratic_excess"]
        ),
        principal=Principal(
            column["middle"], column["limit"], column["unit"], image["PRINCIPAL"]
        ),
        places=image["PLACES"],
        principal_places=image["AMONG"],
        open_=image["OPEN"],
        correlation=image["CORRELATION"],
        limits=limits_of(limits),
        each=each,
    )


def _label(label, image, kept, rows, looked, trusted):
    """How one label is found."""
    own = rows[label * len(MEMBERS) : (label + 1) * len(MEMBERS)]
    answers, number = [], 0
    for row, member, coefficients in zip(own, MEMBERS, image["COEFFICIENTS"][label]):
        common = {
            "inputs": looked[member.looks_at][trusted],
            "coefficients": coefficients,
            "level": float(row["level"]),
            "size": float(row["size"]),
        }
        if member.way is Regression:
            more = image["VARIANCE"][label, number], image["HYPER"][label, number]
            common |= dict(zip(("variance", "hyper"), more))
            number += 1
        else:
            common["noise"] = image["NOISE"][label]
        answers.append(member.way(**common))
    return LabelModel(
        tuple(answers),
        np.array([row["logits"] for row in own], float),
        np.array([row["factor"] for row in own], float),
        float(kept["kept"]),
    )


def _check_shapes(image, rows, kept, names, stars, pixels, trusted):
    """Raise ValueError if sizes do not fit together."""
    d, k, more = len(names), len(image["BASIS"]), len(image["PRINCIPAL"])
    regressions = sum(member.way is Regression for member in MEMBERS)
    shapes = {
        "BASIS": (k, pixels),
        "PRINCIPAL": (more, pixels),
        "QUADRATIC": (1 + d + d * (d + 1) // 2, pixels),
        "PLACES": (stars, k),
        "AMONG": (stars, more),
        "COEFFICIENTS": (d, len(MEMBERS), trusted),
        "VARIANCE": (d, regressions, trusted),
        "HYPER": (d, regressions, len(BEGIN) + k),
        "NOISE": (d, 2, image["NOISE"].shape[-1]),
        "OPEN": (2, d),
        "CORRELATION": (d, d),
    }
    for name, shape in shapes.items():
        if image[name].shape != shape:
            raise ValueError(f"{name} has the shape {image[name].shape}, not {shape}")
    for name, table, number in (("BLEND", rows, d * len(MEMBERS)), ("KEPT", kept, d)):
        if len(table) != number:
            raise ValueError(f"{name} has {len(table)} rows, not {number}")


def _check_numbers(values):
    """Raise ValueError if one of the arrays, by name, has a value that is no number."""
    for name, array in values.items():
        if not np.isfinite(np.asarray(array, float)).all():
            raise ValueError(f"{name} has values that are not finite")
