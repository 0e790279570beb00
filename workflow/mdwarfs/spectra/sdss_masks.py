"""Bits of the pixel masks of SDSS spectra, which several of its formats have."""

from collections.abc import Collection, Mapping
from typing import Any

from astropy.io import fits

BRIGHTSKY = 1 << 23
"""SPPIXMASK bit: the sky is so much brighter than the star that its subtraction cannot
be trusted (sdss3.org, bitmask_sppixmask). Worse conditions have ivar 0 already."""


def warnings_of(
    row: fits.FITS_record | Mapping[str, Any] | None, name: str, known: Collection[str]
) -> int | None:
    """Bits of warning of a redshift in a row; None if it has none.

    Parameters
    ----------
    row
        Of a table.
    name
        Of the column.
    known
        Columns that the table has.
    """
    if name not in known:
        return None
    bits = int(row[name])
    return bits if bits >= 0 else None  # the archives' nulls are negative
