"""Tables of a run in the forms of other software: VOTable, Parquet, CSV."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from astropy import units as u
from astropy.io import fits
from astropy.table import Table
from astropy.table.meta import get_yaml_from_table

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.labels import LABELS
from mdwarfs.types import PathLike

FORMS = (".vot", ".parquet", ".fits", ".ecsv", ".csv")
ORIGIN = {"RUN": "run", "SIMULATD": "simulated"}
"""Columns of CSV, which has no header that could say it."""

MAIN = ";meta.main"
UCDS = {
    "source_id": f"meta.id{MAIN}",
    "sdss_id": "meta.id",
    "ra": f"pos.eq.ra{MAIN}",
    "dec": f"pos.eq.dec{MAIN}",
    "parallax": "pos.parallax.trig",
    "bp_rp0": "phot.color",
    "mg0": "phys.magAbs",
    "snr": "stat.snr",
    **{x: LABELS[x].ucd for x in LABELS if LABELS[x].ucd},
    "chi2": "stat.fit.chi2",
    "dof": "stat.fit.dof",
    "correlation": "stat.correlation",
    "v_offset": "phys.veloc",
    "flags": "meta.code",
    "recommended": "meta.code.qual",
    "status": "meta.code.status",
}
"""Unified content descriptors (IVOA, UCD1+) of columns of the catalogues."""


def export(
    path: PathLike, output: PathLike, columns: Sequence[str] | None = None
) -> None:
    """Write a table of a run in the form that the suffix of the output names.

    Parameters
    ----------
    path
        A .fits or .ecsv product; of several tables in a file, the first.
    output
        Ends in one of `FORMS`.
    columns
        Columns to write. Default: all.

    Raises
    ------
    InputError
        If the table cannot be read, lacks a column, or has columns that the form has
        not; if a column is asked for twice; if the form is not known, or is Parquet and
        pyarrow is not there.
    """
    output = Path(output)
    if output.suffix not in FORMS:
        raise InputError(f"{output} does not end in {', '.join(FORMS)}")
    tables.require_writable(output)
    twice = [name for name, n in Counter(columns or ()).items() if n > 1]
    if twice:
        raise InputError(f"--columns: {', '.join(twice)} is named more than once")
    table = tables.read(path, columns)
    table.meta = about(path) | table.meta
    with tables.atomic(output) as part:
        if output.suffix == ".vot":
            write_votable(table, part)
        elif output.suffix == ".parquet":
            write_parquet(table, part)
        elif output.suffix == ".fits":
            hdu = tables.to_hdu(table, tables.extension_name(output))
            tables.commented(hdu.header)
            fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(part)
        elif output.suffix == ".ecsv":
            table.write(part, format="ascii.ecsv")
        else:
            with_origin(flat(table, output)).write(part, format="ascii.csv")


def about(path: PathLike) -> dict:
    """What the header of a file says of the code and the run that made it."""
    path = Path(path)
    if path.suffix == ".fits":
        with fits.open(path) as hdus:
            said = [hdu.header for hdu in hdus[:2]]
    else:
        said = [Table.read(path, format="ascii.ecsv").meta]
    return {key: h[key] for h in said for key in tables.COMMENTS if key in h}


def flat(table: Table, output: Path) -> Table:
    """The table, if all its columns have one value in a row.

    Raises
    ------
    InputError
        If one has an array.
    """
    arrays = [name for name in table.colnames if table[name].ndim > 1]
    if arrays:
        raise InputError(
            f"{output}: {output.suffix} has no arrays in a column, as "
            f"{', '.join(arrays)} of the table; leave them out with --columns"
        )
    return table


def with_origin(table: Table) -> Table:
    """The table, with run and whether it is simulated in each row, as `tables/` has it.

    Many readers of CSV take no comments, and rows of two runs may be put together.
    """
    table = table.copy()
    for key, name in ORIGIN.items():
        if name not in table.colnames and key in table.meta:
            table[name] = np.full(len(table), table.meta[key])
    return table


def write_votable(table: Table, path: Path) -> None:
    """Write a VOTable: what the header says is its parameters."""
    from astropy.io.votable import from_table, writeto
    from astropy.io.votable.tree import Param

    meta, table = table.meta, table.copy()
    table.meta = {}
    for column in table.itercols():
        column.info.unit = vounit(column.info.unit)
    votable = from_table(table)
    for field in votable.get_first_table().fields:
        if field.datatype == "bit":  # which STILTS and TOPCAT of 2022 cannot read
            field.datatype = "boolean"
        field.ucd = ucd(field.name)
    for key, value in meta.items():
        said = {"ID": key, "name": key, "datatype": "char", "arraysize": "*"}
        param = Param(votable, value=str(value), **said)
        param.description = tables.MEANINGS.get(key)
        votable.resources[0].params.append(param)
    writeto(votable, str(path), tabledata_format="binary2")


def ucd(name: str) -> str | None:
    """What a column is in the words of the Virtual Observatory; None where none fits.

    An error is one of what it is the error of (`e_teff`, `sigma_teff`).
    """
    label = re.sub("^(formal_e|e|sigma)_", "", name)
    said = UCDS.get(label.removesuffix("_flat"))
    if said is None or label == name:
        return said
    return f"stat.error;{said.removesuffix(MAIN)}"


def vounit(unit: u.UnitBase | None) -> u.UnitBase | None:
    """A unit as VOUnits has it: dex, which that does not know, in quotes."""
    if unit is None or "dex" not in str(unit):
        return unit
    quoted = u.Unit("'dex'", format="vounit")
    bases = [quoted if base == u.dex else base for base in unit.bases]
    return math.prod((b**p for b, p in zip(bases, unit.powers)), start=u.Unit(1))


def write_parquet(table: Table, path: Path) -> None:
    """Write Parquet: units and descriptions are metadata of its columns.

    pandas has them in `DataFrame.attrs` as well, and `Table.read` in its columns.

    Raises
    ------
    InputError
        If pyarrow is not installed.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise InputError(
            "Parquet takes pyarrow, which is not installed: pip install "
            "'mdwarfs[parquet]' (or write a .vot)"
        ) from error
    arrays, fields, columns, lengths = [], [], {}, {}
    for name in table.colnames:
        column = table[name]
        values = np.asarray(column)
        values = values.astype(values.dtype.newbyteorder("="))
        array = pyarrow.array(list(values) if values.ndim > 1 else values)
        said = {"description": column.info.description or ""}
        if column.info.unit is not None:
            said["unit"] = str(column.info.unit)
        if values.dtype.kind == "U":
            lengths[f"table::len::{name}"] = str(values.dtype.itemsize // 4)
        fields.append(pyarrow.field(name, array.type, metadata=said))
        arrays.append(array)
        columns[name] = said
    said = {
        "index_columns": [],
        "column_indexes": [],
        "columns": [],
        "attributes": {"columns": columns, "header": dict(table.meta)},
    }
    metadata = {
        "pandas": json.dumps(said, default=str),
        "table_meta_yaml": "\n".join(get_yaml_from_table(table)),
        **lengths,
    }
    schema = pyarrow.schema(fields, metadata=metadata)
    parquet.write_table(pyarrow.Table.from_arrays(arrays, schema=schema), path)
