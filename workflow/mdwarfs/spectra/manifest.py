"""The list of the spectra in the raw folder, with their checksums."""

import hashlib
from pathlib import Path

from astropy.table import Table

from mdwarfs.tables.tabulate import annotate
from mdwarfs.types import PathLike

COLUMNS = {
    "file": ("", "Path of the spectrum below the folder of spectra; empty if none"),
    "bytes": ("byte", "Size of the file"),
    "sha256": ("", "Checksum of the file"),
    "reason": ("", "Why there is no file; empty if there is one"),
}


def folder_of(path: PathLike) -> Path:
    """Folder of the spectra that a manifest lists: beside it, under its name.

    Parameters
    ----------
    path
        Of the manifest, such as `raw/astra/spectra.ecsv`.

    Returns
    -------
    path
        `raw/astra/spectra`.
    """
    return Path(path).with_suffix("")


def manifest(
    files: dict[int, PathLike],
    folder: PathLike,
    missing: dict[int, str] | None = None,
    known: dict[int, tuple[int, str]] | None = None,
) -> Table:
    """The list of spectra, with sizes and checksums.

    Parameters
    ----------
    files
        File of each star (by sdss_id), below `folder`.
    missing
        Why a star has no file.
    known
        Size [bytes] and SHA-256 of files for which they need not be found anew.

    Returns
    -------
    table
        sdss_id, file, bytes, sha256, reason; in the order of `files`.
    """
    rows = []
    for sdss_id, file in files.items():
        if missing and sdss_id in missing:
            rows.append((sdss_id, "", 0, "", missing[sdss_id]))
            continue
        size, sha256 = (known or {}).get(sdss_id) or sized(Path(folder) / file)
        rows.append((sdss_id, str(file), size, sha256, ""))
    names, dtype = ("sdss_id", *COLUMNS), ("i8", "U80", "i8", "U64", "U200")
    return annotate(Table(rows=rows or None, names=names, dtype=dtype), COLUMNS)


def sized(path: Path) -> tuple[int, str]:
    """Size [bytes] and SHA-256 of a file."""
    with open(path, "rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()
