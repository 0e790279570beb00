"""Training stars and labels of stars from the tables and spectra of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table, hstack

from mdwarfs.hybrid.model import Hybrid
from mdwarfs.samples.split import HELD_OUT, TRAINED_ON, of_role
from mdwarfs.slam.infer import flags
from mdwarfs.slam.infer.flags import Flag
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import annotate, matrix
from mdwarfs.validation.calibration import reference_error
from mdwarfs.validation.catalogue import FROM_CANDIDATES, NO_SPECTRUM

if TYPE_CHECKING:
    from mdwarfs.hybrid.answer import Answer
    from mdwarfs.spectra.spectrum_set import SpectrumSet

STAR = "star_id"
"""Column of given labels: the star of a spectrum, which several may be of."""

COLUMNS = {
    TRAINED_ON: ("", HELD_OUT),
    "reason": ("", "Why there are no labels; empty if there are"),
}


def train(
    spectra: SpectrumSet,
    labels: Table,
    split: Table,
    names: Sequence[str],
    prediction: dict,
    *,
    normalisation: dict,
    seed: int,
    threads: int,
) -> tuple[Hybrid, Table]:
    """Train with the training stars of a run.

    Parameters
    ----------
    spectra, labels, split
        As SLAM is trained with.
    names
        Labels to learn.
    prediction
        `snr_min` and `usable`, for the flags.
    normalisation
        The section `spectra` of the configuration.

    Returns
    -------
    model
    held_out
        One row per training star: source_id, sdss_id, snr, and what
        `mdwarfs.hybrid.answer.Answer.table` has, by models that have not seen it.
    """
    identifiers = of_role(split, "train")
    known = lookup(labels, match(identifiers, labels["source_id"]))
    chosen = spectra.select(identifiers)
    model, answer = Hybrid.fit(
        matrix(known, names),
        np.stack([reference_error(known, name) for name in names], axis=1),
        chosen.flux, chosen.ivar, label_names=names, wavelength=chosen.wavelength,
        seed=seed, threads=threads, source_id=np.asarray(identifiers),
        star=np.asarray(known[STAR if STAR in known.colnames else "source_id"]),
        normalisation=normalisation,
    )  # fmt: skip
    return model, _table(answer, chosen, prediction)


def label_stars(
    model: Hybrid, spectra: SpectrumSet, prediction: dict, threads: int
) -> Table:
    """Find the labels of all stars, and flag those that call for caution.

    Parameters
    ----------
    spectra
        On the wavelengths of the model; in memory or open.
    prediction
        `snr_min` and `usable`, for the flags.

    Returns
    -------
    table
        One row per star of `spectra`, in that order: as `train` gives for its stars.

    Raises
    ------
    InputError
        If the wavelengths differ.
    """
    spectra.require(model.wavelength)
    answer = model.predict(spectra.flux, spectra.ivar, threads=threads)
    return _table(answer, spectra, prediction)


def _table(answer: Answer, spectra: SpectrumSet, prediction: dict) -> Table:
    """The table of an answer, with identifiers and with flags for caution."""
    stars = spectra.stars
    answer.status = np.where(spectra.ok, answer.status, np.asarray(stars["status"]))
    snr = np.asarray(stars["snr"])
    caution = flags.caution(answer.labels, answer.names, snr, prediction)
    # The prior draws labels into the usable range that would lie outside without it.
    usable = prediction["usable"]
    caution |= flags.outside_usable(answer.flat, answer.names, usable)
    without = answer.flags == int(Flag.NO_LABELS)
    answer.flags = np.where(without, answer.flags, answer.flags | caution)
    named = {name: np.asarray(stars[name]) for name in ("source_id", "sdss_id", "snr")}
    return hstack([Table(named), answer.table()])


def publish(
    stars: Table,
    predictions: Table,
    held_out: Table,
    kept: Sequence[str] = FROM_CANDIDATES,
) -> Table:
    """The catalogue: a row per star, with its labels or the reason why there are none.

    Parameters
    ----------
    stars
        Candidates of the survey, or stars that are given.
    predictions
        See `label_stars`.
    held_out
        See `train`: what the training stars have in the place of their predictions.
    kept
        Columns of the stars that the catalogue has as well.

    Returns
    -------
    table
        A row per star, in their order.
    """
    rows = match(stars["source_id"], predictions["source_id"])
    columns = [name for name in predictions.colnames if name not in kept]
    found = lookup(predictions[columns], rows)
    own = match(stars["source_id"], held_out["source_id"])
    seen = own >= 0
    for name in columns:
        if name in held_out.colnames:
            info = found[name].info.unit, found[name].info.description
            found[name] = np.where(seen, held_out[name][own], found[name])
            found[name].info.unit, found[name].info.description = info
    catalogue = stars[list(kept)]
    for name in columns:
        catalogue[name] = found[name]
    absent = (rows < 0) & ~seen
    catalogue["status"] = np.where(absent, NO_SPECTRUM, found["status"])
    catalogue["flags"] = np.where(absent, int(Flag.NO_LABELS), found["flags"])
    without = (np.asarray(catalogue["flags"]) & int(Flag.NO_LABELS)) != 0
    catalogue[TRAINED_ON] = seen & ~without
    flags.add_words(catalogue, ~without)
    catalogue["reason"] = np.where(without, catalogue["status"], "")
    return annotate(catalogue, COLUMNS)
