"""Tables as extensions of FITS files, and back.

FITS has no unit dex, no description of a column and no text but ASCII of fixed length.
So each extension says these things twice: for TOPCAT and its like in TCOMMn, where the
unit stands in brackets behind the description if TUNITn cannot have it; and for astropy
in comments of its own form, from which `Table.read` restores unit, description and
text. Units that FITS knows stand in TUNITn as ever.
"""

from functools import cache

import numpy as np
from astropy import units as u
from astropy.io import fits
from astropy.table import Column, MaskedColumn, Table
from astropy.table.meta import get_yaml_from_table
from astropy.table.serialize import SerializedColumn

from mdwarfs.errors import InputError

BEGIN, END = (f"--{word}-ASTROPY-SERIALIZED-COLUMNS--" for word in ("BEGIN", "END"))
SERIALIZED = "__serialized_columns__"
WIDTH = 70  # of a comment, beside the sign that it goes on


def to_hdu(table: Table, name: str) -> fits.BinTableHDU:
    """Make a FITS extension whose header carries units and descriptions.

    Parameters
    ----------
    name
        Of the extension.
    """
    plain = Table(
        [np.asarray(filled(table[column])) for column in table.colnames],
        names=table.colnames,
        meta=table.meta,
    )
    hdu = fits.table_to_hdu(plain, name=name)
    for number, column in enumerate(table.colnames, start=1):
        info, place = table[column].info, f"TFORM{number}"
        known = fits_unit(info.unit)
        if info.description:
            left = f" [{info.unit}]" if known is None else ""
            hdu.header.set(f"TCOMM{number}", info.description + left, after=place)
        if known:
            hdu.header.set(f"TUNIT{number}", known, after=place)
    for line in for_astropy(table):
        hdu.header.add_comment(line)
    return hdu


@cache  # astropy looks for units of similar names before it says that FITS has none
def fits_unit(unit: u.UnitBase | None) -> str | None:
    """A unit as FITS writes it: empty if there is none, None if FITS lacks it."""
    if unit is None or not str(unit):
        return ""
    try:
        return unit.to_string("fits")
    except ValueError:
        return None


def for_astropy(table: Table) -> list[str]:
    """What `Table.read` restores the columns from, as lines of comments.

    Columns with nulls are masked, as astropy masks those of all FITS files.
    """
    restored = {}
    for name in table.colnames:
        column, said = table[name], {}
        if column.dtype.kind == "U":
            said["dtype"] = "str"
        if fits_unit(column.info.unit) is None:
            said["unit"] = column.info.unit
        if said:
            kind = MaskedColumn if any_null(column) else Column
            said["__class__"] = f"astropy.table.column.{kind.__name__}"
            restored[name] = {"data": SerializedColumn({"name": name}), **said}
    copy = table.copy(copy_data=False)
    copy.meta = {SERIALIZED: restored}
    lines = [BEGIN]
    for line in get_yaml_from_table(copy):
        pieces = [line[i : i + WIDTH] for i in range(0, len(line), WIDTH)] or [""]
        lines += [*(f"{piece}\\" for piece in pieces[:-1]), pieces[-1]]
    return [*lines, END]


def any_null(column: Column) -> bool:
    """Whether astropy masks a value of a column that it reads from FITS."""
    values = np.asarray(filled(column))
    if values.dtype.kind == "f":
        return bool(np.isnan(values).any())
    return values.dtype.kind == "U" and bool((values == "").any())


def from_hdu(hdu: fits.BinTableHDU) -> Table:
    """Read what `to_hdu` made: texts as str, units and descriptions restored.

    What older files say in TUNITn and TCOMMn alone is read as well.

    Raises
    ------
    InputError
        If the header describes a column that the table has not.
    """
    try:
        table = Table.read(
            hdu, format="fits", character_as_bytes=False, mask_invalid=False,
            unit_parse_strict="silent",
        )  # fmt: skip
    except KeyError as error:
        there = ", ".join(hdu.columns.names)
        raise InputError(
            f"its header describes a column {error.args[0]} that the table {hdu.name} "
            f"has not (it has {there}): it was renamed or deleted by other software"
        ) from error
    table.meta = {
        key: value
        for key, value in table.meta.items()
        if not key.startswith(("TCOMM", "TUNIT")) and key != "EXTNAME"
    }
    for number, name in enumerate(table.colnames, start=1):
        if hasattr(table[name], "mask"):
            table[name] = filled(table[name])
        info = table[name].info
        if info.description is None:
            info.description = hdu.header.get(f"TCOMM{number}")
        if isinstance(info.unit, u.UnrecognizedUnit):
            info.unit = u.Unit(str(info.unit), parse_strict="silent")
    return table


def filled(column: Column) -> Column:
    """A column without a mask: NaN and the empty string are the nulls.

    Raises
    ------
    InputError
        If a value of another type is masked: integers have no null of their own.
    """
    if not hasattr(column, "mask"):
        return column
    if column.dtype.kind in "fUS":
        return column.filled(np.nan if column.dtype.kind == "f" else "")
    if np.any(column.mask):
        raise InputError(f"column {column.name!r} has nulls, and its type has none")
    return column.filled()
