"""Fetching many spectra from the SDSS Science Archive Server."""

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mdwarfs.archive_paths import mwm_star
from mdwarfs.archives.fetch import fetch
from mdwarfs.errors import InputError
from mdwarfs.progress import track

logger = logging.getLogger(__name__)


def fetch_all(sdss_ids, base, folder, streams):
    """Fetch the coadded spectrum of each star that is not there yet.

    A star without a file is logged and left out: later stages record it. If most
    files fail, the archive is down and the run stops.

    Parameters
    ----------
    sdss_ids : sequence of int
        Stars.
    base : str
        Address below which the files lie.
    folder : path-like
        Folder below which they are kept, in the same scheme.
    streams : int
        Connections at a time.

    Raises
    ------
    InputError
        If more than half of the files failed.
    """

    def one(sdss_id):
        relative = mwm_star(int(sdss_id))
        path = Path(folder) / relative
        if path.exists():
            return None
        try:
            fetch([f"{base}/{relative}"], path, "fits", "SDSS SAS")
        except InputError as error:
            logger.warning("%s: %s", sdss_id, error)
            return sdss_id
        return None

    Path(folder).mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(streams) as pool:
        answers = track(pool.map(one, sdss_ids), "spectra", total=len(sdss_ids))
        missing = [sdss_id for sdss_id in answers if sdss_id is not None]
    if len(missing) > len(sdss_ids) / 2:
        raise InputError(
            f"{len(missing)} of {len(sdss_ids)} spectra did not come from {base}: "
            "the archive is down or its paths have changed"
        )
