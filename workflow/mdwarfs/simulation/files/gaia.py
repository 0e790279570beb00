"""The answer of the Gaia archive to the query for BOSS stars, with 2MASS."""

import io

import numpy as np
from astropy.io.votable import from_table
from astropy.io.votable.tree import Info
from astropy.table import Column, MaskedColumn, Table
from numpy.typing import ArrayLike

from mdwarfs.errors import InputError
from mdwarfs.simulation.files.fits_table import COMMENT, write_file
from mdwarfs.types import PathLike

# Name, type and unit as the archive's tables have them: gaiadr3.dr2_neighbourhood,
# gaiadr3.gaia_source, gaiadr1.tmass_original_valid.
COLUMNS = [
    ("dr2_source_id", "i8", None),
    ("angular_distance", "f4", "mas"),
    ("magnitude_difference", "f4", "mag"),
    ("source_id", "i8", None),
    ("ra", "f8", "deg"),
    ("dec", "f8", "deg"),
    ("parallax", "f8", "mas"),
    ("parallax_error", "f4", "mas"),
    ("pmra", "f8", "mas / yr"),
    ("pmdec", "f8", "mas / yr"),
    ("ruwe", "f4", None),
    ("phot_g_mean_mag", "f4", "mag"),
    ("phot_bp_mean_mag", "f4", "mag"),
    ("phot_rp_mean_mag", "f4", "mag"),
    ("phot_bp_rp_excess_factor", "f4", None),
    ("tmass_designation", "S17", None),
    ("j_m", "f4", "mag"),
    ("j_msigcom", "f4", "mag"),
    ("h_m", "f4", "mag"),
    ("h_msigcom", "f4", "mag"),
    ("ks_m", "f4", "mag"),
    ("ks_msigcom", "f4", "mag"),
    ("ph_qual", "S3", None),
]


def write_result(path: PathLike, table: Table | dict[str, ArrayLike]) -> None:
    """Write rows as the Gaia archive returns a job's result (VOTable, binary2).

    Parameters
    ----------
    path
        Compressed if it ends in .gz, as the archive's format votable_gzip.
    table : shape (n,)
        The columns of `COLUMNS`, all of them. NaN and "" become nulls, as do values
        that are masked already.

    Raises
    ------
    InputError
        If a column is missing or has no place in the result.
    """
    names = [name for name, _, _ in COLUMNS]
    given = table.colnames if isinstance(table, Table) else list(table)
    if set(given) != set(names):
        raise InputError(
            "the columns of a Gaia result differ from those of the query: "
            + ", ".join(sorted(set(given) ^ set(names)))
        )
    result = Table([column(table[n], *rest) for n, *rest in COLUMNS], names=names)
    votable = from_table(result)
    votable.description = COMMENT
    resource = votable.resources[0]
    resource.type = "results"
    resource.infos.append(Info(name="QUERY_STATUS", value="OK"))
    resource.infos.append(Info(name="CAPTION", value="simulated"))
    for field in votable.get_first_table().fields:
        if field.datatype == "char":
            field.arraysize = "*"
    content = io.BytesIO()
    votable.to_xml(content, tabledata_format="binary2")
    write_file(path, [content.getvalue()])


def column(values: ArrayLike, dtype: str, unit: str | None) -> Column:
    """One column of the result, its nulls masked."""
    mask = np.ma.getmaskarray(values)
    values = np.ma.getdata(values).astype(dtype)
    kind = values.dtype.kind
    null = values == b"" if kind == "S" else np.isnan(values) if kind == "f" else False
    return MaskedColumn(values, mask=mask | null, unit=unit)
