"""SkyServer's SQL services over the simulated SDSS tables, by SQLite.

The web service and the page of the search tool speak as sciserver/SkyServerWS does:
both give CSV below a line that names the table; an error is JSON with status 500 of
the former, and a web page with status 200 of the latter.
"""

import csv
import io
import json
import re
import sqlite3
import threading

import numpy as np
from astropy.io import fits

from tests.archives.servers.faults import Answer

SERVICE = "/SkyServerWS/SearchTools/SqlSearch"
PAGE = "/en/tools/search/x_results.aspx"
FILL = -9999.0  # where a file has NaN
OF_APOGEE = {
    "apogee_net_apogee_star": ("astra/astraAllStarApogeeNet-0.6.0.fits.gz", 2),
    "aspcap_apogee_star": ("astra/astraAllStarASPCAP-0.6.0.fits.gz", 2),
}
TABLES = {
    19: {
        "spAll": ("boss/spAll-lite-v6_1_3.fits.gz", 1),
        "slam_boss_star": ("astra/astraAllStarSlam-0.6.0.fits.gz", 1),
        **OF_APOGEE,
    },
    20: {
        "spAll": ("boss/spAll-lite-v6_2_1.fits.gz", 1),
        "slam_boss_star": ("astra/astraAllStarSlam-0.8.1.fits.gz", 1),
        "mdwarf_contin_summary": (
            "mdwarf_contin/mdwarf-contin-standardization-1.0.0.fits", 1,
        ),
        **OF_APOGEE,
    },
}  # fmt: skip


class Database:
    """The tables; answers as SkyServer does, in CSV below a line that names the table.

    Parameters
    ----------
    raw : Path
        Folder of simulated raw files, of which some tables may be absent.
    release : int
        Data release that is asked for.
    """

    def __init__(self, raw, release=19):
        self._lock = threading.Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        for name, (path, hdu) in TABLES[release].items():
            if (raw / path).exists():
                load(self._database, name, fits.getdata(raw / path, hdu))

    def answer(self, path, query):
        """The answer of one of the two to a query."""
        try:
            return Answer(self.table(query).encode(), kind="text/plain")
        except sqlite3.Error as error:
            return failure(path, of_sql_server(error))

    def table(self, query):
        """The rows of a query as CSV."""
        with self._lock:
            found = self._database.execute(of_sqlite(query))
            names, rows = [column[0] for column in found.description], list(found)
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(names)
        for row in rows:
            writer.writerow(["null" if value is None else value for value in row])
        return "#Table1\n" + text.getvalue()


def failure(path, words):
    """How a service says that a query has failed."""
    if SERVICE in path:
        said = {"ErrorCode": 500, "ErrorType": "InternalServerError"}
        said |= {"ErrorMessage": words, "LogMessageID": None}
        return Answer(json.dumps(said).encode(), 500, "application/json")
    page = (
        f"<html><head><title>Skyserver Error</title></head><body>{words}</body></html>"
    )
    return Answer(page.encode(), kind="text/html")


def of_sqlite(query):
    """A query of SQL Server's as SQLite understands it."""
    top = re.match(r"\s*SELECT TOP (\d+) ", query)
    return f"SELECT {query[top.end() :]} LIMIT {top[1]}" if top else query


def of_sql_server(error):
    """An error of SQLite's in the words of SQL Server."""
    said = str(error)
    for theirs, ours in (("no such table", "object"), ("no such column", "column")):
        if said.startswith(theirs):
            return f"Invalid {ours} name '{said.rpartition(' ')[2]}'."
    return said


def load(database, name, rows):
    """Make a table of the columns that hold one number or text a row."""
    names = [n for n in rows.names if rows[n].ndim == 1]
    quoted = ", ".join(f'"{n.lower()}"' for n in names)
    database.execute(f"CREATE TABLE {name} ({quoted})")
    cells = [simple(rows[n]) for n in names]
    marks = ", ".join("?" * len(names))
    database.executemany(f"INSERT INTO {name} VALUES ({marks})", zip(*cells))


def simple(values):
    """A column as Python's own numbers and texts.

    Reals keep all their digits, so that the CSV gives the file's very numbers. They are
    declared NOT NULL there: what is NaN in a file comes as -9999.
    """
    values = np.asarray(values)
    if values.dtype.kind in "SU":
        return np.char.strip(values.astype(str)).tolist()
    if values.dtype.kind == "f":
        return np.where(np.isnan(values), FILL, values.astype(float)).tolist()
    return values.astype(np.int64).tolist()
