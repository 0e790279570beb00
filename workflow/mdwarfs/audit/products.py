"""The state of every intermediate product: what it holds, and what is wrong with it."""

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.table import Column, Table

from mdwarfs import tables
from mdwarfs.audit.invariants import needed, problems_between, problems_within
from mdwarfs.catalogues.nulls import from_cards
from mdwarfs.errors import InputError
from mdwarfs.tables import absent
from mdwarfs.tables.columns import meaning
from mdwarfs.tables.tabulate import from_rows
from mdwarfs.types import PathLike

logger = logging.getLogger(__name__)

COLUMNS = {
    "path": ("", "The product, below the run's results"),
    "rule": ("", "The rule that made it"),
    "n_rows": ("", "Rows of its table; of several tables, those of the first"),
    "n_columns": ("", "Columns of the same table"),
    "n_nulls": ("", "Null values of the same table: NaN, empty strings, masked"),
    "n_units": ("", "Columns that carry a unit"),
    "n_bytes": ("", "Size of the file"),
    "sha256": ("", "Checksum of the file"),
    "run": ("", "Run that the file says it is of"),
    "simulated": ("", "Whether the file says that it is simulated"),
    "nulled": ("", "Values made null on reading, by column and reason"),
    "problems": ("", "What is wrong; empty: nothing"),
}


def audit(paths: Sequence[PathLike], rules: dict[str, str], stamp: dict) -> Table:
    """Describe every product and look for defects.

    Parameters
    ----------
    paths
        FITS and ECSV files.
    rules
        Path to the name of the rule that makes the file.
    stamp
        `run` and `simulated`, which every file must say of itself.

    Returns
    -------
    table
        A row per product, `COLUMNS`, by path. A file that cannot be read has a row
        with its problem.
    """
    root = Path("results") / stamp["run"]
    rows, readable = {}, {}
    for path in sorted(map(Path, paths)):
        name = _below(path, root)
        rows[name], table = _describe(path, stamp)
        rows[name]["rule"] = rules.get(str(path), "")
        if table is not None:
            rows[name]["problems"] += problems_within(name, table)
            readable[name] = needed(table)
    for name, found in problems_between(readable).items():
        rows[name]["problems"] += found
    for name, row in rows.items():
        for problem in row["problems"]:
            logger.warning("%s: %s", name, problem)
    lines = [
        [name]
        + [row[column] for column in list(COLUMNS)[1:-2]]
        + ["; ".join(row[column]) for column in ("nulled", "problems")]
        for name, row in rows.items()
    ]
    return from_rows(lines, COLUMNS)


def _below(path, root):
    """Path below the run's folder; the whole path where it lies elsewhere."""
    parts, inside = path.parts, root.parts
    for start in range(len(parts) - len(inside)):
        if parts[start : start + len(inside)] == inside:
            return "/".join(parts[start + len(inside) :])
    return str(path)


def _describe(path, stamp):
    """The row of one product (`problems` as a list), and its table."""
    with open(path, "rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    row = {
        "n_bytes": path.stat().st_size,
        "sha256": sha256,
        **dict.fromkeys(("n_rows", "n_columns", "n_nulls", "n_units"), 0),
        "run": "",
        "simulated": False,
        "nulled": [],
        "problems": [],
    }
    try:
        table = _read(path)
    except (InputError, OSError, ValueError) as error:
        row["problems"].append(f"cannot be read: {error}")
        return row, None
    row |= {
        "n_rows": len(table),
        "n_columns": len(table.colnames),
        "n_nulls": sum(nulls(table[name]) for name in table.colnames),
        "n_units": sum(table[name].unit is not None for name in table.colnames),
        "run": str(table.meta.get("RUN", "")),
        "simulated": bool(table.meta.get("SIMULATD", False)),
        "nulled": [str(nulled) for nulled in from_cards(table.meta)],
    }
    if row["run"] != stamp["run"]:
        row["problems"].append(f"says it is of run {row['run']!r}")
    if row["simulated"] != bool(stamp["simulated"]):
        row["problems"].append("does not say rightly whether it is simulated")
    if table.colnames and not len(table) and not absent.why(table):
        row["problems"].append("has no rows")
    for name in table.colnames:
        known = meaning(name)
        if not table[name].info.description:
            row["problems"].append(f"column {name} lacks its description")
        elif known and known[0] and table[name].unit is None:
            row["problems"].append(f"column {name} lacks its unit")
    return row, table


def _read(path):
    """The first table of a file (none: no columns), with what its headers say."""
    if path.suffix != ".fits":
        return tables.read(path)
    with fits.open(path, memmap=False) as hdus:
        headers = [hdu.header for hdu in hdus[:2]]
        extensions = [hdu for hdu in hdus if isinstance(hdu, fits.BinTableHDU)]
        if not extensions:
            table = Table()
        elif len(extensions) == 1:
            table = tables.read(path)
        else:
            table = tables.from_hdu(extensions[0])
    for header in headers:
        for key in ("RUN", "SIMULATD"):
            if key in header:
                table.meta[key] = header[key]
    return table


def nulls(column: Column) -> int:
    """Number of null values in a column."""
    masked = np.ma.getmaskarray(np.ma.asarray(column))
    values = np.asarray(column)
    if values.dtype.kind == "f":
        masked = masked | np.isnan(values)
    elif values.dtype.kind == "U":
        masked = masked | (values == "")
    return int(np.sum(masked))
