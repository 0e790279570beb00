"""SDSS tables through the SQL service of SkyServer, with astroquery.sdss."""

import io
import time
from pathlib import Path

import numpy as np
import pandas as pd
import requests
from astropy.table import Table, vstack

from mdwarfs import tables
from mdwarfs.archives.excerpt import N_ROWS
from mdwarfs.archives.lean import deliver_excerpt
from mdwarfs.archives.transfer import (
    TRANSIENT,
    Deadline,
    Transient,
    brief,
    persist,
    plain,
    retry_after,
)
from mdwarfs.archives.uploads import fingerprint
from mdwarfs.errors import InputError
from mdwarfs.progress import track

SILENT_CAPS = (100_000, 500_000)  # rows at which it may cut an answer
PAUSE = 1.0  # between two queries; the service wants at most 60 a minute [s]
NULL_INT = -1  # as Astra's files have it
LOGICAL = {"False": "0", "True": "1"}  # how SQL Server may print a column of bits

M_TYPE = "class = '{class}' AND subclass LIKE '{subclass}%'"
OF_M_TYPE = f"sdss_id IN (SELECT sdss_id FROM spAll WHERE {M_TYPE})"
TABLES = {
    "spall": ("spAll", M_TYPE, "mjd"),
    "slam": ("slam_boss_star", "sdss_id > 0", "sdss_id"),
    "apogee_net": ("apogee_net_apogee_star", OF_M_TYPE, "sdss_id"),
    "aspcap": ("aspcap_apogee_star", OF_M_TYPE, "sdss_id"),
}
"""For each input its table, the rows that are wanted of it, and the integer by whose
remainder they are divided among queries. (Not all entries of spAll have an sdss_id.)"""


class SkyServer:
    """The SQL service.

    Parameters
    ----------
    url : str
        Address of the server, such as https://skyserver.sdss.org.
    release : int
        Number of the data release, such as 19.
    limits : mdwarfs.archives.transfer.Limits
    """

    archive = "SkyServer"

    def __init__(self, url, release, limits):
        self.url, self.release, self.limits = url.rstrip("/"), release, limits

    def ask(self, query, kinds, path, deadline):
        """The answer to a query; from a file, if it is there already.

        Parameters
        ----------
        query : str
            SQL.
        kinds : dict of str to str
            "int", "real" or "text" by column; upper and lower case are the same.
        path : path-like
            CSV file that keeps the answer.
        deadline : mdwarfs.archives.transfer.Deadline

        Returns
        -------
        astropy.table.Table
            Of the columns of `kinds`; missing integers are -1.

        Raises
        ------
        InputError
            With the service's own words, if it gives no table or a cut one.
        """
        path = Path(path)
        if path.exists():
            return read_csv(path.read_text(encoding="utf-8"), kinds)
        text = persist(lambda: self._get(query), self.limits, deadline)
        time.sleep(PAUSE)
        rows = read_csv(text, kinds)
        if len(rows) in SILENT_CAPS:
            raise InputError(
                f"it answered with exactly {len(rows)} rows, at which it cuts answers; "
                f"raise `slices`. The query was: {query}"
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        tables.write_text(path, text)
        return rows

    def _get(self, query):
        """The text of an answer."""
        from astroquery.sdss import SDSSClass, conf

        try:
            with conf.set_temp("skyserver_baseurl", self.url):
                answer = SDSSClass().query_sql_async(
                    query, timeout=self.limits.timeout, data_release=self.release,
                    cache=False,
                )  # fmt: skip
        except requests.RequestException as error:
            raise Transient(brief(error)) from error
        status = answer.status_code
        if status in TRANSIENT:
            wait = retry_after(answer.headers.get("Retry-After"))
            raise Transient(f"status {status}", wait)
        if status != 200 or "html" in answer.headers.get("Content-Type", "").lower():
            said = plain(answer.text)[:500]
            raise InputError(f"status {status}, it says: {said}")
        return answer.text


def read_csv(text, kinds):
    """A table of SkyServer's: a line that names it, then CSV.

    Parameters
    ----------
    text : str
    kinds : dict of str to str

    Returns
    -------
    astropy.table.Table

    Raises
    ------
    InputError
        If it is an error message instead, or lacks a column.
    """
    start = text.lstrip()
    if start[:1] in "<{" or start.lower().startswith(("#error", "error")):
        raise InputError(f"it says: {plain(start)[:500] or '(nothing)'}")
    if start.startswith("#"):
        start = start.partition("\n")[2]
    frame = pd.read_csv(io.StringIO(start), dtype=str, na_values=["null"])
    frame.columns = [name.strip().lower() for name in frame.columns]
    missing = [name for name in kinds if name.lower() not in frame]
    if missing:
        raise InputError(
            f"its answer lacks the column(s) {', '.join(missing)}; it begins "
            f"with: {plain(start)[:200]}"
        )
    return Table({n: values(frame[n.lower()], kind, n) for n, kind in kinds.items()})


def values(words, kind, name):
    """One column, from its words; integers never pass through a float."""
    words = words.fillna("").str.strip().to_numpy(str)
    missing = words == ""
    try:
        if kind == "text":
            return words
        if kind == "real":
            return np.where(missing, "nan", words).astype(float)
        words = np.where(missing, str(NULL_INT), words)
        for word, number in LOGICAL.items():
            words = np.where(words == word, number, words)
        return words.astype(np.int64)
    except ValueError as error:
        raise InputError(f"column {name} is no {kind}: {error}") from error


def deliver_table(service, key, source, official, excerpt, boss, path):
    """Give the raw file of one SDSS table by its lean route.

    Parameters
    ----------
    service : SkyServer
    key : str
        "spall", or a pipeline of Astra's.
    source, official, excerpt, path
        See `mdwarfs.archives.lean.wide_binaries`.
    boss : dict
        Section of the configuration.

    Returns
    -------
    dict
        The record.
    """
    deadline = Deadline(service.limits.total)
    queries = table_queries(key, source, excerpt, boss)
    counting = count_queries(key, boss)

    def ask(folder):
        def answer(query, kinds):
            name = fingerprint(f"{service.release} {query}")
            return service.ask(query, kinds, folder / f"{name}.csv", deadline)

        asked = track(queries, "queries of SkyServer")
        rows = [answer(query, excerpt.columns) for query in asked]
        counts = {
            keyword: int(answer(query, {"n": "int"})["n"][0])
            for keyword, query in counting.items()
        }
        return vstack(rows, metadata_conflicts="silent"), {"counts": counts}

    asked = {"release": service.release, "queries": [*queries, *counting.values()]}
    order = ["SDSS_ID", "SPEC_FILE"] if key == "spall" else ["sdss_id", "snr"]
    return deliver_excerpt(path, service, asked, source, official, excerpt, ask, order)


def table_queries(key, source, excerpt, boss):
    """The queries for a table: its rows divided by the remainder of an integer column.

    The labels of SLAM are asked for of all stars, those of the APOGEE pipelines of the
    stars that BOSS has classified as M type.

    Parameters
    ----------
    key : str
        "spall", or a pipeline of Astra's.
    source, excerpt, boss
        See `deliver_table`.

    Returns
    -------
    list of str
        SQL.
    """
    table, condition, divider = TABLES[key]
    names = ", ".join(name.lower() for name in excerpt.columns)
    return [
        f"SELECT {names} FROM {table} "
        f"WHERE {condition.format(**boss)} AND {divider} % {source['slices']} = {k}"
        for k in range(source["slices"])
    ]


def count_queries(key, boss):
    """The queries for numbers of rows in the whole table, by header keyword."""
    queries = {N_ROWS: f"SELECT COUNT(*) AS n FROM {TABLES[key][0]}"}
    if key == "spall":
        queries["N_CLASS"] = f"{queries[N_ROWS]} WHERE class = '{boss['class']}'"
    return queries
