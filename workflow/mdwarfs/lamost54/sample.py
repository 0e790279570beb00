"""Fifty-four real LAMOST spectra of M dwarfs with labels from the literature.

The spectra are public LAMOST DR7 files; their labels were collected from Yee+2017,
Passegger+2018, Schweitzer+2019 and Maldonado+2020. They are too few for a test set and
are validated leave-one-out. No star is dropped: those that are not fit for training
keep their rows, with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.spectra import normalise_all
from mdwarfs.spectra.formats import read
from mdwarfs.spectra.load import load
from mdwarfs.spectra.velocities import AgainstOthers
from mdwarfs.tabulate import annotate
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from mdwarfs.spectra.spectrum_set import SpectrumSet


NULL = -9999
LABELS = {"teff": "teff_A", "logg": "logg_A", "feh": "feh_A"}
"""Our names of the labels and those of the CSV file, column set A."""

SET_ASIDE = (
    "set aside: not in the comparison set of 43 stars "
    "(its correlation with the template there is below 0.84)"
)
"""Why the stars of the configuration's `set_aside` are not used. The comparison set
asks for a cross-correlation above 0.84, with its own template, and an SNR above 40."""

COLUMNS = {
    "source_id": (
        "",
        "Gaia DR3 source identifier; the LAMOST obsid where the list has none",
    ),
    "obsid": ("", "LAMOST observation identifier"),
    "file": ("", "File name of the spectrum"),
    "designation": ("", "LAMOST designation of the star"),
    "name": ("", "Name of the star in the literature"),
    "subclass": ("", "Subclass given by the survey's own pipeline"),
    "label_ref": ("", "Where Teff, log g and [Fe/H] come from"),
    "v_rad": ("km / s", "Radial velocity"),
    "v_rad_pipeline": ("km / s", "Radial velocity of the LAMOST pipeline"),
    "correlation": ("", "Correlation with the median spectrum of the other stars"),
    "n_good": ("", "Good pixels"),
    "labelled": ("", "Used for training, and for the test of the predictions"),
}


def read_labels(path: PathLike) -> Table:
    """Read the list of stars and labels.

    Parameters
    ----------
    path
        `lamost54_labels.csv`, with the columns file, lamost (designation), obsid, ra,
        dec, subclass, snri, name, teff_A, logg_A, feh_A, ref_A and cif_GaiaDR3_id.
        The set A of labels is that of Stage2/fit/catalog_A.csv of the public
        repository zhenzhenwave/MULySS_zh, which has the spectra as well.

    Returns
    -------
    table
        Columns source_id, obsid, sdss_id (0), file, designation, name, ra, dec, snr
        (in i), subclass, teff, logg, feh (NaN where there is none), label_ref.

    Raises
    ------
    InputError
        If the file is missing or lacks a column.
    """
    try:
        raw = Table.read(
            path, format="ascii.csv", converters={"cif_GaiaDR3_id": np.int64}
        )
        table = Table()
        gaia = np.ma.filled(raw["cif_GaiaDR3_id"], 0)
        obsid = np.asarray(raw["obsid"], np.int64)
        table["source_id"] = np.where(gaia > 0, gaia, obsid)
        table["sdss_id"] = np.zeros(len(raw), np.int64)
        table["obsid"] = obsid
        for new, old in (
            ("file", "file"), ("designation", "lamost"), ("name", "name"),
            ("subclass", "subclass"), ("label_ref", "ref_A"),
        ):  # fmt: skip
            table[new] = np.ma.filled(raw[old].astype(str), "")
        for new, old in ({"ra": "ra", "dec": "dec", "snr": "snri"} | LABELS).items():
            values = np.ma.filled(raw[old].astype(float), np.nan)
            table[new] = np.where(values == NULL, np.nan, values)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except (KeyError, ValueError) as error:
        raise InputError(f"{path} is not the list of labels: {error}") from error
    return table


def read_sample(
    labels: Table, folder: PathLike, settings: dict, criteria: dict
) -> tuple[SpectrumSet, Table]:
    """Read and normalise the spectra, in rest frames that agree with each other.

    Radial velocities are measured by correlation with the median spectrum of the other
    stars, in a few rounds, because four stars have none in their files and because the
    spectra must agree better than the pipeline's velocities do. The zero point is that
    of the pipeline's velocities.

    This is done once for the whole sample, ahead of any leave-one-out. A star is not
    part of its own template, but it is part of those of the others, so that a held-out
    star still touches the velocities of its training set. No label enters, and the
    effect is small: including a star in its own template changes no velocity by more
    than 0.6 km/s, a hundredth of a pixel.

    Parameters
    ----------
    labels
        From `read_labels`.
    folder
        Where the spectra are.
    settings
        The section `spectra` of the configuration.
    criteria
        The section `lamost54`.

    Returns
    -------
    spectra
    labels
        With the columns v_rad, v_rad_pipeline, correlation, n_good, labelled and
        reason added.
    """
    paths = [Path(folder) / name for name in labels["file"]]
    velocity = AgainstOthers(readable(paths), settings)
    spectra = load(paths, settings, velocity)
    v_rad, of_file, correlation = np.transpose(
        [velocity.of(source) for source in spectra.stars["file"]]
    )
    status = np.asarray(spectra.stars["status"])
    labels = labels.copy()
    labels["v_rad"] = np.where(np.isfinite(correlation), v_rad, np.nan)
    labels["v_rad_pipeline"] = of_file
    labels["correlation"] = correlation
    labels["n_good"] = spectra.stars["n_good"]
    labels["reason"] = reasons(labels, status, spectra.flux.shape[1], criteria)
    labels["labelled"] = labels["reason"] == ""
    stars = labels["source_id", "sdss_id", "obsid", "file", "snr", "n_good"]
    stars["status"] = status
    annotate(stars, {"obsid": COLUMNS["obsid"], **normalise_all.COLUMNS})
    return replace(spectra, stars=stars), annotate(labels, COLUMNS)


def readable(paths: list) -> list:
    """The spectra of those files that can be read: list of Spectrum."""
    spectra = []
    for path in paths:
        with suppress(InputError):  # `load` says why
            spectra.append(read(path))
    return spectra


def reasons(
    labels: Table, status: Sequence[str], n_pix: int, criteria: dict
) -> list[str]:
    """Why each star is not fit for training; "" if it is.

    Parameters
    ----------
    status
        Of the spectra.
    criteria
        snr_min, min_good_fraction, subclasses (first letters), set_aside (obsids).
    """
    found = []
    for star, state in zip(labels, status):
        why = [] if state == "ok" else [state]
        if star["n_good"] < criteria["min_good_fraction"] * n_pix and not why:
            why.append(f"saturated: {n_pix - star['n_good']} of {n_pix} pixels are bad")
        if star["subclass"] == "Non":
            why.append("LAMOST could not classify it")
        elif not star["subclass"].startswith(tuple(criteria["subclasses"])):
            why.append(f"LAMOST classifies it {star['subclass']}")
        if not star["snr"] > criteria["snr_min"]:
            why.append(f"SNR {star['snr']:.1f} is below {criteria['snr_min']}")
        missing = [name for name in LABELS if not np.isfinite(star[name])]
        if missing:
            why.append(f"no {', '.join(missing)} in the list of labels")
        if star["obsid"] in criteria["set_aside"]:
            why.append(SET_ASIDE)
        found.append("; ".join(why))
    return found


def training_split(labels: Table) -> Table:
    """The table that a training takes: source_id, sdss_id, role ("train")."""
    split = labels["source_id", "sdss_id"][labels["labelled"]]
    split["role"] = "train"
    return split
