"""Labels of spectra that are given as files, with a reason for each that has none."""

import numpy as np
from astropy.table import Table

from mdwarfs.config import MAP
from mdwarfs.errors import InputError
from mdwarfs.joining import lookup
from mdwarfs.progress import track
from mdwarfs.slam.infer.flags import Flag
from mdwarfs.slam.infer.stars import label_stars
from mdwarfs.slam.labeller import labeller
from mdwarfs.spectra.normalise_all import configured_grid, prepare
from mdwarfs.spectra.readers import read
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.spectra.velocity import measure
from mdwarfs.spectra.weighting import IVAR
from mdwarfs.tabulate import annotate
from mdwarfs.validation import catalogue

RESEMBLES = 0.5
"""Least correlation with the model's mean spectrum at which a velocity is believed."""

COLUMNS = {
    "file": ("", "Spectrum file"),
    "kind": ("", "Format: mwmStar, spec (BOSS or SDSS) or lamost"),
    "v_rad": ("km / s", "Radial velocity: of the file, or else measured"),
    "reason": ("", "Why there are no labels; empty if there are"),
}


def predict_files(paths, slam, prediction, power_laws, calibrations):
    """Predict the labels of spectra in files.

    Parameters
    ----------
    paths : sequence of path-like
    slam : mdwarfs.slam.model.Slam
    prediction : dict
        The section `prediction` of the configuration.
    power_laws : dict of str to mdwarfs.literature.power_laws.PowerLaw
    calibrations : dict of str to mdwarfs.validation.calibration.Calibration
        Uncertainties by label; may be empty.

    Returns
    -------
    astropy.table.Table
        One row per file, in their order, with the labels and the uncertainties of
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
    if not slam.normalisation:
        raise InputError(
            "the model does not say how its spectra were normalised: train it with "
            "this workflow"
        )
    predictor = labeller(slam)
    model = predictor.model
    spectra = read_files(paths, model)
    stars = spectra.stars
    usable = {x: r for x, r in prediction["usable"].items() if x in model.label_names}
    found = label_stars(predictor, spectra, prediction | {"usable": usable}, threads=1)

    faint = stars["snr"] < prediction["snr_min"]
    nothing = (found["flags"] & Flag.NO_LABELS) > 0
    status = np.where(spectra.ok, found["status"], stars["status"])
    reason = np.where(nothing, status, "").astype("U200")
    reason[faint & ~nothing] = [
        f"SNR {snr:.1f} is below {prediction['snr_min']:g}"
        for snr in stars["snr"][faint & ~nothing]
    ]
    table = stars["file", "kind", "snr", "v_rad"]
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
    return annotate(table, COLUMNS | catalogue.COLUMNS)


def read_files(paths, model):
    """Read and normalise spectra as the training spectra of a model were.

    Parameters
    ----------
    paths : sequence of path-like
    model : mdwarfs.slam.spectral_model.SpectralModel

    Returns
    -------
    SpectrumSet
        The stars have the columns of `normalise_all`, and kind and v_rad.
    """
    settings = model.normalisation
    grid = configured_grid(settings)
    planes = np.zeros((3, len(paths), len(grid)), np.float32)
    planes[0] = 1
    rows = []
    for k, path in enumerate(track(paths, "files")):
        kind, v_rad, snr, status = "", np.nan, np.nan, "ok"
        try:
            spectrum = read(path)
            kind, snr, v_rad = spectrum.kind, spectrum.snr, spectrum.v_rad
            if not spectrum.at_rest and not np.isfinite(v_rad):
                v_rad = find_velocity(spectrum, model)
                spectrum = spectrum.shifted(v_rad)
            planes[:, k] = prepare(spectrum, settings)
            if not np.isfinite(snr):
                good = planes[1, k] > 0
                snr = np.median(planes[0, k][good] * np.sqrt(planes[1, k][good]))
        except InputError as error:
            status = str(error).removeprefix(f"{path}: ")
        n_good = int((planes[1, k] > 0).sum())
        rows.append((0, 0, str(path), snr, n_good, status, kind, v_rad))
    names = "source_id sdss_id file snr n_good status kind v_rad".split()
    flux, ivar, continuum = planes
    return SpectrumSet(grid, flux, ivar, Table(rows=rows, names=names), continuum)


def find_velocity(spectrum, model):
    """Velocity of a spectrum whose file has none, against the model's mean spectrum.

    Raises
    ------
    InputError
        If the spectrum does not resemble the model's.
    """
    flux, ivar, _ = prepare(spectrum.shifted(0.0), model.normalisation)
    template = model.spectra(model.labels.mean(axis=0))[0]
    known = np.isfinite(template)
    template, ivar = np.where(known, template, 1.0), np.where(known, ivar, 0.0)
    v_rad, correlation = measure(model.wavelength, flux, ivar, template)
    if not correlation > RESEMBLES:
        raise InputError(
            "its file has no radial velocity, and it does not resemble an M dwarf "
            f"(correlation {correlation:.2f})"
        )
    return v_rad
