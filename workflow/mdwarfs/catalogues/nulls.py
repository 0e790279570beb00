"""The archives' ways to say that a value is missing, made one.

A missing real is NaN, a missing text empty, a missing identifier 0.
"""

import numpy as np

from mdwarfs.errors import InputError

HUGE = 1e19  # El-Badry+2021 and CDS write 1e20
NO_TEXT = ("UNKNOWN", "null", "NULL", "nan", "None", "N/A")
INT64_MAX = str(np.iinfo(np.int64).max)


def real(values, above=-np.inf):
    """Reals, with NaN for what is missing.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        May be masked.
    above : float
        Values up to this one are an archive's sentinels (-9999).

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    values = np.ma.filled(np.ma.asarray(values).astype(float), np.nan)
    good = np.isfinite(values) & (values > above) & (np.abs(values) < HUGE)
    return np.where(good, values, np.nan)


def text(values):
    """Texts without blanks around them, and "" for what is missing.

    Parameters
    ----------
    values : array_like of str or bytes, shape (n,)
        May be masked.

    Returns
    -------
    ndarray of str, shape (n,)
        No wider than the longest text: the width is not the archive's.
    """
    missing = np.ma.getmaskarray(values)
    values = np.asarray(np.ma.getdata(values))
    if values.dtype.kind == "S":
        values = np.char.decode(values, "ascii", "replace")
    values = np.char.strip(values.astype(str))
    values = np.where(missing | np.isin(values, NO_TEXT), "", values)
    return values.astype(f"U{np.char.str_len(values).max(initial=1)}")


def identifier(values, name):
    """Identifiers as exact integers, and 0 for what is missing.

    Parameters
    ----------
    values : array_like of int or str, shape (n,)
        Numbers up to 0, blanks and words such as "null" are missing.
    name : str
        Name of the column, for the message.

    Returns
    -------
    ids : ndarray of int64, shape (n,)
    n_bad : int
        How many texts are neither a number nor missing; they are 0 as well.

    Raises
    ------
    InputError
        If they are reals: the last digits of an identifier are lost then.
    """
    values = np.ma.filled(values, 0 if np.asarray(values).dtype.kind in "iu" else "")
    values = np.asarray(values)
    if values.dtype.kind in "iu":
        return np.maximum(values.astype(np.int64), 0), 0
    if values.dtype.kind not in "US":
        raise InputError(f"{name} are reals ({values.dtype}), no exact identifiers")
    words = text(values)
    digits = np.char.isdigit(words)
    size = np.char.str_len(words)
    digits &= (size < len(INT64_MAX)) | (
        (size == len(INT64_MAX)) & (words <= INT64_MAX)
    )
    ids = np.where(digits, words, "0").astype(np.int64)
    return ids, int(np.sum(~digits & (words != "")))
