"""Check that parts of a run belong together, by digests in their headers.

A model has a digest of its own content. Everything that is made with it (predictions,
held-out labels, power laws, calibration, limits of the flags) carries that digest
(`MODEL`), a digest of the configuration (`CONFIG`), and one of the part of the
configuration that changes labels (`LABELLING`): with another prior, say, the limits do
not hold. So a table that was made with another model or another configuration is
recognised.
"""

from __future__ import annotations

import hashlib
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
"""Header keywords: digest of the model, and of the configuration. In a model the second
is that of training, elsewhere that of prediction."""

SEALED = "SEALED"
"""Header keyword of a model: digest of those two, and of whether it is simulated."""

LABELLING = "LABELLED"
"""Header keyword: digest of that part of the configuration on which labels depend."""

DIGESTS = MODEL, CONFIG

COMMENTS = {
    MODEL: "digest of the model's content",
    CONFIG: "digest of the configuration of training",
    SEALED: "digest of MODEL, CONFIG and SIMULATD",
}

AT_ONCE = 2**20  # bytes that are in memory together

SETTINGS = ("REGRESS", "NORMALIS")
"""Cards of a model's primary header that are part of its content."""

OF_SURVEY = (
    "boss", "extinction", "candidates", "pairs", "labels", "split", "simulation",
)  # fmt: skip
"""Sections on which the training stars of a survey depend."""

ELSEWHERE = ("fetch", "folder", "compared")
"""Keys of a given sample that change no model: where it comes from, and what its labels
are compared with."""


def of_training(config: Mapping, settings: Sequence[str]) -> str:
    """Digest of what a configuration says of the training.

    It does not hang on what changes no model: the number of parts and blocks.

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
    said = {"source": source, "seed": config["seed"], "slam": slam}
    said["spectra"] = config["spectra"]
    if source in ("simulated", "archives"):
        said |= {name: config[name] for name in OF_SURVEY if name in config}
        if source == "archives":
            said["release"] = config["archives"]["release"]
            said.pop("simulation", None)
    else:
        sample = config.get(source, {})
        said[source] = {k: sample[k] for k in sample if k not in ELSEWHERE}
    return digest(said)


def of_prediction(prediction: Mapping) -> str:
    """Digest of the section `prediction` of a configuration, without its block."""
    return digest({key: prediction[key] for key in prediction if key != "block"})


def of_labelling(prediction: Mapping) -> str:
    """Digest of what changes labels: method, weighting and prior, not what flags them.

    Parameters
    ----------
    prediction
        Section of a configuration.
    """
    keys = "method", "weighting", "prior"
    return digest({key: prediction.get(key) for key in keys})


def labelled_so(table: Table, prediction: Mapping) -> bool:
    """Whether a table was made with labels that were found as a section says.

    Of a table that does not say so it is asked whether the whole section is the same.
    """
    if LABELLING in table.meta:
        return table.meta[LABELLING] == of_labelling(prediction)
    return table.meta.get(CONFIG) in (None, of_prediction(prediction))


def content(hdus: fits.HDUList, file: Any) -> str:
    """Digest of the content of a model: its data, their columns, and its settings.

    Parameters
    ----------
    hdus
        The open file of a model.
    file
        The same, open to read bytes.
    """
    sha = hashlib.sha256()
    for key in SETTINGS:
        sha.update(f"{key} {hdus[0].header.get(key)}\n".encode())
    for hdu in hdus[1:]:
        header = hdu.header
        names = [header[key] for key in header if key.startswith("TTYPE")]
        sha.update(f"{hdu.name} {names}\n".encode())
        place = hdu.fileinfo()
        file.seek(place["datLoc"])
        left = place["datSpan"]
        while block := file.read(min(left, AT_ONCE)):
            sha.update(block)
            left -= len(block)
    return sha.hexdigest()[:16]


def seal(path: PathLike, configuration: str) -> None:
    """Write the digests into the primary header of the file of a model.

    Parameters
    ----------
    path
        As a regressor has written it.
    configuration
        See `of_training`.
    """
    with open(path, "rb") as file, fits.open(path, memmap=False) as hdus:
        found = {MODEL: content(hdus, file), CONFIG: configuration}
        found[SEALED] = of_header(found, simulated(hdus[0].header))
        for key, value in found.items():
            hdus[0].header[key] = value, COMMENTS[key]
        with tables.atomic(path) as part:
            hdus.writeto(part)


def simulated(header: Mapping) -> bool:
    """Whether a header says that what follows is simulated."""
    return bool(header.get("SIMULATD", False))


def of_header(digests: Mapping, is_simulated: bool) -> str:
    """Digest of what the primary header of a model says."""
    said = {MODEL: digests[MODEL], CONFIG: digests[CONFIG], "SIMULATD": is_simulated}
    return digest(said)


def is_simulated(path: PathLike) -> bool:
    """Whether a model was trained on simulated stars, as its header says.

    Every use of a model asks here.

    Raises
    ------
    InputError
        If the header was edited since the model was sealed.
    """
    header = fits.getheader(path)
    found = simulated(header)
    own = {MODEL, CONFIG, SEALED} <= set(header)
    if own and header[SEALED] != of_header(header, found):
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
            said = {key: hdus[0].header.get(key) for key in (MODEL, CONFIG)}
            found = content(hdus, file)
    except OSError as error:
        raise InputError(f"{path} is not a SLAM model: {error}") from error
    if None in said.values():
        raise InputError(
            f"{path} does not say what it was trained with: an older version made it, "
            "or it is not the model of a run; the target `train` makes it anew"
        )
    if said[MODEL] != found:
        raise InputError(
            f"{path} has been changed since it was trained: its content is {found}, "
            f"and was {said[MODEL]}; the target `train` makes it anew"
        )
    return said


def made_with(model: PathLike, prediction: Mapping) -> dict[str, str]:
    """What labels by a model say of themselves, as the `meta` of their table.

    Parameters
    ----------
    model
        File of a model. One that was not sealed has no digest to say.
    prediction
        The section of the configuration.
    """
    header = fits.getheader(model)
    if MODEL not in header:
        return {}
    return {
        MODEL: header[MODEL],
        CONFIG: of_prediction(prediction),
        LABELLING: of_labelling(prediction),
    }


def of_model(model: PathLike) -> dict[str, str]:
    """What labels say of themselves that hang on a model and on no section prediction.

    Parameters
    ----------
    model
        File of a sealed model.
    """
    return {MODEL: identity(model)[MODEL]}


def shared(parts: Mapping[PathLike, Table]) -> dict[str, str]:
    """What tables that are made into one say of themselves, if all say the same.

    Parameters
    ----------
    parts
        Tables by their files.

    Raises
    ------
    InputError
        If they were made with different models or configurations.
    """
    said = {path: marks(table) for path, table in parts.items()}
    (first, expected), *others = said.items()
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
    shared(found)
    return stacked(list(found.values()))


def marks(table: Table) -> dict[str, str]:
    """The digests that a table carries, of those that it has."""
    known = *DIGESTS, LABELLING
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
        The part, and the file that it was read from.
    model
        File of the model that it is to be used with.
    prediction
        Section of the run's configuration; without it, that is not compared.
    target
        Of the workflow, that makes the part.

    Raises
    ------
    InputError
        If it was, or does not say what it was made with.
    """
    said, own = marks(table), identity(model)
    again = f"the target `{target}` of the workflow makes it anew"
    if MODEL not in said:
        raise InputError(f"{path} does not say which model it was made with: {again}")
    if said[MODEL] != own[MODEL]:
        raise InputError(
            f"{path} was made with the model {said[MODEL]}, but {model} is "
            f"{own[MODEL]}: {again}"
        )
    if prediction is not None and said.get(CONFIG) != of_prediction(prediction):
        raise InputError(
            f"{path} was made with another section `prediction` "
            f"({said.get(CONFIG, 'unknown')}) than the configuration of the run has "
            f"({of_prediction(prediction)}): {again}"
        )


def require_configuration(
    path: PathLike, config: Mapping, model: PathLike, settings: Sequence[str]
) -> None:
    """Refuse the configuration of a run that its model was not trained with.

    Parameters
    ----------
    path, config
        The configuration, and the file that it was read from.
    model
        File of the model.
    settings
        As for `of_training`.

    Raises
    ------
    InputError
        If it was trained with another.
    """
    own, found = identity(model)[CONFIG], of_training(config, settings)
    if own != found:
        raise InputError(
            f"{model} was trained with another configuration ({own}) than "
            f"{Path(path)} says ({found}): the target `train` of the workflow, with "
            "the configuration that is meant, makes both anew"
        )
