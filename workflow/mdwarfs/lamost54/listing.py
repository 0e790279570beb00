"""The list of stars and labels of `mdwarfs.lamost54`, from the public files.

The spectra say in their headers what they are of, and a catalogue has the labels of 409
M dwarfs, under other names: the two are joined by their places on the sky.
"""

from pathlib import Path

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.table import Row, Table
from numpy.typing import ArrayLike

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.types import PathLike

SEPARATION = 2.0
"""Between a star of the catalogue and its spectrum, at most [arcsec]: the farthest lies
at 1.94, and the next star of the catalogue at more than 150."""

OF_HEADER = {
    "obsid": "OBSID",
    "ra": "RA",
    "dec": "DEC",
    "subclass": "SUBCLASS",
    "snri": "SNRI",
}
OF_CATALOGUE = {
    "name": "Name",
    "teff_A": "Teff",
    "logg_A": "logg",
    "feh_A": "Fe_H",
    "ref_A": "ref_name",
}
"""Our columns, and the keywords and columns from which they come."""


def write_list(
    files: Table, folder: PathLike, catalogue: PathLike, path: PathLike
) -> None:
    """Write the list that `mdwarfs.lamost54.read_labels` reads.

    Parameters
    ----------
    files
        Columns `file` (path below `folder`) and `source_id` (Gaia DR3; 0 if unknown);
        rows that are no FITS files are left out.
    catalogue
        catalog_A.csv: columns Name, RA, DEC [deg], Teff [K], logg, Fe_H [dex] and
        ref_name.
    path
        CSV file to write.

    Raises
    ------
    InputError
        If the catalogue is not readable, or a header lacks a keyword.
    """
    rows = [row for row in files if str(row["file"]).endswith(".fits")]
    stars = from_headers([Path(folder) / row["file"] for row in rows])
    stars["cif_GaiaDR3_id"] = [row["source_id"] or "" for row in map(plain, rows)]
    labels = read_catalogue(catalogue)
    index, separation, _ = places(stars["ra"], stars["dec"]).match_to_catalog_sky(
        places(labels["RA"], labels["DEC"])
    )
    known = separation.arcsec < SEPARATION
    for ours, theirs in OF_CATALOGUE.items():
        stars[ours] = np.ma.array(labels[theirs][index], mask=~known)
    with tables.atomic(path) as part:
        stars.write(part, format="ascii.csv")


def plain(row: Row) -> dict:
    """A row as Python's own values."""
    return {"source_id": int(row["source_id"])}


def places(ra: ArrayLike, dec: ArrayLike) -> SkyCoord:
    """Places on the sky, of degrees."""
    return SkyCoord(np.asarray(ra) * u.deg, np.asarray(dec) * u.deg)


def from_headers(paths: list) -> Table:
    """What the headers of LAMOST's spectra say: a row for each."""
    rows = []
    for path in paths:
        try:
            header = fits.getheader(path)
            row = {ours: header[theirs] for ours, theirs in OF_HEADER.items()}
            designation = header["DESIG"].removeprefix("LAMOST").strip()
        except (OSError, KeyError) as error:
            raise InputError(f"{path} is no spectrum of LAMOST's: {error}") from error
        rows.append({"file": path.name, "lamost": designation} | row)
    return Table(rows)


def read_catalogue(path: PathLike) -> Table:
    """The catalogue of labels, its missing values masked."""
    try:
        catalogue = Table.read(path, format="ascii.csv")
        catalogue[["RA", "DEC", *OF_CATALOGUE.values()]]
    except (OSError, KeyError, ValueError) as error:
        raise InputError(f"{path} is no catalogue of labels: {error}") from error
    return catalogue
