"""Astra's summary files: one row per spectrum that a pipeline has analysed."""

from numpy.typing import ArrayLike

from mdwarfs.catalogues.releases import RELEASES
from mdwarfs.errors import InputError
from mdwarfs.simulation.files.boss import ASTRA_NULLS
from mdwarfs.simulation.files.columns.layout import read_layouts
from mdwarfs.simulation.files.fits_table import (
    empty,
    primary_header,
    records,
    table_hdu,
    write_file,
)
from mdwarfs.types import PathLike

VERSION = RELEASES[19]["astra_apogee"]  # APOGEE's of DR20 as well
INSTRUMENTS = ("BOSS", "APOGEE")  # HDU 1 and HDU 2
USED = {"ApogeeNet": "APOGEE", "ASPCAP": "APOGEE", "Slam": "BOSS"}


def write_summary(
    path: PathLike, product: str, columns: dict[str, ArrayLike], version: str = VERSION
) -> None:
    """Write a summary file in the format of astraAllStar, as SDSS DR19 has it.

    Parameters
    ----------
    path
        Such as `astraAllStarSlam-0.6.0.fits.gz`.
    product
        "ApogeeNet", "ASPCAP" or "Slam". The HDU of the instrument that the pipeline
        does not use has no rows.
    columns : each of shape (n,)
        By the file's column names (`sdss_id`, `gaia_dr3_source_id`, `teff`, ...).
    version
        Of Astra, for the header.

    Raises
    ------
    InputError
        If the product is not known, or a column is not in the format.
    """
    if product not in USED:
        raise InputError(f"no Astra product {product!r}; there are {', '.join(USED)}")
    parts = [primary_header([("PIPELINE", product), ("V_ASTRA", version)])]
    layouts = read_layouts(f"astraAllStar{product}")
    for layout, instrument in zip(layouts, INSTRUMENTS):
        used = USED[product] == instrument
        rows = records(layout, columns, ASTRA_NULLS) if used else empty(layout)
        parts.append(table_hdu(layout, rows, [("INSTRMNT", instrument)]))
    write_file(path, parts)
