"""Draws for the stars of a run whose posteriors are not Gaussian."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from mdwarfs.run.parallel import in_threads
from mdwarfs.run.progress import Progress
from mdwarfs.run.shares import GROUP
from mdwarfs.slam.infer.draws import draw
from mdwarfs.slam.infer.flags import COLUMNS as FLAGS
from mdwarfs.slam.infer.flags import Flag
from mdwarfs.tables.columns import meaning
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import annotate

if TYPE_CHECKING:
    from mdwarfs.slam.infer.map import MaximumPosterior
    from mdwarfs.spectra.spectrum_set import SpectrumSet

FLAGGED = Flag.MULTIPLE_MINIMA | Flag.AT_EDGE
"""Stars whose posterior is no Gaussian: labels and covariance do not say all of it."""

COLUMNS = {
    "flags": FLAGS["flags"],
    "trained_on": (
        "",
        "Training star: the model of these draws was trained on it. In a run with "
        "folds its labels in the catalogue are by another model, and not these draws'",
    ),
    "n_minima": ("", "Separate minima of the posterior that the search has met"),
    "n_effective": (
        "",
        "Number of independent draws that these are worth; where it is small, the "
        "posterior is known badly",
    ),
}


def described(names: Sequence[str], draws: int) -> Table:
    """The columns of the table of draws, without rows.

    Parameters
    ----------
    names
        Of the labels.
    draws
        Of each star.
    """
    table = Table(
        {
            "source_id": np.zeros(0, np.int64),
            "sdss_id": np.zeros(0, np.int64),
            "snr": np.zeros(0),
            "flags": np.zeros(0, np.int64),
            "trained_on": np.zeros(0, bool),
            "n_minima": np.zeros(0, np.int16),
            "n_effective": np.zeros(0, np.float32),
            **{name: np.zeros((0, draws), np.float32) for name in names},
        }
    )
    annotate(table, COLUMNS)
    for name in names:
        unit, words = meaning(name) or ("", f"Label {name}")
        table[name].info.unit = unit or None
        table[name].info.description = (
            f"Draws from the posterior, all of the same weight, number k of all labels "
            f"together: {words}"
        )
    return table


def draw_stars(
    predictor: MaximumPosterior,
    spectra: SpectrumSet,
    catalogue: Table,
    trained: np.ndarray,
    prediction: Mapping,
    *,
    draws: int,
    seed: int,
    threads: int,
) -> Iterator[Table]:
    """Yield the draws of the stars that a catalogue flags, some stars at a time.

    Parameters
    ----------
    spectra
        All of a share of the stars (`mdwarfs.run.shares.share`), on the wavelengths of
        the model; in memory or open.
    catalogue
        `source_id` and `flags`.
    trained
        source_id of the training stars.
    prediction
        `prior`, if there is one (see `mdwarfs.slam.infer.prior.Prior.of`).
    draws, seed
        See `mdwarfs.slam.infer.draws.draw`.

    Yields
    ------
    table
        Rows with the columns of `described`, in the order of the spectra. They are the
        same for any shares and any number of threads.

    Raises
    ------
    InputError
        If the wavelengths differ.
    """
    spectra.require(predictor.wavelength)
    ids = np.asarray(spectra.stars["source_id"])
    row = match(ids, catalogue["source_id"])
    flags = np.where(row >= 0, np.asarray(catalogue["flags"])[row], 0)
    wanted = spectra.ok & ((flags & int(FLAGGED)) > 0)
    groups = [np.arange(i, min(i + GROUP, len(ids))) for i in range(0, len(ids), GROUP)]
    groups = [rows[wanted[rows]] for rows in groups]
    groups = [rows for rows in groups if len(rows)]
    _ = predictor.starts  # made once, and not by each thread
    of_group = partial(_drawn, predictor, spectra, prediction.get("prior"), draws, seed)
    progress = Progress(int(wanted.sum()), "stars")
    seen = np.isin(ids, trained[trained > 0])
    for rows, found in zip(groups, in_threads(of_group, groups, threads)):
        columns = {
            "source_id": ids[rows],
            "sdss_id": np.asarray(spectra.stars["sdss_id"])[rows],
            "snr": np.asarray(spectra.stars["snr"], float)[rows],
            "flags": flags[rows],
            "trained_on": seen[rows],
            "n_minima": found.minima,
            "n_effective": found.effective,
        }
        labels = {name: found.labels[:, k] for k, name in enumerate(found.names)}
        progress.step(len(rows))
        yield Table(columns | labels)


def _drawn(predictor, spectra, prior, draws, seed, rows):
    """Draws of some stars of a set."""
    return draw(
        predictor,
        spectra.flux[rows],
        spectra.ivar[rows],
        np.asarray(spectra.stars["source_id"])[rows],
        draws=draws,
        seed=seed,
        prior=prior,
    )
