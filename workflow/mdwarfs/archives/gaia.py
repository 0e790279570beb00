"""Gaia DR3 astrometry and photometry, with 2MASS, for a list of Gaia DR2 sources."""

from __future__ import annotations

import contextlib
import gzip
import io
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from astropy.io.votable import from_table
from astropy.io.votable.tree import Info
from astropy.table import Table, vstack
from numpy.typing import ArrayLike

from mdwarfs import tables
from mdwarfs.archives.checks import check_rows
from mdwarfs.archives.record import deliver_answer
from mdwarfs.archives.tap import Service, connect
from mdwarfs.archives.uploads import fingerprint, uploads, words_of
from mdwarfs.catalogues.gaia import COLUMNS, read_votable
from mdwarfs.errors import InputError
from mdwarfs.run.progress import track
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from mdwarfs.archives.patience import Limits


# 2MASS is joined in the three steps that the archive documents: best neighbour, join
# table, original catalogue. Suspected duplicates of 2MASS share a number
# (clean_tmass_psc_xsc_oid), of which the join table has several rows then; the one with
# the best astrometry is named in original_ext_source_id (Gaia DR3 documentation 1.2,
# section 20.4.28), and taken alone. The tables are those of DR3 by name, whatever the
# archive's newest release is; only 2MASS itself came with the first release, and stays
# in its schema.
QUERY = """
SELECT t.dr2_source_id, {neighbour},
       g.source_id, g.ra, g.dec, g.parallax, g.parallax_error, g.pmra, g.pmdec, g.ruwe,
       g.phot_g_mean_mag, g.phot_bp_mean_mag, g.phot_rp_mean_mag,
       g.phot_bp_rp_excess_factor, tm.designation AS tmass_designation,
       tm.j_m, tm.j_msigcom, tm.h_m, tm.h_msigcom, tm.ks_m, tm.ks_msigcom, tm.ph_qual
FROM tap_upload.ids AS t
{sources}
LEFT OUTER JOIN gaiadr3.tmass_psc_xsc_best_neighbour AS x ON x.source_id = g.source_id
LEFT OUTER JOIN gaiadr3.tmass_psc_xsc_join AS j
       ON j.clean_tmass_psc_xsc_oid = x.clean_tmass_psc_xsc_oid
       AND j.original_psc_source_id = x.original_ext_source_id
LEFT OUTER JOIN gaiadr1.tmass_original_valid AS tm
       ON tm.designation = j.original_psc_source_id
"""
FROM_DR2 = {
    "neighbour": "n.angular_distance, n.magnitude_difference",
    "sources": """\
JOIN gaiadr3.dr2_neighbourhood AS n ON n.dr2_source_id = t.dr2_source_id
JOIN gaiadr3.gaia_source AS g ON g.source_id = n.dr3_source_id""",
}
FROM_DR3 = {
    "neighbour": "0.0 AS angular_distance, 0.0 AS magnitude_difference",
    "sources": "JOIN gaiadr3.gaia_source AS g ON g.source_id = t.dr2_source_id",
}
QUERIES = {2: QUERY.format(**FROM_DR2), 3: QUERY.format(**FROM_DR3)}
"""The query by the Gaia release of the identifiers. Those of DR2 become sources of DR3
through the archive's own table of neighbours; those of DR3, which Astra gives for the
stars of SDSS DR20, are sources themselves, whatever the uploaded column is called."""
MAXREC = 3_000_000  # the archive's own limit for anonymous jobs
SILENT_CAP = 2_000  # what astroquery makes of a synchronous query
LEAST_FOUND = 0.5  # share of the sources of a job that DR3 must know


def service(server: str, limits: Limits) -> Service:
    """The TAP service of the Gaia archive, through astroquery.gaia.

    Parameters
    ----------
    server
        Address of the archive, such as https://gea.esac.esa.int.
    """
    with quiet(limits.connect):
        from astroquery.gaia import GaiaClass

    url = f"{server.rstrip('/')}/tap-server/tap"
    connection = connect(url, limits)
    tap = GaiaClass(
        tap_plus_conn_handler=connection, datalink_handler=connection,
        show_server_messages=False,
    )  # fmt: skip
    return Service("the Gaia archive", url, tap, limits, MAXREC, SILENT_CAP)


@contextlib.contextmanager
def quiet(seconds: int) -> Iterator[None]:
    """Keep astroquery.gaia from what it does when it is imported.

    It asks its archive for news then, prints them, and waits without an end where a
    network swallows what is sent.
    """
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        socket.setdefaulttimeout(before)


def deliver_rows(
    dr2_source_ids: ArrayLike, path: PathLike, service: Service, source: dict
) -> dict:
    """Give the raw file of Gaia rows; see `mdwarfs.archives.record.deliver`.

    Parameters
    ----------
    dr2_source_ids : of int
        Identifiers; nulls (<= 0) are left out.
    path
        The VOTable to write, gzipped.
    source
        `version`, `chunk` (identifiers in a job), `rows` or `rows_expected` (limits),
        and `gaia_release` (2 or 3), that of the identifiers.

    Returns
    -------
    entries
        The record.
    """
    query = QUERIES[source["gaia_release"]]

    def accept():
        rows = len(read_votable(path, COLUMNS))
        return {"rows": rows, "warnings": check_rows(rows, source)}

    def write(folder):
        rows, jobs = fetch(dr2_source_ids, folder, service, query, source)
        warnings = check_rows(len(rows), source)
        write_votable(rows, path)
        return {"jobs": jobs, "rows": len(rows), "warnings": warnings}

    request = {
        "version": source["version"],
        "query": query,
        "columns": COLUMNS,
        "stars": words_of(dr2_source_ids),
    }
    return deliver_answer(path, service, request, accept, write)


def fetch(
    dr2_source_ids: ArrayLike,
    folder: PathLike,
    service: Service,
    query: str,
    source: dict,
) -> tuple[Table, int]:
    """Ask the Gaia archive for the DR3 sources of many identifiers, chunk by chunk.

    Parameters
    ----------
    dr2_source_ids : of int
        Identifiers; nulls (<= 0) are left out.
    folder
        Where the answer of each job is kept.
    query
        One of `QUERIES`.
    source
        See `deliver_rows`.

    Returns
    -------
    rows
    jobs

    Raises
    ------
    InputError
        If an answer is cut short.
    """
    chunks = uploads(dr2_source_ids, source["chunk"])
    if not chunks:
        raise InputError("no star has a Gaia identifier: there is nothing to ask")
    answers = []
    for ids in track(chunks, "Gaia jobs"):
        upload = Table({"dr2_source_id": ids})
        part = Path(folder) / f"{fingerprint(query, upload)}.vot"
        answer = service.ask(query, COLUMNS, part, upload)
        found = np.isin(ids, np.asarray(answer["dr2_source_id"])).mean()
        if found < LEAST_FOUND:
            part.unlink()
            raise InputError(
                f"the Gaia archive knew only {found:.0%} of {len(ids)} sources: the "
                "answer is cut short, or the identifiers are of another release"
            )
        answers.append(answer)
    return vstack(answers, metadata_conflicts="silent"), len(chunks)


def write_votable(rows: Table, path: PathLike) -> None:
    """Write a result as the archive does: gzipped VOTable, binary2, its status OK."""
    rows.meta.clear()
    votable = from_table(rows)
    resource = votable.resources[0]
    resource.type = "results"
    resource.infos.append(Info(name="QUERY_STATUS", value="OK"))
    content = io.BytesIO()
    votable.to_xml(content, tabledata_format="binary2")
    with tables.atomic(path) as part:
        part.write_bytes(gzip.compress(content.getvalue(), mtime=0))
