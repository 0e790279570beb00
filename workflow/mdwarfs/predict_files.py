"""Labels of spectra that are given as files, with a reason for each that has none."""

import numpy as np
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.progress import track
from mdwarfs.slam.flags import Flag
from mdwarfs.slam.survey import label_stars
from mdwarfs.spectra.normalise_all import configured_grid, prepare
from mdwarfs.spectra.readers import read
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.spectra.velocity import measure
from mdwarfs.tabulate import annotate
from mdwarfs.validation.catalogue import flag_names

RESEMBLES = 0.5
"""Least correlation with the model's mean spectrum at which a velocity is believed."""

COLUMNS = {
    "file": ("", "Spectrum file"),
    "kind": ("", "Format: mwmStar, spec (BOSS or SDSS) or lamost"),
    "v_rad": ("km / s", "Radial velocity: of the file, or else measured"),
    "flag_names": ("", "The bits of flags in words, separated by commas"),
    "reason": ("", "Why there are no labels; empty if there are"),
}


def predict_files(paths, model, prediction, laws):
    """Predict the labels of spectra in files.

    Parameters
    ----------
    paths : sequence of path-like
    model : mdwarfs.slam.model.Slam
    prediction : dict
        The section `prediction` of the configuration: block, snr_min, usable, prior.
    laws : dict of str to mdwarfs.validation.uncertainty.PowerLaw
        Uncertainty as a function of SNR by label; may be empty.

    Returns
    -------
    astropy.table.Table
        One row per file, in their order. Labels are NaN where `reason` says why. For
        each label x: x, e_x (formal, of the posterior: too small at high SNR), and
        cv_x (from `laws`). A file that could not be read has no flag but `NO_LABELS`.

    Raises
    ------
    InputError
        If the model does not say how its spectra were normalised.
    """
    if not model.normalisation:
        raise InputError(
            "the model does not say how its spectra were normalised: train it with "
            "this workflow"
        )
    spectra = read_files(paths, model)
    stars = spectra.stars
    usable = {x: r for x, r in prediction["usable"].items() if x in model.label_names}
    found = label_stars(model, spectra, prediction | {"usable": usable}, threads=1)

    faint = stars["snr"] < prediction["snr_min"]
    nothing = (found["flags"] & Flag.NO_LABELS) > 0
    status = np.where(spectra.ok, found["status"], stars["status"])
    reason = np.where(nothing, status, "").astype("U200")
    reason[faint & ~nothing] = [
        f"SNR {snr:.1f} is below {prediction['snr_min']:g}"
        for snr in stars["snr"][faint & ~nothing]
    ]
    table = stars["file", "kind", "snr", "v_rad"]
    for name in model.label_names:
        columns = {
            name: (found[name], None),
            f"e_{name}": (
                found[f"e_{name}"],
                f"Formal error of {name}; too small at high SNR",
            ),
        }
        if name in laws:
            columns[f"cv_{name}"] = (
                laws[name].sigma(stars["snr"]),
                f"Scatter of {name} of stars of this SNR in the cross-validation",
            )
        for column, (values, description) in columns.items():
            table[column] = np.where(reason == "", values, np.nan)
            table[column].info.description = description
    for name in ("chi2", "dof", "n_good", "flags"):
        table[name] = found[name]
    table["flags"][stars["kind"] == ""] = int(Flag.NO_LABELS)  # nothing was read
    table["flag_names"] = [flag_names(bits) for bits in table["flags"]]
    table["reason"] = reason
    return annotate(table, COLUMNS)


def read_files(paths, model):
    """Read and normalise spectra as the training spectra of a model were.

    Parameters
    ----------
    paths : sequence of path-like
    model : mdwarfs.slam.model.Slam

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
