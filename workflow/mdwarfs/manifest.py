"""The list of the spectra in the raw folder: which there are, and what bytes."""

import hashlib
from pathlib import Path

from astropy.table import Table

from mdwarfs.tabulate import annotate

COLUMNS = {
    "file": ("", "Path of the spectrum below the folder of spectra; empty if none"),
    "bytes": ("byte", "Size of the file"),
    "sha256": ("", "Checksum of the file"),
    "reason": ("", "Why there is no file; empty if there is one"),
}


def folder_of(path):
    """Folder of the spectra that a manifest lists: beside it, under its name.

    Parameters
    ----------
    path : path-like
        Of the manifest, such as `raw/astra/spectra.ecsv`.

    Returns
    -------
    Path
        `raw/astra/spectra`.
    """
    return Path(path).with_suffix("")


def manifest(files, folder, missing=None):
    """The list of spectra, with sizes and checksums.

    Parameters
    ----------
    files : dict of int to path-like
        File of each star (by sdss_id), below `folder`.
    folder : path-like
    missing : dict of int to str, optional
        Why a star has no file.

    Returns
    -------
    astropy.table.Table
        sdss_id, file, bytes, sha256, reason; in the order of `files`.
    """
    rows = []
    for sdss_id, file in files.items():
        if missing and sdss_id in missing:
            rows.append((sdss_id, "", 0, "", missing[sdss_id]))
            continue
        content = (Path(folder) / file).read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        rows.append((sdss_id, str(file), len(content), sha256, ""))
    names, dtype = ("sdss_id", *COLUMNS), ("i8", "U80", "i8", "U64", "U200")
    return annotate(Table(rows=rows or None, names=names, dtype=dtype), COLUMNS)
