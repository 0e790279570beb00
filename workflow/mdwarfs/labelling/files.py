"""Labels of spectra that are given as files, with a reason for each that has none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from mdwarfs.config import MAP
from mdwarfs.errors import InputError
from mdwarfs.joining import lookup
from mdwarfs.slam.infer.flags import Flag
from mdwarfs.slam.infer.stars import label_stars
from mdwarfs.slam.labeller import labeller
from mdwarfs.spectra.load import load_all
from mdwarfs.spectra.velocities import AgainstTemplate
from mdwarfs.spectra.weighting import IVAR
from mdwarfs.tabulate import annotate
from mdwarfs.types import PathLike
from mdwarfs.validation import catalogue

if TYPE_CHECKING:
    from mdwarfs.literature.power_laws import PowerLaw
    from mdwarfs.slam.spectral_model import SpectralModel
    from mdwarfs.slam.trained_model import TrainedModel
    from mdwarfs.spectra.spectrum_set import SpectrumSet
    from mdwarfs.validation.calibration import Calibration


COLUMNS = {
    "file": ("", "Spectrum file; file[3] is the third spectrum of its file"),
    "name": ("", "What its file calls the spectrum, if it holds several"),
    "kind": ("", "Format of the file"),
    "v_rad": ("km / s", "Radial velocity: of the file, or else measured"),
    "reason": ("", "Why there are no labels; empty if there are"),
}


def predict_files(
    paths: Sequence[PathLike],
    trained: TrainedModel,
    prediction: dict,
    power_laws: dict[str, PowerLaw],
    calibrations: dict[str, Calibration],
) -> Table:
    """Predict the labels of spectra in files.

    Parameters
    ----------
    prediction
        The section `prediction` of the configuration.
    calibrations
        Uncertainties by label; may be empty.

    Returns
    -------
    table
        One row per spectrum, in their order, with the labels and the uncertainties of
        `mdwarfs.validation.catalogue.uncertainties`. Labels are NaN where `reason`
        says why. A file that could not be read has no flag but `NO_LABELS`.

    Raises
    ------
    InputError
        If the model does not say how its spectra were normalised, has no label for
        which there is a prior, or `prediction` asks for an emulation of the released
        labels.
    """
    for key, only in (("method", MAP), ("weighting", IVAR)):
        if prediction[key] != only:
            raise InputError(
                f"prediction.{key}: {prediction[key]} emulates the released labels, "
                "which takes the spectra of a whole run; spectra alone are predicted "
                f"with {only}"
            )
    if not trained.normalisation:
        raise InputError(
            "the model does not say how its spectra were normalised: train it with "
            "this workflow"
        )
    predictor, model = labeller(trained), trained.spectral_model()
    spectra = read_files(paths, model)
    stars = spectra.stars
    usable = {x: r for x, r in prediction["usable"].items() if x in model.label_names}
    found = label_stars(predictor, spectra, prediction | {"usable": usable}, threads=1)

    faint = stars["snr"] < prediction["snr_min"]
    nothing = (found["flags"] & Flag.NO_LABELS) > 0
    status = np.where(spectra.ok, found["status"], stars["status"])
    reason = np.where(nothing, status, "").astype("U400")
    reason[faint & ~nothing] = [
        f"SNR {snr:.1f} is below {prediction['snr_min']:g}"
        for snr in stars["snr"][faint & ~nothing]
    ]
    named = ["name"] if any(stars["name"]) else []
    table = stars[["file", *named, "kind", "snr", "v_rad"]]
    formal = [f"e_{name}" for name in model.label_names]
    columns = found[[*model.label_names, *formal, "training_sparseness"]]
    labels = lookup(columns, np.where(reason == "", np.arange(len(table)), -1))
    table.update(
        catalogue.uncertainties(
            labels, stars["snr"], model.label_names, power_laws, calibrations
        )
    )
    for name in ("chi2", "dof", "n_good", "n_outliers"):
        table[name] = found[name]
    table["training_sparseness"] = labels["training_sparseness"]
    table["flags"] = found["flags"]
    table["flags"][stars["kind"] == ""] = int(Flag.NO_LABELS)  # nothing was read
    table["flag_names"] = [catalogue.flag_names(bits) for bits in table["flags"]]
    table["reason"] = reason
    own = {name: said for name, said in COLUMNS.items() if name in table.colnames}
    return annotate(table, own | catalogue.COLUMNS)


def read_files(paths: Sequence[PathLike], model: SpectralModel) -> SpectrumSet:
    """Read and normalise spectra as the training spectra of a model were.

    The velocity of a spectrum whose file has none is found against the model's mean
    spectrum.

    Returns
    -------
    spectra
        As `load_all` makes it, with the columns source_id and sdss_id (0) added. Where
        a file has no SNR, it is the median over the normalised pixels.
    """
    template = model.spectra(model.labels.mean(axis=0))[0]
    velocity = AgainstTemplate(template, model.normalisation)
    spectra = load_all(paths, model.normalisation, velocity)
    stars = spectra.stars
    for row in np.flatnonzero(spectra.ok & ~np.isfinite(stars["snr"])):
        good = spectra.ivar[row] > 0
        pixels = spectra.flux[row][good] * np.sqrt(spectra.ivar[row][good])
        stars["snr"][row] = np.median(pixels)
    stars["source_id"] = stars["sdss_id"] = np.zeros(len(stars), np.int64)
    return spectra
