"""Labels for spectra in files, with a reason for each that has none."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.slam.infer.flags import (
    LIMITED,
    NO_LIMITS,
    Flag,
    add_words,
    flag,
    give_reason,
)
from mdwarfs.slam.infer.residuals import COLUMNS as RESIDUALS
from mdwarfs.slam.infer.stars import label_stars
from mdwarfs.spectra.formats import read_all
from mdwarfs.spectra.load import load_all
from mdwarfs.spectra.signal import misstated
from mdwarfs.spectra.velocities import COLUMNS as ORIGIN
from mdwarfs.spectra.velocities import FOUND, AgainstTemplate, as_it_is
from mdwarfs.tables.columns import meaning
from mdwarfs.tables.tabulate import annotate
from mdwarfs.types import PathLike
from mdwarfs.validation import catalogue
from mdwarfs.validation.fit_limits import beyond_limits, limits_basis

logger = logging.getLogger(__name__)

if TYPE_CHECKING:
    from mdwarfs.labelling.model_of_run import ModelOfRun
    from mdwarfs.spectra.spectrum_set import SpectrumSet
    from mdwarfs.validation.snr_scale import SnrScale

OPTION = "--simulated-model"
"""Of `mdwarfs predict`: what `predict_files` has `real` for."""

COLUMNS = {
    "file": ("", "Spectrum file; file[3] is the third spectrum of its file"),
    "name": ("", "What its file calls the spectrum, if it holds several"),
    "kind": ("", "Format of the file"),
    "snr": (
        "",
        "Signal-to-noise ratio, per pixel: the one that e_* belong to, as the file "
        "states it, or else, and where that cannot be, found from the spectrum and "
        "brought to it; without power laws that of the file, or else found from the "
        "spectrum",
    ),
    "snr_file": ("", "Signal-to-noise ratio that the file states, of its survey"),
    "v_rad": ("km / s", "Radial velocity: of the file, or else found"),
    **ORIGIN,
    "simulated": ("", "Whether the file says that its spectrum is simulated"),
    "simulated_model": ("", "Whether the labels are by a model of simulated stars"),
    "reason": (
        "",
        "Why there are no labels, or why labels without any flag are not recommended; "
        "else empty",
    ),
}


def predict_files(
    paths: Sequence[PathLike], model: ModelOfRun, *, real: bool = False
) -> Table:
    """Predict the labels of spectra in files, as those of a run's catalogue.

    Parameters
    ----------
    model
        With what its run knows of such labels.
    real
        Whether a model of simulated stars is to label real ones nevertheless.

    Returns
    -------
    table
        One row per spectrum, in their order, with the labels and the uncertainties of
        `mdwarfs.validation.catalogue.uncertainties`. Faint spectra have labels, and a
        flag, as in a catalogue. Labels are NaN where `reason` says why. A spectrum that
        could not be read or normalised has no flag but `NO_LABELS`. The columns
        simulated and simulated_model say what is simulated; `meta` has SIMULATD,
        whether anything is, SIMMODEL, whether the model is, and FITLIMIT, what the
        limits are from.

    Raises
    ------
    InputError
        If the model does not say how its spectra were normalised, or has no label for
        which there is a prior; if real spectra are given to a model of simulated stars
        without `real`.
    """
    if model.simulated and not real:
        require_simulated(whether_simulated(paths))
    table = label_spectra(model, read_like_training(paths, model))
    if table.meta[LIMITED] == NO_LIMITS:
        logger.warning(
            "the limits of the fit are not known: noise, wrong velocities and spectra "
            "of other things are not flagged, and no labels are recommended"
        )
    return table


def read_like_training(paths: Sequence[PathLike], model: ModelOfRun) -> SpectrumSet:
    """Read and normalise spectra as those that a model was trained with: `read_files`.

    Raises
    ------
    InputError
        If the model does not say how they were.
    """
    spectral = model.predictor.model
    if not spectral.normalisation:
        raise InputError(
            "the model does not say how its spectra were normalised: train it with "
            "this workflow"
        )
    template = spectral.spectra(spectral.labels.mean(axis=0))[0]
    return read_files(
        paths, template, spectral.normalisation, model.snr_scale, model.at_rest
    )


def label_spectra(model: ModelOfRun, spectra: SpectrumSet) -> Table:
    """The table of `predict_files`, of spectra that have been read.

    Parameters
    ----------
    spectra
        As `read_files` makes them.
    """
    names, stars = model.trained.label_names, spectra.stars
    prediction = model.prediction | {"usable": model.usable}
    found = label_stars(model.predictor, spectra, prediction, threads=1)

    nothing = (found["flags"] & Flag.NO_LABELS) > 0
    table = spectrum_columns(stars, model.simulated)
    table.update(
        catalogue.uncertainties(
            found, stars["snr"], names, model.power_laws, model.calibrations
        )
    )
    for name in (
        "chi2", "dof", "n_good", "n_outliers", "correlation", "v_offset", "v_stretch",
        *RESIDUALS, "training_sparseness",
    ):  # fmt: skip
        table[name] = found[name]
    beyond = beyond_limits(found, stars["snr"], names, model.limits)
    table["flags"] = (
        found["flags"] | beyond | flag(stars["snr_misstated"], Flag.BAD_FIT)
    )
    table["flags"][nothing] = int(Flag.NO_LABELS)
    table.meta[LIMITED] = limits_basis(model.limits)
    return in_words(table, found["status"], model.simulated, label_columns(names))


def spectrum_columns(stars: Table, simulated: bool) -> Table:
    """What is said of each spectrum, whatever model labels it.

    Parameters
    ----------
    simulated
        Whether the model is of simulated stars.
    """
    name = ["name"] if any(stars["name"]) else []
    table = stars[
        ["file", *name, "kind", "snr", "snr_file", "v_rad", *ORIGIN, "simulated"]
    ]
    table["simulated_model"] = np.full(len(table), simulated)
    return table


def in_words(
    table: Table,
    status: np.ndarray,
    simulated: bool,
    described: Mapping[str, tuple[str, str]],
) -> Table:
    """Say of labels of files what their flags mean, the reasons, and what is simulated.

    Parameters
    ----------
    table
        Columns of `spectrum_columns`, labels and flags.
    status
        Why a spectrum has no labels.
    simulated
        Whether the model is of simulated stars.
    described
        Unit and description of columns, which go before those of `COLUMNS`.

    Returns
    -------
    table
        The same.
    """
    without = (np.asarray(table["flags"]) & int(Flag.NO_LABELS)) > 0
    add_words(table, ~without)
    table["reason"] = np.where(without, status, "").astype("U400")
    give_reason(table)
    table.meta["SIMULATD"] = bool(simulated or any(table["simulated"]))
    table.meta["SIMMODEL"] = bool(simulated)
    own = {name: said for name, said in COLUMNS.items() if name in table.colnames}
    return annotate(table, {**own, **described})


def label_columns(names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Unit and description of labels by name: also of any that `LABELS` lacks."""
    return {name: meaning(name) or ("", f"Label {name}") for name in names}


def whether_simulated(paths: Sequence[PathLike]) -> Iterator[tuple[str, bool]]:
    """Yield of each file whether all its spectra say that they are simulated.

    A file that cannot be read is left out: it gets no labels.
    """
    for path in paths:
        try:
            yield str(path), all(spectrum.simulated for spectrum in read_all(path))
        except InputError:
            continue


def require_simulated(
    spectra: Iterable[tuple[str, bool]], option: str = OPTION
) -> None:
    """Refuse real spectra, for a model of simulated stars.

    Parameters
    ----------
    spectra
        What each is called, and whether it says that it is simulated.
    option
        What lets such a model label them nevertheless.

    Raises
    ------
    InputError
        At the first that does not say so.
    """
    for name, simulated in spectra:
        if not simulated:
            raise InputError(
                f"{name} is not stamped as simulated, and the model was trained on "
                "simulated stars: its labels of real stars would be off by more than "
                f"their errors. Use the model of a real run, or give {option}; then "
                "every row says so"
            )


def read_files(
    paths: Sequence[PathLike],
    template: np.ndarray,
    normalisation: dict,
    snr_scale: SnrScale | None = None,
    at_rest: bool = False,
) -> SpectrumSet:
    """Read and normalise spectra as the training spectra of a model were.

    The velocity of a spectrum whose file has none is found against a template, and the
    column v_rad_source says so.

    Parameters
    ----------
    template : shape (p,)
        Normalised spectrum at the wavelengths of the model, NaN where it has none.
    normalisation
        Of the model: the section `spectra` of its configuration.
    at_rest
        Whether all of them are taken to be at rest.

    Returns
    -------
    spectra
        As `load_all` makes it, with the columns snr_file, and source_id and sdss_id (0)
        and snr_misstated added. `snr` is on the scale given, or else that of the file,
        or else, and where that is misstated, the one found from the spectrum.
    """
    velocity = as_it_is if at_rest else AgainstTemplate(template, normalisation)
    spectra = load_all(paths, normalisation, velocity)
    stars = spectra.stars
    found_here = np.count_nonzero(np.asarray(stars["v_rad_source"]) == FOUND)
    if found_here:
        logger.warning(
            "%d of %d spectra have no velocity in their files: it was found by "
            "comparison with the model (v_rad_source)",
            found_here,
            len(stars),
        )
    stated, measured = stars["snr"].copy(), stars["snr_pixels"]
    stars["snr_file"] = stated
    wrong = stars["snr_misstated"] = misstated(stated, measured)
    believed = np.where(wrong, np.nan, stated)
    if snr_scale is None:
        stars["snr"] = np.where(np.isfinite(believed), believed, measured)
    else:
        stars["snr"] = snr_scale(stars["kind"], believed, measured)
    stars["source_id"] = stars["sdss_id"] = np.zeros(len(stars), np.int64)
    return spectra
