"""Fetching many spectra, one file per star, from the SDSS Science Archive Server."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.archives import integrity
from mdwarfs.archives.fetch import Download, fetch
from mdwarfs.archives.patience import Deadline, Limits
from mdwarfs.archives.transfer import Missing
from mdwarfs.archives.verified import Verified
from mdwarfs.errors import InputError
from mdwarfs.run.progress import track
from mdwarfs.spectra.manifest import manifest
from mdwarfs.types import PathLike

logger = logging.getLogger(__name__)

MOST_MISSING = 0.5  # share of missing spectra above which the address is not believed
MOST_LOST = 20  # spectra that may be there and do not come, at which it is given up


def fetch_all(
    sdss_ids: Sequence[int],
    path_of: Callable,
    base: str,
    folder: PathLike,
    streams: int,
    limits: Limits,
    name: str = "all",
) -> Table:
    """Fetch the spectrum of each star that is not there yet.

    A file that is there, from an earlier run or put there by hand, is verified and
    used, once (see `mdwarfs.archives.verified`). A star without a file in the archive
    keeps its row with the reason.

    Parameters
    ----------
    sdss_ids
        Stars.
    path_of
        From a star to the path of its file below `base`, and below `folder`; a format
        of spectra has one, such as `mdwarfs.spectra.readers.mwm_star.path`.
    base
        Address below which the files lie.
    folder
        Folder below which they are kept.
    streams
        Connections at a time.
    limits
        The total limit holds for each file.
    name
        Of the job, if several fetch into the folder.

    Returns
    -------
    table
        The manifest, see `mdwarfs.spectra.manifest`, by ascending identifier.

    Raises
    ------
    InputError
        If spectra that may be there did not come. What has come is kept.
    """
    files = {star: path_of(star) for star in identified(sdss_ids).tolist()}
    missing, lost = {}, {}

    def get(file):
        return one(file, base, verified, limits)

    with Verified(folder, name) as verified, ThreadPoolExecutor(streams) as pool:
        answers = track(pool.map(get, files.values()), "spectra", total=len(files))
        for sdss_id, failure in zip(files, answers):
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
            f"fetched by hand goes to {Path(folder) / files[sdss_id]}."
        )
    known = {star: verified.get(files[star]) for star in files if star not in missing}
    sums = {star: (seen.size, seen.sha256) for star, seen in known.items() if seen}
    return manifest(files, folder, missing, sums)


def identified(sdss_ids: ArrayLike) -> np.ndarray:
    """The stars that have an identifier, each once, by ascending identifier."""
    ids = np.unique(np.asarray(sdss_ids, np.int64))
    return ids[ids > 0]


def require_most(listed: Table, base: str) -> None:
    """Raise InputError if most spectra of a manifest are missing in the archive."""
    missing = int(np.sum(np.asarray(listed["reason"]) != ""))
    if missing > MOST_MISSING * len(listed):
        raise InputError(
            f"SDSS SAS ({base}) lacks {missing} of {len(listed)} spectra: its "
            "paths have changed, or the release is not the right one"
        )


def came(listed: Table, folder: PathLike) -> dict:
    """How many spectra came, and when, for the record beside their manifest.

    Parameters
    ----------
    listed
        The manifest.
    folder
        Of the spectra.

    Returns
    -------
    entries
        `rows`, `missing`, and `fetched`, when the first and the last file was written
        (UTC); those of earlier runs, and files put there by hand, have their own time.
    """
    files = [Path(folder) / file for file in listed["file"] if file]
    times = [path.stat().st_mtime for path in files]
    ends = [min(times), max(times)] if times else []
    return {
        "rows": len(files),
        "missing": len(listed) - len(files),
        "fetched": [
            datetime.fromtimestamp(x, UTC).isoformat(timespec="seconds") for x in ends
        ],
    }


def one(
    relative: PathLike, base: str, verified: Verified, limits: Limits
) -> Exception | None:
    """Fetch one spectrum, if it is not there; the error if that fails."""
    path, deadline = verified.folder / relative, Deadline(limits.total)
    try:
        if not path.exists():
            wanted = Download(path, {"kind": "fits"}, limits, deadline)
            fetch(f"{base}/{relative}", wanted)
        elif verified.get(relative) is not None:
            return None
        else:
            integrity.check_file(path, "fits")
        verified.add(relative)
    except InputError as error:
        return error
    return None
