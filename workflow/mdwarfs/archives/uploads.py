"""Uploads to an archive: lists of identifiers, and digests that identify queries."""

import hashlib

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike


def uploads(ids: ArrayLike, chunk: int) -> list[np.ndarray]:
    """Identifiers in pieces for uploads: sorted, each once, without nulls (<= 0).

    Parameters
    ----------
    ids : of int
    chunk
        Identifiers in a piece.

    Returns
    -------
    each of int64
    """
    ids = np.unique(np.asarray(ids, np.int64))
    ids = ids[ids > 0]
    return [ids[start : start + chunk] for start in range(0, len(ids), chunk)]


def fingerprint(query: str, upload: Table | None = None) -> str:
    """Digest of what is asked: of the query and the uploaded columns.

    Returns
    -------
    text
        16 hexadecimal digits; names the file that keeps the answer.
    """
    sha = hashlib.sha256(query.encode())
    for name in upload.colnames if upload is not None else []:
        sha.update(name.encode() + upload[name].tobytes())
    return sha.hexdigest()[:16]


def words_of(ids: ArrayLike) -> str:
    """A list of identifiers in few words: how many, and their digest."""
    ids = np.unique(np.asarray(ids, np.int64))
    return f"{len(ids)} stars, {hashlib.sha256(ids.tobytes()).hexdigest()[:16]}"
