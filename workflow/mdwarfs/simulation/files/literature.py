"""Published tables of M dwarfs: Birky+2020, and value-added catalogues of SDSS."""

import io

import numpy as np
import pandas as pd
from astropy.io import fits
from numpy.typing import ArrayLike

from mdwarfs.errors import InputError
from mdwarfs.simulation.files.columns.layout import read_layouts
from mdwarfs.simulation.files.fits_table import (
    MARK,
    padded,
    primary_header,
    records,
    table_hdu,
    write_file,
)
from mdwarfs.types import PathLike

# Columns of paper/tables/Table6_full_sample.csv.gz in github.com/jbirky/Mdwarf_project.
BIRKY = """APOGEE_ID BP_MAG BP_RP DEC GAIA_ID G_MAG H_MAG J_MAG K_MAG M_H_APOGEE PLX
PLX_ERR PMDEC PMDEC_ERR PMRA PMRA_ERR RA RP_MAG RV_APOGEE RV_APOGEE_ERR RV_GAIA
RV_GAIA_ERR SNR TEFF_APOGEE DIST G_ABS J_ABS H_ABS K_ABS X Y Z Vx Vy Vz TEFF FE_H
CHI_MANN SPT CHI_WEST""".split()

BEHMARD_NULLS = {"text": "", "int": -1, "float": np.nan, "bool": False, "bits": 0}


def write_birky(path: PathLike, columns: dict[str, ArrayLike]) -> None:
    """Write stars in the form of the authors' CSV of Birky+2020, Table 6.

    Parameters
    ----------
    path
        Gzipped where its name ends in .gz, as the authors' does.
    columns : each of shape (n,)
        By the file's column names (`APOGEE_ID`, `TEFF`, `FE_H`, ...). GAIA_ID is
        written with 15 digits, as the authors' file has it, so that it identifies
        nothing. Missing values are -9999, missing columns blank.

    Raises
    ------
    InputError
        If a column is not in the file.
    """
    unknown = sorted(set(columns) - set(BIRKY))
    if unknown:
        raise InputError(f"Birky+2020 has no column {', '.join(unknown)}")
    table = pd.DataFrame(columns).reindex(columns=BIRKY)
    given = list(columns)
    table[given] = table[given].fillna(-9999)
    if "GAIA_ID" in columns:
        table["GAIA_ID"] = [f"{value:.14E}" for value in table["GAIA_ID"]]
    text = io.StringIO()
    table.to_csv(text, index=False, lineterminator="\n", float_format="%.15g")
    write_file(path, [text.getvalue().encode("ascii")])


def write_behmard(path: PathLike, columns: dict[str, ArrayLike]) -> None:
    """Write stars in the format of `mdwarf_abundances-1.0.2.fits` (Behmard+2025).

    Parameters
    ----------
    columns : each of shape (n,)
        By the file's column names: `gaia_dr3_source_id`, `name` (the SDSS
        identifier), `Teff_cannon`, `fe_h_cannon`, `Teff_err`, `fe_h_err`, ...

    Raises
    ------
    InputError
        If a column is not in the format.
    """
    (layout,) = read_layouts("mdwarf_abundances")
    rows = records(layout, columns, BEHMARD_NULLS)
    write_file(path, [primary_header(), table_hdu(layout, rows)])


def write_contin(path: PathLike, columns: dict[str, ArrayLike]) -> None:
    """Write spectra in the format of `mdwarf-contin-standardization-1.0.0.fits`.

    Parameters
    ----------
    columns : each of shape (n,)
        By the file's column names, of which the format here has some.

    Raises
    ------
    InputError
        If a column is not in the format.
    """
    (layout,) = read_layouts("mdwarf_contin")
    rows = records(layout, columns, BEHMARD_NULLS)
    write_file(path, [primary_header(), table_hdu(layout, rows)])


def write_active(path: PathLike, columns: dict[str, ArrayLike]) -> None:
    """Write stars in the format of `mdwarf_active_params-1.0.0.fits`.

    As STIL writes tables, the first HDU holds characters: a VOTable without data.

    Parameters
    ----------
    columns : each of shape (n,)
        By the file's column names.

    Raises
    ------
    InputError
        If a column is not in the format.
    """
    (layout,) = read_layouts("mdwarf_active")
    rows = records(layout, columns, BEHMARD_NULLS)
    words = np.frombuffer(b"<VOTABLE/>".ljust(900), np.uint8)
    header = fits.PrimaryHDU(words).header
    header.extend([("NULLVAL", -9999), MARK])
    first = header.tostring().encode("ascii") + padded(words)
    write_file(path, [first, table_hdu(layout, rows)])
