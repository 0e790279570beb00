"""The list of the spectra in the raw folder: which there are, and what bytes."""

import hashlib
from pathlib import Path

from astropy.table import Table

from mdwarfs.archive_paths import ASTRA_VERSION, mwm_star
from mdwarfs.tabulate import annotate

COLUMNS = {
    "file": ("", "Path of the spectrum below the folder of spectra; empty if none"),
    "bytes": ("byte", "Size of the file"),
    "sha256": ("", "Checksum of the file"),
    "reason": ("", "Why there is no file; empty if there is one"),
}


def manifest(sdss_ids, folder, missing=(), version=ASTRA_VERSION):
    """The list of spectra, with sizes and checksums.

    Parameters
    ----------
    sdss_ids : sequence of int
    folder : path-like
        Where their files are, see `mdwarfs.archive_paths.mwm_star`.
    missing : dict of int to str, optional
        Why a star has no file.
    version : str
        Of Astra.

    Returns
    -------
    astropy.table.Table
        sdss_id, file, bytes, sha256, reason.
    """
    rows = []
    for sdss_id in sdss_ids:
        if sdss_id in missing:
            rows.append((sdss_id, "", 0, "", missing[sdss_id]))
            continue
        relative = mwm_star(sdss_id, version)
        content = (Path(folder) / relative).read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        rows.append((sdss_id, str(relative), len(content), sha256, ""))
    names, dtype = ("sdss_id", *COLUMNS), ("i8", "U80", "i8", "U64", "U200")
    return annotate(Table(rows=rows or None, names=names, dtype=dtype), COLUMNS)
