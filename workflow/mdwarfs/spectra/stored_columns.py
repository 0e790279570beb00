"""Some columns of a FITS table, straight from its bytes.

astropy makes objects of all columns of a table before it gives any of them. A spectrum
of Astra has 35 columns, of which eight are needed; this would take longer than
everything else that is done with the file.
"""

import re
from collections.abc import Collection

import numpy as np
from astropy.io import fits

from mdwarfs.spectra.files import Content
from mdwarfs.spectra.fits_sizes import CARD
from mdwarfs.tables.fits_format import Column, row_type

CARDS = re.compile(rb"(TTYPE|TFORM)(\d+) *= *'([^']*)'")
"""What a column is called, and how it is stored."""

NOT_AS_STORED = re.compile(rb"(?:TSCAL|TZERO|TDIM)(\d+) *=|(THEAP|CONTINUE)")
"""Cards by which values are not the numbers that are stored."""

NUMBERS = "IJKED"
"""Formats of numbers that are stored as they are."""


def columns_of(
    content: Content, hdu: fits.BinTableHDU, names: Collection[str]
) -> dict[str, np.ndarray]:
    """Some columns of a table, as astropy gives them.

    Parameters
    ----------
    content
        The file of which the table is a part.
    names
        In lower case.

    Returns
    -------
    columns
        Those that the table has, by the names in lower case: shape (rows,), or
        (rows, n) of arrays.
    """
    place = hdu.fileinfo()
    header = content.data[place["hdrLoc"] : place["datLoc"]]
    dtype = stored(header, names, hdu.header["NAXIS1"])
    if dtype is None:
        there = {name.lower() for name in hdu.columns.names}
        return {name: hdu.data[name] for name in names if name in there}
    rows = np.frombuffer(content.data, dtype, hdu.header["NAXIS2"], place["datLoc"])
    return {name: rows[name] for name in dtype.names}


def stored(header: bytes, names: Collection[str], width: int) -> np.dtype | None:
    """How the columns of some names are stored in a row.

    Parameters
    ----------
    header
        Of the table.
    names
        In lower case.
    width
        Of a row [bytes].

    Returns
    -------
    dtype
        None if one of them is stored otherwise than as plain numbers, or the header
        makes no sense.
    """
    said, otherwise = {b"TTYPE": {}, b"TFORM": {}}, set()
    for start in range(0, len(header), CARD):
        if match := CARDS.match(header, start):
            said[match[1]].setdefault(int(match[2]), match[3].decode("latin-1").strip())
        elif match := NOT_AS_STORED.match(header, start):
            otherwise.add(match[1] and int(match[1]))
    formats, wanted = said[b"TFORM"], {}
    if None in otherwise or sorted(formats) != list(range(1, len(formats) + 1)):
        return None
    columns = [
        Column(said[b"TTYPE"].get(number, "").lower(), formats[number])
        for number in sorted(formats)
    ]
    try:
        for number, column in enumerate(columns, start=1):
            if column.name in names:
                plain = column.code in NUMBERS and number not in otherwise
                if not plain or column.name in wanted:
                    return None
                wanted[column.name] = number - 1
        dtype = row_type(columns, wanted)
    except (IndexError, ValueError):  # a format that is none
        return None
    return dtype if dtype.itemsize == width else None
