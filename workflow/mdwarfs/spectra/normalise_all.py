"""From the spectrum files of the stars of a table to one set of normalised spectra."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from mdwarfs.spectra.load import load
from mdwarfs.spectra.signal import COLUMNS as OF_FILES
from mdwarfs.tables.tabulate import annotate
from mdwarfs.types import PathLike

if TYPE_CHECKING:
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

    Returns
    -------
    spectrum set
        In the order of `stars`, with the columns kind, v_rad, e_v_rad, snr_file,
        snr_pixels, n_good and status added.
    """
    paths = [Path(folder) / name for name in stars["file"]]
    spectra = load(paths, settings, threads=threads)
    found, table = spectra.stars, stars.copy()
    if simulated is not None:
        other = (found["kind"] != "") & (found["simulated"] != simulated)
        spectra.flux[other], spectra.ivar[other], spectra.continuum[other] = 1, 0, 0
        found["n_good"][other] = 0
        status = OF_THE_SKY if simulated else INVENTED
        found["status"] = np.where(other, status, found["status"])
    table["snr"] = np.where(np.isfinite(stars["snr"]), stars["snr"], found["snr"])
    table["snr_file"] = np.asarray(found["snr"])
    for name in ("kind", "v_rad", "e_v_rad", "snr_pixels", "n_good", "status"):
        table[name] = np.asarray(found[name])
    return replace(spectra, stars=annotate(table, COLUMNS | VELOCITY | OF_FILES))
