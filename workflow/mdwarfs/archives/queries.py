"""Queries for the needed columns and rows, in place of a large file.

Each function asks an archive and writes the answer as an excerpt of the official file,
in that file's names, so that one reader takes either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table, unique, vstack
from numpy.typing import ArrayLike

from mdwarfs.archives.checks import Checks, check_rows
from mdwarfs.archives.excerpt import N_ROWS, write_table
from mdwarfs.archives.fetch import verify_file
from mdwarfs.archives.record import deliver_answer
from mdwarfs.archives.uploads import words_of
from mdwarfs.archives.vizier import VizierTable, filled
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from mdwarfs.archives.skyserver import SkyServer
    from mdwarfs.archives.tap import Service
    from mdwarfs.catalogues.excerpt import Excerpt


# The names of a column in VizieR, as regular expressions: the first that fits counts.
WIDE_BINARIES = {
    "R_chance_align": ["R", "RchAlign", "R_?chance_?align"],
    "sep_AU": ["sepAU", "sep_AU"],
    "binary_type": ["BinType", "Type", "binary_type"],
    "ra1": ["RA_?ICRS", "RAdeg", "RA1deg", "ra1"],
    "dec1": ["DE_?ICRS", "DEdeg", "DE1deg", "dec1"],
    "ra2": ["RA2deg", "RA2_?ICRS", "ra2"],
    "dec2": ["DE2deg", "DE2_?ICRS", "dec2"],
} | {
    f"{ours}{k}": [f"{pattern}{k}" for pattern in theirs]
    for k in (1, 2)
    for ours, theirs in {
        "source_id": ["Source", "source_id", "GaiaEDR3_?"],
        "parallax": ["Plx", "parallax"],
        "parallax_error": ["e_Plx", "parallax_error"],
        "ruwe": ["RUWE"],
        "phot_g_mean_mag": ["Gmag", "phot_g_mean_mag"],
        "phot_bp_mean_mag": ["BPmag", "phot_bp_mean_mag"],
        "phot_rp_mean_mag": ["RPmag", "phot_rp_mean_mag"],
    }.items()
}
LAMOST = {
    "obsid": ["ObsID"],
    "gaia_source_id": ["GaiaDR3", "gaia_?source_?id"],
    "snrg": ["snrg"],
    "subclass": ["SubClass", "SpType"],
    "teff": ["Teff"],
    "teff_err": ["e_Teff", "teff_?err"],
    "logg": ["logg"],
    "logg_err": ["e_logg", "logg_?err"],
    "feh": [r"\[Fe/H\]", "__Fe_H_", "feh"],
    "feh_err": [r"e_\[Fe/H\]", "e__Fe_H_", "feh_?err"],
}


@dataclass(frozen=True)
class Query:
    """A raw file that is to be had by its route `query`.

    Attributes
    ----------
    path
        The excerpt to write.
    service
        The archive.
    source
        The route `query` of the configuration: `version`, `slices`, `rows`, and of
        VizieR `table` and `chunk`.
    official
        The route `download` of the configuration, by which a file put there by hand is
        verified.
    excerpt
        Columns and rows of the official file that are wanted.
    """

    path: PathLike
    service: Service | SkyServer
    source: dict
    official: dict
    excerpt: Excerpt


def wide_binaries(query: Query, r_max: float, m_stars: ArrayLike) -> dict:
    """The pairs that are no chance alignments, and every pair of an M-type star.

    Parameters
    ----------
    query
        Of VizieR.
    r_max
        Pairs below this R_chance_align are taken, whatever their stars.
    m_stars : of int
        Gaia DR3 identifiers of the M-type stars, whose pairs are all taken, so that
        it can be counted what the cut on R_chance_align removes.

    Returns
    -------
    entries
        The record.
    """
    source = query.source

    def ask(folder):
        table = VizierTable(query.service, source["table"], WIDE_BINARIES, folder)
        condition = f"{table.column('R_chance_align')} < {r_max!r}"
        good = table.sliced("source_id1", source["slices"], condition)
        of_m = [
            table.matching(key, m_stars, source["chunk"])
            for key in ("source_id1", "source_id2")
        ]
        rows = vstack([good, *of_m], metadata_conflicts="silent")
        return unique(rows, ["source_id1", "source_id2"]), facts_of(table)

    asked = {"table": source["table"], "r_max": r_max, "stars": words_of(m_stars)}
    return deliver_excerpt(query, asked, ask, ["source_id1", "source_id2"])


def lamost(query: Query, stars: ArrayLike) -> dict:
    """The LAMOST spectra of a list of stars.

    Parameters
    ----------
    query
        Of VizieR.
    stars : of int
        Gaia DR3 identifiers.

    Returns
    -------
    entries
        The record.
    """
    source = query.source

    def ask(folder):
        optional = ["subclass"]
        table = VizierTable(query.service, source["table"], LAMOST, folder, optional)
        rows = table.matching("gaia_source_id", stars, source["chunk"])
        return rows, facts_of(table)

    asked = {"table": source["table"], "stars": words_of(stars)}
    return deliver_excerpt(query, asked, ask, ["obsid"])


def facts_of(table: VizierTable) -> dict:
    """What is recorded of a table of VizieR, after all has been asked of it."""
    counts = {N_ROWS: table.count()}
    return {
        "names": table.columns,
        "types": table.datatypes,
        "queries": table.queries,
        "counts": counts,
    }


def deliver_excerpt(
    query: Query, asked: dict, ask: Callable, order: Sequence[str]
) -> dict:
    """Give a raw file by a query; see `mdwarfs.archives.record.deliver_answer`.

    Parameters
    ----------
    asked
        What is asked for.
    ask
        Takes the folder of the answers; returns the rows, under the official names,
        and what is to be recorded. The entry `counts` of the latter, which has N_ROWS,
        goes into the header.
    order
        Columns by which the rows are sorted: answers come in any order.

    Returns
    -------
    entries
        The record.

    Raises
    ------
    InputError
        If the answer is not what it has to be.
    """

    excerpt, version = query.excerpt, query.source["version"]

    def write(folder):
        rows, facts = ask(folder)
        warnings = check_rows(len(rows), query.source)
        rows = filled(rows, excerpt.columns)
        checks = Checks(excerpt)
        checks.see(rows)
        checks.end()
        rows = rows[total_order(rows, order)]
        write_table(query.path, excerpt.hdu, rows, facts["counts"])
        return {"version": version, "rows": len(rows), "warnings": warnings} | facts

    def verify():
        official = query.official
        known = {"version": official.get("version")}
        return known | verify_file(query.path, official, excerpt)

    return deliver_answer(
        query.path,
        query.service,
        {"version": version} | asked | {"columns": list(excerpt.columns)},
        accept=verify,
        ask=write,
    )


def total_order(rows: Table, first: Sequence[str]) -> np.ndarray:
    """Order of rows that hangs on nothing but their values.

    Parameters
    ----------
    first
        Columns by which they are sorted; all others decide where these are equal.

    Returns
    -------
    of int
    """
    names = [*first, *(name for name in rows.colnames if name not in first)]
    return np.lexsort([np.asarray(rows[name]) for name in reversed(names)])
