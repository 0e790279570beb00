"""Birky+2020 from VizieR, in the form of the authors' own file."""

from __future__ import annotations

import gzip
import io
import re
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.archives.checks import check_rows
from mdwarfs.archives.record import deliver_answer
from mdwarfs.archives.vizier import VizierTable, filled
from mdwarfs.catalogues.birky import read_birky
from mdwarfs.errors import InputError, MissingColumn, MissingTable
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from mdwarfs.archives.tap import Service


TABLES = """
SELECT table_name, description FROM TAP_SCHEMA.tables WHERE table_name LIKE '%{name}%'
"""

# Nobody has written down what VizieR calls these columns, so that the service itself
# is asked; what it answered is recorded.
WANTED = {
    "APOGEE_ID": ["APOGEE_?ID", "APOGEE", "_?2MASS", "2M.*", "Name"],
    "TEFF": ["Teff", "Teff_?C.*", "TeffTC"],
    "FE_H": [r"\[Fe/H\]", r"\[Fe/H\]C.*", "FeH", "__Fe_H_"],
    "PLX": ["Plx", "Parallax"],
    "SNR": ["S/N", "SNR", "S_N"],
}
OPTIONAL = ["PLX", "SNR"]
KINDS = dict.fromkeys(WANTED, "real") | {"APOGEE_ID": "text"}
TMASS = re.compile(r"\d{8}[+-]\d{7}")  # a 2MASS designation, whatever stands before it
MISSING = -9999.0


def birky(service: Service, source: dict, path: PathLike) -> dict:
    """Give the raw file of Birky+2020 by its route `query`.

    Parameters
    ----------
    service
        VizieR.
    source
        `version`, `catalogue` ("J/ApJ/892/31") and `rows` (limits).
    path
        The CSV file to write, gzipped.

    Returns
    -------
    entries
        The record; `names` are the columns' names in VizieR.

    Raises
    ------
    InputError
        If none of the catalogue's tables has the columns; each is listed.
    """

    def write(folder):
        table = find_table(service, source["catalogue"], folder)
        rows = filled(table.everything(), KINDS)
        warnings = check_rows(len(rows), source)
        write_csv(rows, path)
        return {
            "rows": len(rows),
            "warnings": warnings,
            "table": table.name,
            "names": table.columns,
            "queries": table.queries,
        }

    def accept():
        rows = read_birky(path).meta["N_ROWS"]
        return {"rows": rows, "warnings": check_rows(rows, source)}

    asked = {"version": source["version"], "catalogue": source["catalogue"]}
    return deliver_answer(path, service, asked, accept, write)


def find_table(service: Service, name: str, folder: PathLike) -> VizierTable:
    """The table of a catalogue that has the wanted columns."""
    listed = service.ask(
        TABLES.format(name=name),
        ["table_name", "description"],
        folder / "tables.vot",
    )
    names = sorted(str(found).strip().strip('"') for found in listed["table_name"])
    failures = [] if names else [f"{service.archive} has no catalogue {name}"]
    for found in names:
        try:
            return VizierTable(service, found, WANTED, folder, OPTIONAL)
        except InputError as error:
            failures.append(str(error))
    raise (MissingColumn if names else MissingTable)("; ".join(failures))


def write_csv(rows: Table, path: PathLike) -> None:
    """Write stars as the authors' file has them: "2M" before the 2MASS designation."""
    designations = [TMASS.search(name) for name in rows["APOGEE_ID"]]
    rows["APOGEE_ID"] = ["2M" + found[0] if found else "" for found in designations]
    for name in KINDS:
        if name != "APOGEE_ID":
            rows[name] = np.where(np.isfinite(rows[name]), rows[name], MISSING)
    rows.sort("APOGEE_ID")
    text = io.StringIO()
    rows.write(text, format="ascii.csv")
    with tables.atomic(path) as part:
        part.write_bytes(gzip.compress(text.getvalue().encode("ascii"), mtime=0))
        read_birky(part)
