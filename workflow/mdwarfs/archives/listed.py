"""Fetching the files of a list whose checksums are known, such as those of a commit."""

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from astropy.table import Row, Table

from mdwarfs.archives.fetch import Download, fetch, verify_file
from mdwarfs.archives.patience import Deadline, Limits
from mdwarfs.errors import InputError
from mdwarfs.run.progress import track
from mdwarfs.tables.tabulate import annotate, from_rows
from mdwarfs.types import PathLike

logger = logging.getLogger(__name__)

MOST_LOST = 5  # files that do not come, at which the archive is given up
COLUMNS = {
    "file": ("", "Path of the file, here as in the archive"),
    "bytes": ("byte", "Size of the file"),
    "sha256": ("", "Checksum of the file"),
}


def read_list(path: PathLike) -> Table:
    """Read a list of files.

    Parameters
    ----------
    path
        Separated by tabs, or by commas if its name ends in .csv, with at least the
        columns `file`, `bytes` and `sha256`; lines that begin with # are comments.

    Raises
    ------
    InputError
        If it cannot be read or lacks a column.
    """
    try:
        delimiter = "," if Path(path).suffix == ".csv" else "\t"
        files = Table.read(path, format="ascii.csv", delimiter=delimiter, comment="#")
        files[list(COLUMNS)]
    except (OSError, KeyError, ValueError) as error:
        raise InputError(f"{path} is no list of files: {error}") from error
    return files


def listing(records: list[dict]) -> Table:
    """The list of files that came by other ways, from their records.

    Parameters
    ----------
    records
        From `mdwarfs.archives.record.deliver`.

    Returns
    -------
    table
        file, bytes, sha256.
    """
    return from_rows([[one[name] for name in COLUMNS] for one in records], COLUMNS)


def fetch_listed(
    files: Table,
    base: str,
    folder: PathLike,
    streams: int,
    limits: Limits,
    archive: str,
    by_hand: str,
) -> Table:
    """Fetch each file of a list that is not there yet, and verify all of them.

    The first file of the list comes alone: where that one does not come, no other is
    asked for.

    Parameters
    ----------
    files
        See `read_list`.
    base
        Address below which the files lie.
    folder
        Folder below which they are kept, under the same paths.
    streams
        Connections at a time.
    limits
        The total limit holds for each file.
    archive, by_hand
        For messages: the archive's name, and what can be done instead.

    Returns
    -------
    table
        file, bytes, sha256.

    Raises
    ------
    InputError
        Naming the files that did not come or are not right. What has come is kept.
    """
    base, folder, lost = base.rstrip("/"), Path(folder), []

    def get(file):
        return one(file, base, folder, limits)

    if not len(files):
        raise InputError(f"the list of files of {archive} is empty")
    first, *others = [dict(zip(files.colnames, row)) for row in files.iterrows()]
    with ThreadPoolExecutor(streams) as pool:
        for rows in ([first], others):
            answers = track(pool.map(get, rows), "files", total=len(rows))
            for file, failure in zip(rows, answers):
                if failure is not None:
                    logger.warning("%s: %s", file["file"], failure)
                    lost.append(f"{file['file']}: {failure}")
                if len(lost) >= MOST_LOST:
                    break
            if lost:
                pool.shutdown(cancel_futures=True)
                raise InputError(
                    f"{archive} ({base}) did not give {len(lost)} of {len(files)} "
                    "files:\n  " + "\n  ".join(lost)
                    + f"\n  Run again: what has come is kept. {by_hand}"
                )  # fmt: skip
    return annotate(files[list(COLUMNS)], COLUMNS)


def one(
    file: Row | dict, base: str, folder: PathLike, limits: Limits
) -> Exception | None:
    """Fetch one file, if it is not there, and verify it; the error if that fails."""
    path, deadline = folder / file["file"], Deadline(limits.total)
    kind = "fits" if path.suffix == ".fits" else "text"
    source = {
        "kind": kind,
        "bytes": int(file["bytes"]),
        "sha256": str(file["sha256"]),
    }
    try:
        if path.exists():
            return found(path, source)
        limits = limits.of(source | {"megabytes": source["bytes"] / 1e6})
        fetch(f"{base}/{file['file']}", Download(path, source, limits, deadline))
    except InputError as error:
        return error
    except OSError as error:  # of the disk: those of the network are InputErrors
        return InputError(f"{path} cannot be written or read: {error}")
    return None


def found(path: PathLike, source: dict) -> InputError | None:
    """The error if a file that is there is not the right one."""
    try:
        verify_file(path, source)
    except InputError as error:
        return InputError(
            f"the file that lies at {path} is not the right one: {error}. Delete it to "
            "have it fetched, or put the right one there"
        )
    return None
