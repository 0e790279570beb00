"""From the spectrum files of the stars of a table to one set of normalised spectra."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from mdwarfs.spectra.load import Loaded, assembled, load_files, one_of
from mdwarfs.spectra.signal import COLUMNS as OF_FILES
from mdwarfs.spectra.velocities import of_file
from mdwarfs.tables.tabulate import annotate
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from mdwarfs.spectra.planes import Spool
    from mdwarfs.spectra.spectrum_set import SpectrumSet


OF_THE_SKY = "the file is not stamped as simulated, as those of this run are"
INVENTED = "the file is stamped as simulated, and the run is of real stars"
"""Why a spectrum is not used that is sound, but of the other kind of run."""

COLUMNS = {
    "file": ("", "File that the row was read from, below the raw folder"),
    "n_good": ("", "Good pixels"),
}
VELOCITY = {"v_rad": ("km / s", "Radial velocity according to the file")}


def normalise_all(
    stars: Table,
    folder: PathLike,
    settings: dict,
    threads: int,
    simulated: bool | None = None,
    store: Spool | None = None,
) -> SpectrumSet:
    """Read, resample and normalise the spectra of many stars.

    Their velocities are those of their files. A spectrum that fails gets a row all the
    same: flux 1, ivar 0, and the reason in the column `status`. The result does not
    depend on `threads`.

    Parameters
    ----------
    stars
        One row per spectrum. Column `file` is its path below `folder` (`file[3]` of a
        file with several); the other columns are handed on. Where `snr` is NaN, that
        of the file is filled in.
    settings
        The section `spectra` of the configuration.
    threads
        Number of processes.
    simulated
        Whether the run is. A file that says otherwise fails: stars of the sky and
        invented ones are not mixed. None: either may be.
    store
        Where the spectra are collected; default: in memory.

    Returns
    -------
    spectrum set
        In the order of `stars`, with the columns kind, v_rad, e_v_rad, snr_file,
        snr_pixels, n_good and status added.
    """
    paths = [Path(folder) / name for name in stars["file"]]
    loading = load_files(paths, one_of, settings, of_file, threads)
    rows = (of_the_kind(row, simulated) for (row,) in loading)
    spectra = assembled(rows, len(paths), settings, store)
    found, table = spectra.stars, stars.copy()
    table["snr"] = np.where(np.isfinite(stars["snr"]), stars["snr"], found["snr"])
    table["snr_file"] = np.asarray(found["snr"])
    for name in ("kind", "v_rad", "e_v_rad", "snr_pixels", "n_good", "status"):
        table[name] = np.asarray(found[name])
    return replace(spectra, stars=annotate(table, COLUMNS | VELOCITY | OF_FILES))


def of_the_kind(row: Loaded, simulated: bool | None) -> Loaded:
    """The same spectrum, or none if it is simulated and the run is not, or reversed."""
    if simulated is None or not row.kind or row.simulated == simulated:
        return row
    return replace(row, status=OF_THE_SKY if simulated else INVENTED, planes=None)
