"""Find and read the parts of a run that belong to a trained model."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

from astropy.io import fits
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.config import (
    check_config,
    merge_config,
    read_config,
    read_run_config,
    schema_path,
)
from mdwarfs.contradictions import is_simulated as run_is_simulated
from mdwarfs.errors import InputError
from mdwarfs.given.settings import REST, with_defaults
from mdwarfs.literature.power_laws import PowerLaw
from mdwarfs.method_names import MAP
from mdwarfs.run import seals
from mdwarfs.run.folder import CONFIGURATION
from mdwarfs.spectra.weighting import IVAR
from mdwarfs.types import PathLike
from mdwarfs.validation.calibration import Calibration
from mdwarfs.validation.fit_limits import Limits
from mdwarfs.validation.snr_scale import COLUMNS as SCALE

logger = logging.getLogger(__name__)

CONFIG = Path(__file__).parents[3] / "config" / "config.yaml"
"""The default configuration, where the package runs from a checkout."""
ALONE = {
    "block": 128, "method": MAP, "weighting": IVAR, "snr_min": 3.0, "prior": {},
    "usable": {},
}  # fmt: skip
"""Section `prediction` where it does not: as in config.yaml, but that nothing is known
of the ranges in which the labels of a model may be used."""
RUN = {
    "slam/model.fits": "train",
    "validation/power_laws.ecsv": "validate",
    "validation/calibration.ecsv": "validate",
    "validation/fit_limits.ecsv": "predict",
    CONFIGURATION: "train",
}
"""What `mdwarfs predict` takes of a run, and the targets that make it."""
HYBRID_RUN = {"hybrid/model.fits": "predict", CONFIGURATION: "train"}
"""The same with `--method hybrid`."""
STAMPED = (
    "slam/model.fits", "hybrid/model.fits", "catalogue/slam_labels.fits",
    "catalogue/hybrid_labels.fits", "spectra/normalised.fits",
    "validation/power_laws.ecsv", "validation/calibration.ecsv",
    "validation/fit_limits.ecsv",
)  # fmt: skip
"""Files of a run that say whether its stars are simulated, beside its configuration."""
SLAM, HYBRID = "slam", "hybrid"
RUNS = {SLAM: RUN, HYBRID: HYBRID_RUN}


def columns_of(law: type, *more: str) -> list[str]:
    """Columns of a table that has one such law for each label."""
    return ["label", *(field.name for field in fields(law)), *more]


TABLES = {
    "laws": columns_of(PowerLaw, *SCALE),
    "calibration": columns_of(Calibration),
    "limits": ["measure", *(field.name for field in fields(Limits))],
}
"""Columns of the tables that go with a model, by the attribute of `Files`."""


@dataclass(frozen=True)
class Files:
    """Where the parts of a run are; None of what is not given.

    Attributes
    ----------
    model, laws, calibration, limits, config
        In the order of `RUN`. The configuration is that of a whole run.
    """

    model: PathLike
    laws: PathLike | None = None
    calibration: PathLike | None = None
    limits: PathLike | None = None
    config: PathLike | None = None

    @property
    def paths(self) -> tuple[PathLike | None, ...]:
        """All of them."""
        return self.model, self.laws, self.calibration, self.limits, self.config

    @cached_property
    def own(self) -> dict | None:
        """The configuration of the run; None of a model without a run."""
        return None if self.config is None else read_run_config(self.config)


def files_of_run(folder: PathLike, method: str = SLAM) -> Files:
    """Where a run has what goes with its model.

    Parameters
    ----------
    folder
        Its results.
    method
        One of `RUNS`.

    Raises
    ------
    InputError
        If it lacks one of them, with the target that makes it.
    """
    needed = RUNS[method]
    paths = [Path(folder, name) for name in needed]
    if not any(path.is_file() for path in paths):
        raise InputError(
            f"{folder} holds no results of a run: it has none of "
            f"{', '.join(needed)}. Give the folder below results/, as results/simulated"
        )
    for path, target in zip(paths, needed.values()):
        if not path.is_file():
            raise InputError(
                f"{path}: there is no such file. The target `{target}` of the workflow "
                "makes it. A model alone is used with --model"
            )
    model, *laws, config = paths
    return Files(model, *laws, config=config)


def run_of(model: PathLike) -> Path | None:
    """Folder of the results of the run in which a model lies; None of one alone."""
    path = Path(model).absolute()
    within = any(path.match(next(iter(needed))) for needed in RUNS.values())
    return path.parents[1] if within else None


def limits_beside(model: PathLike) -> Path:
    """Where `Slam.save` writes the limits of the fit of a model."""
    path = Path(model)
    return path.parent / f"{path.stem}_fit_limits.ecsv"


def files_of_model(
    model: PathLike,
    laws: PathLike | None = None,
    calibration: PathLike | None = None,
    limits: PathLike | None = None,
) -> Files:
    """Where a model is, and what lies beside it that decides how labels are flagged.

    All ways to label spectra by a model ask here, so that their flags agree.

    Parameters
    ----------
    model
        Within a run or alone.
    laws, calibration, limits
        What is given with it. Limits that are not are those that `Slam.save` wrote, or
        those of the run; uncertainties are those that are given.
    """
    run = run_of(model)
    places = [limits_beside(model)]
    places += [] if run is None else [run / "validation" / "fit_limits.ecsv"]
    if limits is None and not is_hybrid(model):  # that one has its own within it
        limits = next((place for place in places if place.is_file()), None)
    config = None if run is None else run / CONFIGURATION
    there = config is not None and config.is_file()
    return Files(model, laws, calibration, limits, config if there else None)


def tables_of(files: Files, settings: Sequence[str]) -> dict[str, Table]:
    """The tables of `TABLES` that are given, if they belong to the model.

    Parameters
    ----------
    settings
        Keys of the section `slam` that the model is trained with.

    Returns
    -------
    entries
        By the attributes of `files`.

    Raises
    ------
    InputError
        If one was made with another model, or with another configuration than the
        run's, or the model was.
    """
    prediction = None
    if files.own is not None:
        seals.require_configuration(files.config, files.own, files.model, settings)
        prediction = files.own["prediction"]
    found = {}
    for name, columns in TABLES.items():
        path = getattr(files, name)
        if path is not None:
            found[name] = tables.read(path, columns)
            seals.require(path, found[name], files.model, prediction)
    if found:
        seals.shared_marks(
            {getattr(files, name): table for name, table in found.items()}
        )
    return found


def is_simulated(path: PathLike) -> bool:
    """Whether a model was trained on simulated spectra; if so, that is logged.

    Raises
    ------
    InputError
        If its header was edited, see `mdwarfs.run.seals.is_simulated`.
    """
    simulated = seals.is_simulated(path)
    if simulated:
        logger.warning("%s was trained on simulated spectra", path)
    return simulated


def require_one_origin(folder: Path, config: dict) -> None:
    """Refuse a run whose files disagree about whether its stars are simulated.

    Whoever takes labels, spectra or a model of a run asks here.

    Parameters
    ----------
    folder
        Of the run.
    config
        Its configuration.

    Raises
    ------
    InputError
        With what each of them says.
    """
    said: dict[bool, list[str]] = {run_is_simulated(config): [CONFIGURATION]}
    for name in STAMPED:
        if not (folder / name).is_file():
            continue
        try:
            if name.endswith(".ecsv"):
                headers = [tables.read(folder / name).meta]
            else:
                headers = [fits.getheader(folder / name, hdu) for hdu in (0, 1)]
        except (OSError, IndexError) as error:
            raise InputError(f"{folder / name} cannot be read: {error}") from error
        for simulated in {bool(h["SIMULATD"]) for h in headers if "SIMULATD" in h}:
            said.setdefault(simulated, []).append(name)
    if len(said) > 1:
        raise InputError(
            f"{folder}: {' and '.join(said[True])} say that its stars are simulated, "
            f"{' and '.join(said[False])} that they are real. One of them is of "
            "another run, or was edited: make the run again"
        )


def is_hybrid(path: PathLike) -> bool:
    """Whether a file says that it is a hybrid model."""
    try:
        return fits.getheader(path).get("REGRESS") == HYBRID
    except OSError:  # whoever reads it says what is wrong
        return False


def taken_at_rest(config: Mapping) -> bool:
    """Whether the spectra of a run were taken to be at rest as they are."""
    if config.get("source") != "files":
        return False
    return with_defaults(config["files"])["velocity"] == REST


def configuration(files: Files, changes: PathLike | None) -> dict:
    """A whole configuration, or, without a checkout, what there is of one.

    Parameters
    ----------
    files
        With the configuration of a run; without it, the section `prediction` that the
        file of the model keeps; without both, the default of the checkout.
    changes
        A configuration that is laid over it.

    Raises
    ------
    InputError
        If one is no configuration, or a value of it is wrong.
    """
    kept = seals.kept_prediction(files.model) if files.own is None else None
    if kept is not None and not changes:
        return {"prediction": kept}
    try:
        root = checkout_of(changes or files.config or CONFIG, "--config")
    except InputError:
        if changes:  # it could not be checked
            raise
        if files.own is not None:  # it was checked when the run was made
            return files.own
        logger.warning(
            "there is no checkout of the workflow, and so no config.yaml: no usable "
            "ranges, no priors, and spectra are flagged as faint below SNR %g",
            ALONE["snr_min"],
        )
        return {"prediction": ALONE}
    config = files.own
    if config is None:
        config = read_config([root / "config" / CONFIG.name])
        config["prediction"] = kept or config["prediction"]
    if changes:
        config = merge_config(config, read_config([changes]))
    check_config(config, schema_path(root))
    return config


def checkout_of(path: PathLike, option: str) -> Path:
    """The checkout in which a configuration lies, or else the one of this package.

    It has the default configuration and the schema, which no installed package has.
    The configuration was given by `option`.

    Raises
    ------
    InputError
        If there is neither.
    """
    for folder in [*Path(path).resolve().parents, CONFIG.parents[1]]:
        if (
            schema_path(folder).is_file()
            and (folder / "config" / CONFIG.name).is_file()
        ):
            return folder
    raise InputError(
        f"{path}: there is no checkout of the workflow around it, which would have the "
        "default configuration: name one in the folder config of a checkout with "
        f"{option}"
    )
