"""Check that files of a run belong together, by digests in their headers.

A model is sealed: its header has a digest of its own content (`MODEL`) and one of the
configuration that it was trained with (`CONFIG`). What is made with it (predictions,
held-out labels, power laws, calibration, and the limits beyond which a fit is flagged)
carries marks: the same digest of the model, a digest of the section `prediction`, and
one of that part of the section on which labels depend (`LABELLED`), such as the prior.
So a table that was made with another model or another configuration is recognised.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from astropy.io import fits

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.software import digest
from mdwarfs.tables.tabulate import stacked
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from astropy.table import Table


MODEL, CONFIG = "MODEL", "CONFIG"
"""Header keywords. The first has the digest of the model, in the model and in all that
is made with it; the second that of the configuration by which the file itself was made:
in a model `training_digest`, in other files `prediction_digest`."""

PREDICT = "PREDICT"
"""Header keyword of a model that belongs to no run: section `prediction`, as JSON."""

SEALED = "SEALED"
"""Header keyword of a model: digest of these, and of whether it is simulated."""

LABELLED = "LABELLED"
"""Header keyword of what is made with a model: see `labelling_digest`."""

DIGESTS = MODEL, CONFIG

COMMENTS = {
    MODEL: "digest of the model's content",
    CONFIG: "digest of the configuration of training",
    SEALED: "digest of MODEL, CONFIG, SIMULATD, PREDICT",
}

BLOCK = 2**20  # bytes of a file that are in memory together

SETTING_CARDS = ("REGRESS", "NORMALIS")
"""Cards of a model's primary header that are part of its content."""

SURVEY_SECTIONS = (
    "boss", "extinction", "candidates", "pairs", "labels", "split", "simulation",
)  # fmt: skip
"""Sections on which the training stars of a survey depend."""

NOT_OF_MODEL = ("fetch", "folder", "compared")
"""Keys of a given sample that change no model: where it comes from, and what its labels
are compared with."""


def training_digest(config: Mapping, settings: Sequence[str]) -> str:
    """Digest of what a configuration says of the training.

    What changes no model has no part in it: how many parts and blocks there are.

    Parameters
    ----------
    config
        The whole configuration.
    settings
        Keys of its section `slam` that the regressor is trained with.
    """
    source = config["source"]
    slam = {key: config["slam"].get(key) for key in ("regressor", "labels", *settings)}
    slam.pop("block", None)
    used = {"source": source, "seed": config["seed"], "slam": slam}
    used["spectra"] = config["spectra"]
    if source in ("simulated", "archives"):
        used |= {name: config[name] for name in SURVEY_SECTIONS if name in config}
        if source == "archives":
            used["release"] = config["archives"]["release"]
            used.pop("simulation", None)
    else:
        sample = config.get(source, {})
        used[source] = {k: sample[k] for k in sample if k not in NOT_OF_MODEL}
    return digest(used)


def prediction_digest(prediction: Mapping) -> str:
    """Digest of the section `prediction` of a configuration, without its block."""
    return digest({key: prediction[key] for key in prediction if key != "block"})


def labelling_digest(prediction: Mapping) -> str:
    """Digest of what changes labels: method, weighting and prior, not what flags them.

    Limits of the fit hold for labels that were found in the same way.

    Parameters
    ----------
    prediction
        Section of a configuration.
    """
    keys = "method", "weighting", "prior"
    return digest({key: prediction.get(key) for key in keys})


def labelled_so(table: Table, prediction: Mapping) -> bool:
    """Whether a table was made with labels that were found as a section says.

    A table of an older version has no card `LABELLED`: there the whole section has to
    be the same, or, where there is no `CONFIG` either, nothing speaks against it.
    """
    if LABELLED in table.meta:
        return table.meta[LABELLED] == labelling_digest(prediction)
    return table.meta.get(CONFIG) in (None, prediction_digest(prediction))


def content_digest(hdus: fits.HDUList, file: Any) -> str:
    """Digest of the content of a model: its data, their columns, and its settings.

    Parameters
    ----------
    hdus
        The open file of a model.
    file
        The same, open to read bytes.
    """
    sha = hashlib.sha256()
    for key in SETTING_CARDS:
        sha.update(f"{key} {hdus[0].header.get(key)}\n".encode())
    for hdu in hdus[1:]:
        header = hdu.header
        names = [header[key] for key in header if key.startswith("TTYPE")]
        sha.update(f"{hdu.name} {names}\n".encode())
        place = hdu.fileinfo()
        file.seek(place["datLoc"])
        left = place["datSpan"]
        while block := file.read(min(left, BLOCK)):
            sha.update(block)
            left -= len(block)
    return sha.hexdigest()[:16]


def seal(path: PathLike, configuration: str, prediction: Mapping | None = None) -> None:
    """Write the digests into the primary header of the file of a model.

    Parameters
    ----------
    path
        As a regressor has written it.
    configuration
        See `training_digest`.
    prediction
        Section of the configuration that the file is to keep, if it leaves its run.
    """
    with open(path, "rb") as file, fits.open(path, memmap=False) as hdus:
        found = {MODEL: content_digest(hdus, file), CONFIG: configuration}
        if prediction is not None:
            hdus[0].header[PREDICT] = json.dumps(prediction, sort_keys=True)
        for key, value in found.items():
            hdus[0].header[key] = value, COMMENTS[key]
        hdus[0].header[SEALED] = header_digest(hdus[0].header), COMMENTS[SEALED]
        with tables.atomic(path) as part:
            hdus.writeto(part)


def says_simulated(header: Mapping) -> bool:
    """Whether a header says that what follows is simulated."""
    return bool(header.get("SIMULATD", False))


def header_digest(header: Mapping) -> str:
    """Digest of what the primary header of a model says."""
    cards = {key: header[key] for key in (*DIGESTS, PREDICT) if key in header}
    return digest(cards | {"SIMULATD": says_simulated(header)})


def kept_prediction(path: PathLike) -> dict | None:
    """The section `prediction` that the file of a model keeps; None if it has none."""
    try:
        kept = fits.getheader(path).get(PREDICT)
    except OSError:  # whoever reads the model says what is wrong
        return None
    return None if kept is None else json.loads(kept)


def is_simulated(path: PathLike) -> bool:
    """Whether a model was trained on simulated stars, as its header says.

    Every use of a model asks here.

    Raises
    ------
    InputError
        If the header was edited since the model was sealed.
    """
    header = fits.getheader(path)
    found = says_simulated(header)
    own = {MODEL, CONFIG, SEALED} <= set(header)
    if own and header[SEALED] != header_digest(header):
        raise InputError(
            f"{path}: its header has been edited since it was trained, which says now "
            f"that it is of {'simulated' if found else 'real'} stars (SIMULATD); the "
            "target `train` makes it anew"
        )
    return found


def identity(path: PathLike) -> dict[str, str]:
    """The digests of content and configuration of a sealed model.

    Returns
    -------
    entries
        By `MODEL` and `CONFIG`.

    Raises
    ------
    InputError
        If the file is missing, has not been sealed, or has been changed since.
    """
    try:
        with open(path, "rb") as file, fits.open(path, memmap=False) as hdus:
            sealed = {key: hdus[0].header.get(key) for key in (MODEL, CONFIG)}
            found = content_digest(hdus, file)
    except OSError as error:
        raise InputError(f"{path} is not a SLAM model: {error}") from error
    if None in sealed.values():
        raise InputError(
            f"{path} does not say what it was trained with: an older version made it, "
            "or it is not the model of a run; the target `train` makes it anew"
        )
    if sealed[MODEL] != found:
        raise InputError(
            f"{path} has been changed since it was trained: its content is {found}, "
            f"and was {sealed[MODEL]}; the target `train` makes it anew"
        )
    return sealed


def label_marks(model: PathLike, prediction: Mapping) -> dict[str, str]:
    """Marks of labels that were found by a model, for the `meta` of their table.

    Parameters
    ----------
    model
        File of a model. One that was not sealed gives no marks.
    prediction
        The section of the configuration.
    """
    header = fits.getheader(model)
    if MODEL not in header:
        return {}
    return {
        MODEL: header[MODEL],
        CONFIG: prediction_digest(prediction),
        LABELLED: labelling_digest(prediction),
    }


def model_mark(model: PathLike) -> dict[str, str]:
    """The mark of labels that depend on a model and on no section `prediction`.

    Parameters
    ----------
    model
        File of a sealed model.
    """
    return {MODEL: identity(model)[MODEL]}


def shared_marks(parts: Mapping[PathLike, Table]) -> dict[str, str]:
    """The marks of tables that are made into one, which all have to have.

    Parameters
    ----------
    parts
        Tables by their files.

    Raises
    ------
    InputError
        If they were made with different models or configurations.
    """
    marks = {path: marks_of(table) for path, table in parts.items()}
    (first, expected), *others = marks.items()
    for path, found in others:
        for key, what in zip(DIGESTS, ("model", "configuration")):
            if found.get(key) != expected.get(key):
                raise InputError(
                    f"{path} and {first} do not belong together: they were made with "
                    f"{what} {found.get(key, 'unknown')} and "
                    f"{expected.get(key, 'unknown')}; make both anew"
                )
    return expected


def gather_parts(parts: Sequence[PathLike]) -> Table:
    """The rows of all stars, of tables that several jobs made of some each.

    Raises
    ------
    InputError
        If they were made with different models or configurations.
    """
    found = {path: tables.read(path) for path in parts}
    shared_marks(found)
    return stacked(list(found.values()))


def marks_of(table: Table) -> dict[str, str]:
    """The digests that a table carries: by `MODEL`, `CONFIG` and `LABELLED`."""
    known = *DIGESTS, LABELLED
    return {key: table.meta[key] for key in known if key in table.meta}


def require(
    path: PathLike,
    table: Table,
    model: PathLike,
    prediction: Mapping | None = None,
    target: str = "validate",
) -> None:
    """Refuse a table that was made with another model or configuration.

    Parameters
    ----------
    path, table
        The file, and the table that was read from it.
    model
        File of the model that it is to be used with.
    prediction
        Section of the run's configuration; without it, that is not compared.
    target
        Of the workflow, that makes the table.

    Raises
    ------
    InputError
        If it was, or does not say what it was made with.
    """
    marks, own = marks_of(table), identity(model)
    again = f"the target `{target}` of the workflow makes it anew"
    if MODEL not in marks:
        raise InputError(f"{path} does not say which model it was made with: {again}")
    if marks[MODEL] != own[MODEL]:
        raise InputError(
            f"{path} was made with the model {marks[MODEL]}, but {model} is "
            f"{own[MODEL]}: {again}"
        )
    if prediction is not None and marks.get(CONFIG) != prediction_digest(prediction):
        raise InputError(
            f"{path} was made with another section `prediction` "
            f"({marks.get(CONFIG, 'unknown')}) than the configuration of the run has "
            f"({prediction_digest(prediction)}): {again}"
        )


def require_configuration(
    path: PathLike, config: Mapping, model: PathLike, settings: Sequence[str]
) -> None:
    """Refuse the configuration of a run that its model was not trained with.

    Parameters
    ----------
    path, config
        The file, and the configuration that was read from it.
    model
        File of the model.
    settings
        As for `training_digest`.

    Raises
    ------
    InputError
        If it was trained with another.
    """
    own, found = identity(model)[CONFIG], training_digest(config, settings)
    if own != found:
        raise InputError(
            f"{model} was trained with another configuration ({own}) than "
            f"{Path(path)} says ({found}): the target `train` of the workflow, with "
            "the configuration that is meant, makes both anew"
        )
