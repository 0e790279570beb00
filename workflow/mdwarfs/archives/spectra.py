"""Fetching many spectra from the SDSS Science Archive Server."""

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from mdwarfs.archive_paths import ASTRA_VERSION, mwm_star
from mdwarfs.archives import integrity
from mdwarfs.archives.fetch import fetch
from mdwarfs.archives.transfer import Deadline, Missing
from mdwarfs.errors import InputError
from mdwarfs.manifest import manifest
from mdwarfs.progress import track

logger = logging.getLogger(__name__)

MOST_MISSING = 0.5  # share of missing spectra above which the address is not believed
MOST_LOST = 20  # spectra that may be there and do not come, at which it is given up


def fetch_all(sdss_ids, base, folder, streams, limits, version=ASTRA_VERSION):
    """Fetch the coadded spectrum of each star that is not there yet.

    A file that is there, from an earlier run or put there by hand, is verified and
    used. A star without a file in the archive keeps its row with the reason.

    Parameters
    ----------
    sdss_ids : sequence of int
        Stars.
    base : str
        Address below which the files lie.
    folder : path-like
        Folder below which they are kept, in the archive's own folders.
    streams : int
        Connections at a time.
    limits : mdwarfs.archives.transfer.Limits
        The total limit holds for each file.
    version : str
        Of Astra.

    Returns
    -------
    astropy.table.Table
        The manifest, see `mdwarfs.manifest`, by ascending identifier.

    Raises
    ------
    InputError
        If spectra that may be there did not come, or most are said to be missing.
        What has come is kept.
    """
    ids = np.unique(np.asarray(sdss_ids, np.int64))
    ids = ids[ids > 0].tolist()
    missing, lost = {}, {}

    def get(sdss_id):
        return one(mwm_star(sdss_id, version), base, folder, limits)

    with ThreadPoolExecutor(streams) as pool:
        answers = pool.map(get, ids)
        for sdss_id, failure in zip(ids, track(answers, "spectra", total=len(ids))):
            if isinstance(failure, Missing):
                missing[sdss_id] = f"not in the archive ({failure})"
            elif failure is not None:
                logger.warning("%s: %s", sdss_id, failure)
                lost[sdss_id] = failure
            if len(lost) >= MOST_LOST:
                pool.shutdown(cancel_futures=True)
                break
    if lost:
        sdss_id, failure = lost.popitem()
        raise InputError(
            f"SDSS SAS ({base}) did not give {len(lost) + 1} spectra, the last that of "
            f"{sdss_id}: {failure}. Run again: what has come is kept. A file that was "
            f"fetched by hand goes to {Path(folder) / mwm_star(sdss_id, version)}."
        )
    if len(missing) > MOST_MISSING * len(ids):
        raise InputError(
            f"SDSS SAS ({base}) lacks {len(missing)} of {len(ids)} spectra: its paths "
            "have changed, or the release is not the right one"
        )
    return manifest(ids, folder, missing, version)


def one(relative, base, folder, limits):
    """Fetch one spectrum, if it is not there; the error if that fails."""
    path, deadline = Path(folder) / relative, Deadline(limits.total)
    try:
        if path.exists():
            integrity.check_file(path, "fits")
        else:
            fetch(f"{base}/{relative}", path, {"kind": "fits"}, None, limits, deadline)
    except InputError as error:
        return error
    return None
