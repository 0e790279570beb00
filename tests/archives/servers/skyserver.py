"""SkyServer's SQL service over the simulated SDSS tables, by SQLite."""

import csv
import io
import sqlite3
import threading

import numpy as np
from astropy.io import fits

TABLES = {
    "spAll": ("boss/spAll-lite-v6_1_3.fits.gz", 1),
    "slam_boss_star": ("astra/astraAllStarSlam-0.6.0.fits.gz", 1),
    "apogee_net_apogee_star": ("astra/astraAllStarApogeeNet-0.6.0.fits.gz", 2),
    "aspcap_apogee_star": ("astra/astraAllStarASPCAP-0.6.0.fits.gz", 2),
}


class Database:
    """The tables; answers as SkyServer does, in CSV below a line that names the table.

    Parameters
    ----------
    raw : Path
        Folder of simulated raw files.
    """

    def __init__(self, raw):
        self._lock = threading.Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        for name, (path, hdu) in TABLES.items():
            load(self._database, name, fits.getdata(raw / path, hdu))

    def answer(self, query):
        """The answer to a query, or SkyServer's error message."""
        try:
            with self._lock:
                found = self._database.execute(query)
                names, rows = [column[0] for column in found.description], list(found)
        except sqlite3.Error as error:
            return f"#Error: {error}\n"
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(names)
        for row in rows:
            writer.writerow(["null" if value is None else value for value in row])
        return "#Table1\n" + text.getvalue()


def load(database, name, rows):
    """Make a table of the columns that hold one number or text a row."""
    names = [n for n in rows.names if rows[n].ndim == 1]
    quoted = ", ".join(f'"{n.lower()}"' for n in names)
    database.execute(f"CREATE TABLE {name} ({quoted})")
    cells = [simple(rows[n]) for n in names]
    marks = ", ".join("?" * len(names))
    database.executemany(f"INSERT INTO {name} VALUES ({marks})", zip(*cells))


def simple(values):
    """A column as Python's own numbers and texts, nulls as None.

    Reals keep all their digits, so that the CSV gives the file's very numbers.
    """
    values = np.asarray(values)
    if values.dtype.kind in "SU":
        return np.char.strip(values.astype(str)).tolist()
    if values.dtype.kind == "f":
        return [None if np.isnan(x) else x for x in values.astype(float).tolist()]
    return values.astype(np.int64).tolist()
