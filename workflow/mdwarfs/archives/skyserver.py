"""SDSS tables through the SQL service of SkyServer, with astroquery.sdss."""

import io
import time

import numpy as np
import pandas as pd
import requests
from astropy.table import Table, vstack

from mdwarfs.archives.lean import deliver_answer
from mdwarfs.archives.transfer import (
    TRANSIENT,
    Deadline,
    Transient,
    brief,
    persist,
    plain,
    retry_after,
)
from mdwarfs.errors import InputError
from mdwarfs.progress import track

SILENT_CAPS = (100_000, 500_000)  # rows at which it may cut an answer
PAUSE = 1.0  # between two queries; the service wants at most 60 a minute [s]
NULL_INT = -1  # as Astra's files have it

M_TYPE = "class = '{class}' AND subclass LIKE '{subclass}%'"


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

    def ask(self, query, kinds, deadline):
        """The answer to a query.

        Parameters
        ----------
        query : str
            SQL.
        kinds : dict of str to str
            "int", "real" or "text" by column; upper and lower case are the same.
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
        text = persist(lambda: self._get(query), self.limits, deadline)
        rows = read_csv(text, kinds)
        if len(rows) in SILENT_CAPS:
            raise InputError(
                f"it answered with exactly {len(rows)} rows, at which it cuts answers; "
                f"raise `slices`. The query was: {query}"
            )
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
        return np.where(missing, str(NULL_INT), words).astype(np.int64)
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
    if key == "spall":
        return spall(service, source, official, excerpt, boss, path)
    return astra_summary(service, source, official, excerpt, boss, key, path)


def spall(service, source, official, excerpt, boss, path):
    """The M-type entries of the BOSS list, and how many entries there are in all."""
    deadline = Deadline(service.limits.total)
    queries = table_queries("spall", source, excerpt, boss)

    def ask(folder):
        rows = ask_all(service, queries, excerpt, deadline)
        counts = {
            keyword: int(service.ask(query, {"n": "int"}, deadline)["n"][0])
            for keyword, query in count_queries(boss).items()
        }
        return rows, {"counts": counts}

    asked = {"release": service.release, "queries": queries}
    order = ["SDSS_ID", "SPEC_FILE"]
    return deliver_answer(path, service, asked, source, official, excerpt, ask, order)


def astra_summary(service, source, official, excerpt, boss, pipeline, path):
    """The labels of one of Astra's pipelines."""
    deadline = Deadline(service.limits.total)
    queries = table_queries(pipeline, source, excerpt, boss)

    def ask(folder):
        return ask_all(service, queries, excerpt, deadline), {}

    asked = {"release": service.release, "queries": queries}
    order = ["sdss_id", "snr"]
    return deliver_answer(path, service, asked, source, official, excerpt, ask, order)


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
    m_type = M_TYPE.format(**boss)
    table, divider, condition = {
        "spall": ("spAll", "mjd", m_type),
        "slam": ("slam_boss_star", "sdss_id", "sdss_id > 0"),
    }.get(
        key,
        (
            f"{key}_apogee_star",
            "sdss_id",
            f"sdss_id IN (SELECT sdss_id FROM spAll WHERE {m_type})",
        ),
    )
    names = ", ".join(name.lower() for name in excerpt.columns)
    return [
        f"SELECT {names} FROM {table} "
        f"WHERE {condition} AND {divider} % {source['slices']} = {k}"
        for k in range(source["slices"])
    ]


def count_queries(boss):
    """The queries for numbers of entries in the BOSS list, by header keyword."""
    count = "SELECT COUNT(*) AS n FROM spAll"
    return {"N_ROWS": count, "N_CLASS": f"{count} WHERE class = '{boss['class']}'"}


def ask_all(service, queries, excerpt, deadline):
    """The answers to several queries, one below the other."""
    answers = []
    for query in track(queries, "queries of SkyServer"):
        answers.append(service.ask(query, excerpt.columns, deadline))
        time.sleep(PAUSE)
    return vstack(answers, metadata_conflicts="silent")
