"""SDSS tables through the SQL service of SkyServer, with astroquery.sdss."""

from __future__ import annotations

import csv
import io
import logging
import re
import time
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import requests
from astropy.table import Table, vstack

from mdwarfs import tables
from mdwarfs.archives.certificates import NotAccepted
from mdwarfs.archives.patience import Deadline, Limits, Transient, persist
from mdwarfs.archives.queries import Query, deliver_excerpt
from mdwarfs.archives.sdss_queries import (
    count_queries,
    part_of_count,
    table_of,
    table_queries,
    table_query,
)
from mdwarfs.archives.skyserver_errors import reject, without_name
from mdwarfs.archives.slices import TooMuch, divide
from mdwarfs.archives.transfer import cap_answers, network_error, without_markup
from mdwarfs.archives.uploads import fingerprint
from mdwarfs.errors import InputError, MissingColumn, WrongType
from mdwarfs.types import PathLike

logger = logging.getLogger(__name__)

SERVICES = (
    "/dr{dr}/SkyServerWS/SearchTools/SqlSearch",
    "/dr{dr}/en/tools/search/x_results.aspx",
)
"""Where the SQL service is, in the order in which it is looked for: its clients use the
first with DR19; the second, which astroquery knows, has been seen with DR18 alone."""

CAP = 1000  # it cuts answers at a multiple of this: known are 1,000, 100,000, 500,000
PAUSE = 1.0  # between two queries; the service wants at most 60 a minute [s]
PATIENCE = 660.0  # for an answer to begin; the service ends a query after 600 s [s]
LONGEST = 660.0  # for an answer to come, from its beginning [s]
EMPTY = re.compile(
    r"no (objects|entries|rows|results)( have been)? found|"
    r"your query returned no (results|rows)|\(?0 rows\b",
    re.I,
)
NULL_INT = -1  # as Astra's files have it
LOGICAL = {"False": "0", "True": "1"}  # how SQL Server may print a column of bits


class Cut(InputError):
    """A table that breaks off."""


class SkyServer:
    """The SQL service.

    Parameters
    ----------
    url
        Address of the server, such as https://skyserver.sdss.org.
    release
        Number of the data release, such as 19.

    Attributes
    ----------
    answered
        The addresses from which the answers have come.
    """

    answered: set[str]

    archive = "SkyServer"

    def __init__(self, url: str, release: int, limits: Limits) -> None:
        self.url, self.release, self.limits = url.rstrip("/"), release, limits
        self.answered, self._services = set(), list(SERVICES)

    def ask(
        self, query: str, kinds: dict[str, str], path: PathLike, deadline: Deadline
    ) -> Table:
        """The answer to a query; from a file, if it is there already and whole.

        Parameters
        ----------
        query
            SQL.
        kinds
            "int", "real" or "text" by column; upper and lower case are the same.
        path
            File that keeps the answer, CSV below a line with the address.

        Returns
        -------
        table
            Of the columns of `kinds`; missing integers are -1.

        Raises
        ------
        mdwarfs.archives.slices.TooMuch
            If the query took too long, or its answer may be cut.
        InputError
            With the service's own words, if it gives no table.
        """
        path = Path(path)
        if path.exists():
            try:
                return self._kept(path, kinds)
            except (InputError, UnicodeDecodeError) as error:
                logger.warning("%s is asked for anew: %s", path, error)
        text = self._first(query, kinds, deadline)
        path.parent.mkdir(parents=True, exist_ok=True)
        tables.write_text(path, text)
        return self._kept(path, kinds)

    def _kept(self, path, kinds):
        """The answer that a file keeps."""
        url, _, text = path.read_text(encoding="utf-8").partition("\n")
        rows = read_csv(text, kinds)
        self.answered.add(url.removeprefix("#"))
        return rows

    def _first(self, query, kinds, deadline):
        """The text that is to be kept, from the first service that gives a table.

        The one that has answered is asked first from then on.
        """
        failures = []
        for service in tuple(self._services):
            url = address(self.url, self.release, service)
            try:
                get = partial(self._whole, service, query, kinds, deadline)
                text, n_rows = persist(get, self.limits, deadline)
            except (TooMuch, NotAccepted):
                raise
            except InputError as error:
                failures.append(f"{url}: {error}")
                continue
            finally:
                time.sleep(PAUSE)
            if n_rows and n_rows % CAP == 0:
                raise TooMuch(
                    f"it answered with exactly {n_rows} rows, at which it may have cut "
                    f"the answer to: {query}"
                )
            self._services.sort(key=lambda other: other != service)
            return f"#{url}\n{text}"
        raise InputError("\n  ".join([*failures, f"The query was: {query}"]))

    def _whole(self, service, query, kinds, deadline):
        """The text of an answer, and how many rows it has; one that is cut passes."""
        text = self._get(service, query, deadline)
        try:
            return text, len(read_csv(text, kinds))
        except Cut as error:
            raise Transient(str(error)) from error

    def _get(self, service, query, deadline):
        """The text of an answer, through astroquery, at the address of a service."""
        from astroquery.sdss import SDSSClass, conf

        client = SDSSClass()
        cap_answers(client._session, self.limits, AnswerTime(deadline))
        client.QUERY_URL_SUFFIX_DR_NEW = service
        begin = time.monotonic()
        patience = max(PATIENCE, self.limits.stall)
        try:
            with conf.set_temp("skyserver_baseurl", self.url):
                answer = client.query_sql_async(
                    query, timeout=(self.limits.connect, patience),
                    data_release=self.release, cache=False,
                )  # fmt: skip
        except requests.ReadTimeout as error:
            raise TooMuch(f"no answer began within {patience:g} s") from error
        except requests.RequestException as error:
            raise network_error(self.url, error) from error
        answer.encoding = "utf-8-sig"  # it may begin with a mark of the order of bytes
        reject(answer, time.monotonic() - begin)
        return answer.text


class AnswerTime:
    """The end of the time of one answer, which is no later than that of the input.

    Parameters
    ----------
    deadline
        Of the input.
    """

    def __init__(self, deadline: Deadline) -> None:
        self._deadline, self._end = deadline, time.monotonic() + LONGEST

    def check(self) -> None:
        """Raise InputError if the time of the input is over, TooMuch if its own is."""
        self._deadline.check()
        if time.monotonic() > self._end:
            raise TooMuch(f"its answer was still coming after {LONGEST:g} s")


def address(url: str, release: int, service: str) -> str:
    """Address of one of `SERVICES` on a server."""
    return url + service.format(dr=release)


def read_csv(text: str, kinds: dict[str, str]) -> Table:
    """A table of SkyServer's: a line that names it, then CSV.

    Raises
    ------
    Cut
        If it breaks off.
    InputError
        If it lacks a column, or is no table of such columns.
    """
    start = without_name(text.lstrip())
    if EMPTY.match(start):
        start = ",".join(kinds) + "\n"
    check_lines(start)
    frame = pd.read_csv(io.StringIO(start), dtype=str, na_values=["null"])
    frame.columns = [name.strip().lower() for name in frame.columns]
    missing = [name for name in kinds if name.lower() not in frame]
    if missing:
        raise MissingColumn(
            f"its answer lacks the column(s) {', '.join(missing)}; it begins "
            f"with: {without_markup(start)[:200]}"
        )
    return Table({n: values(frame[n.lower()], kind, n) for n, kind in kinds.items()})


def check_lines(text: str) -> None:
    """Raise unless the lines of a table in CSV are whole, and all as long as its head.

    Where a server names no size, a connection that closes too soon looks as one that
    closes at the end; but each line of a table of SkyServer's ends.
    """
    if not text.endswith("\n"):
        raise Cut(f"its answer breaks off; it ends with: {without_markup(text)[-200:]}")
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = next(lines)
        wrong = next((line for line in lines if line and len(line) != len(head)), None)
    except csv.Error as error:
        raise InputError(f"its answer is no CSV: {error}") from error
    if wrong is not None:
        raise InputError(
            f"its answer has a line of {len(wrong)} values below a head of "
            f"{len(head)}: {without_markup(','.join(wrong))[:200]}"
        )


def values(words: pd.Series, kind: str, name: str) -> np.ndarray:
    """One column, from its words; integers never pass through a float."""
    words = np.strings.strip(words.fillna("").to_numpy(str))
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
    except (ValueError, OverflowError) as error:
        raise WrongType(f"column {name} is no {kind}: {error}") from error


def deliver_table(query: Query, key: str, boss: dict) -> dict:
    """Give the raw file of one SDSS table by its route `query`.

    Parameters
    ----------
    query
        Of SkyServer.
    key
        "spall", or a pipeline of Astra's.
    boss
        Section of the configuration.

    Returns
    -------
    entries
        The record.
    """
    service, source, excerpt = query.service, query.source, query.excerpt
    deadline = Deadline(service.limits.total)

    def ask(folder):
        def answer(sql, kinds):
            name = fingerprint(f"{service.release} {sql}")
            return service.ask(sql, kinds, folder / f"{name}.csv", deadline)

        def part(k, n):
            sql = table_query(key, source, excerpt, boss, k, n)
            return answer(sql, excerpt.columns)

        rows, divided = divide(part, source["slices"], folder / "divided.json")
        counts = {}
        for keyword, sql in count_queries(key, source, boss).items():

            def count(k, n, whole=sql):
                one = whole
                if n > 1:
                    one = part_of_count(whole, table_of(key, source)[2], k, n)
                return int(answer(one, {"n": "int"})["n"][0])

            counts[keyword] = sum(divide(count, 1, folder / f"{keyword}.json")[0])
        return vstack(rows, metadata_conflicts="silent"), {
            "counts": counts,
            "answered": sorted(service.answered),
            "divided": [f"slice {k} of {n}" for k, n in divided],
        }

    queries = [*table_queries(key, source, excerpt, boss)]
    queries += count_queries(key, source, boss).values()
    asked = {"release": service.release, "queries": queries}
    order = ["SDSS_ID", "SPEC_FILE"] if key == "spall" else ["sdss_id", "snr"]
    order = [name for name in order if name in excerpt.columns]
    return deliver_excerpt(query, asked, ask, order)
