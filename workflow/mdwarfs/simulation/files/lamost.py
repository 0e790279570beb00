"""LAMOST DR11 low-resolution catalogues: A, F, G, K stars, and M dwarfs and giants."""

from numpy.typing import ArrayLike

from mdwarfs.simulation.files.columns.layout import read_layouts
from mdwarfs.simulation.files.fits_table import (
    primary_header,
    records,
    table_hdu,
    write_file,
)
from mdwarfs.types import PathLike

NULLS = {"text": "", "int": -9999, "float": -9999.0, "bool": False, "bits": 0}


def write_stellar(path: PathLike, columns: dict[str, ArrayLike]) -> None:
    """Write spectra in the format of `dr11_v2.0_LRS_stellar.fits.gz`.

    Parameters
    ----------
    columns : each of shape (n,)
        By the file's column names (`obsid`, `gaia_source_id` as text, `teff_err`,
        ...). What LAMOST has not measured is -9999; no Gaia source is "0" or blank.

    Raises
    ------
    InputError
        If a column is not in the format.
    """
    write(path, "LRS_stellar", columns)


def write_mstellar(path: PathLike, columns: dict) -> None:
    """Write spectra in the format of `dr11_v2.0_LRS_mstellar.fits.gz`.

    As `write_stellar`, with the columns of that file (`m_h`, `m_h_err`, ...).
    """
    write(path, "LRS_mstellar", columns)


def write(path: PathLike, name: str, columns: dict) -> None:
    """Write one of the two catalogues."""
    (layout,) = read_layouts(name)
    rows = records(layout, columns, NULLS)
    write_file(path, [primary_header(), table_hdu(layout, rows)])
