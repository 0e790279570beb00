"""Store further tables of a file as images, one per column.

`Table.read` of a file with several tables warns, and takes the first: which, it cannot
know. So a model has one table, that of its stars, and whatever else has rows (pixels,
answers) is written as images, named PIXELS.GAP and so on.
"""

import numpy as np
from astropy import units as u
from astropy.io import fits
from astropy.table import Column, Table

from mdwarfs.tables.hdu import filled, fits_unit, from_hdu

TABLE, COLUMN, MEANING, WORD, BOOL = "TABLE", "COLUMN", "MEANING", "WORD", "BOOL"


def to_images(table: Table, name: str) -> list[fits.ImageHDU]:
    """Make an image of each column; `from_images` makes the table of them again.

    A text is the number of a word, and the words are WORD0, WORD1 and so on in the
    header, 256 at most; a bool is 0 or 1.

    Parameters
    ----------
    name
        Of the table.
    """
    return [_to_image(filled(table[column]), name) for column in table.colnames]


def from_images(hdus: fits.HDUList, name: str) -> Table:
    """Read what `to_images` made, or the table itself, as older files have it.

    Raises
    ------
    KeyError
        If there is neither.
    """
    own = [hdu for hdu in hdus if hdu.header.get(TABLE) == name]
    if not own:
        return from_hdu(hdus[name])
    return Table([_column_of(hdu) for hdu in own], copy=False)


def tables_and_images(hdus: fits.HDUList) -> dict[str, Table | fits.ImageHDU]:
    """All extensions, with those that are columns joined to tables.

    Returns
    -------
    found
        By their names; those without by their numbers, as text.
    """
    found: dict[str, Table | fits.ImageHDU] = {}
    for number, hdu in enumerate(hdus[1:], start=1):
        name = hdu.header.get(TABLE, hdu.name) or str(number)
        if isinstance(hdu, fits.BinTableHDU):
            found[name] = from_hdu(hdu)
        elif TABLE not in hdu.header:
            found[name] = hdu
        elif name not in found:
            found[name] = from_images(hdus, name)
    return found


def _to_image(column, table):
    """The image of a column."""
    values, words = np.asarray(column), []
    if values.dtype.kind == "U":
        words, values = np.unique(values, return_inverse=True)
    if values.dtype.kind == "b" or len(words):
        values = values.astype(np.uint8)
    values = values.astype(values.dtype.newbyteorder(">"))
    hdu = fits.ImageHDU(values, name=f"{table}.{column.name}")
    hdu.header[TABLE] = table, "the table that this is a column of"
    hdu.header[COLUMN] = column.name, "its name there"
    if column.description:
        hdu.header[MEANING] = column.description
    if column.unit is not None:
        hdu.header["BUNIT"] = fits_unit(column.unit) or str(column.unit)
    if column.dtype.kind == "b":
        hdu.header[BOOL] = True, "0 is false, 1 is true"
    for number, word in enumerate(words):
        hdu.header[f"{WORD}{number}"] = str(word)
    return hdu


def _column_of(hdu):
    """The column of an image."""
    header = hdu.header
    values = np.array([]) if hdu.data is None else hdu.data
    values = values.astype(values.dtype.newbyteorder("="))
    if f"{WORD}0" in header:
        words = [str(header[f"{WORD}{k}"]) for k in range(len(header[f"{WORD}*"]))]
        values = np.array(words)[values]
    if header.get(BOOL):
        values = values.astype(bool)
    unit = header.get("BUNIT")
    return Column(
        values,
        name=header[COLUMN],
        unit=None if unit is None else u.Unit(unit, parse_strict="silent"),
        description=header.get(MEANING),
    )
