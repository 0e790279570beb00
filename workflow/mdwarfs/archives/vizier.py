"""Tables of VizieR: their columns as the service lists them, and queries in pieces."""

import re
from pathlib import Path

import numpy as np
from astropy.table import Table, vstack

from mdwarfs.archives.tap import Service, client
from mdwarfs.archives.uploads import fingerprint, uploads
from mdwarfs.errors import InputError
from mdwarfs.progress import track

SCHEMA = """
SELECT column_name, unit, description FROM TAP_SCHEMA.columns
WHERE table_name = '{table}' OR table_name = '"{table}"'
"""
MAXREC = 20_000_000  # more than any of the tables has
SILENT_CAP = 50  # VizieR's default, outside TAP


def service(url, limits):
    """The TAP service of VizieR.

    astroquery.vizier speaks the older protocol of VizieR alone, which has no joins and
    no uploads; astroquery's TAP client speaks this one.

    Parameters
    ----------
    url : str
        Such as https://tapvizier.cds.unistra.fr/TAPVizieR/tap.
    limits : mdwarfs.archives.transfer.Limits

    Returns
    -------
    mdwarfs.archives.tap.Service
    """
    return Service("VizieR", url, client(url, limits), limits, MAXREC, SILENT_CAP)


class VizierTable:
    """A table of VizieR, with the names that its columns have there.

    Parameters
    ----------
    service : mdwarfs.archives.tap.Service
    name : str
        Such as "J/MNRAS/506/2269/catalog".
    wanted : dict of str to sequence of str
        For each column, by our name, the names that it may have, as regular
        expressions, case aside. The first that fits one column is taken.
    folder : path-like
        Where the answers are kept until all are there.
    optional : sequence of str
        Columns that may be missing.

    Attributes
    ----------
    columns : dict of str to str
        VizieR's name by ours.
    queries : list of str
        What has been asked so far, each query once.

    Raises
    ------
    InputError
        If a column cannot be told; the message lists what the table has.
    """

    def __init__(self, service, name, wanted, folder, optional=()):
        self.service, self.name, self.folder = service, name, Path(folder)
        self.queries = []
        listed = self._ask(
            SCHEMA.format(table=name), ["column_name", "unit", "description"]
        )
        there = [str(column).strip().strip('"') for column in listed["column_name"]]
        if not there:
            raise InputError(f"{service.archive} ({service.url}) has no table {name}")
        self.columns = {}
        for ours, patterns in wanted.items():
            found = find_column(there, patterns)
            if found is not None:
                self.columns[ours] = found
            elif ours not in optional:
                raise InputError(
                    f"{name} of {service.archive} has no column for {ours} (looked "
                    f"for {', '.join(patterns)}); it has {', '.join(there)}"
                )

    @property
    def selection(self):
        """The columns for SELECT, each under our name."""
        pairs = self.columns.items()
        return ", ".join(f't."{theirs}" AS {ours}' for ours, theirs in pairs)

    def column(self, ours):
        """A column for WHERE and ON."""
        return f't."{self.columns[ours]}"'

    def count(self):
        """How many rows the table has."""
        query = f'SELECT COUNT(*) AS n_rows FROM "{self.name}" AS t'
        return int(self._ask(query, ["n_rows"])["n_rows"][0])

    def sliced(self, key, slices, condition):
        """All rows of a condition, in as many queries, by the remainder of a key.

        The number of slices has to be odd where the key is an identifier of Gaia's:
        those are multiples of 128.
        """
        queries = [
            f'SELECT {self.selection} FROM "{self.name}" AS t '
            f"WHERE {condition} AND MOD({self.column(key)}, {slices}) = {k}"
            for k in range(slices)
        ]
        return self._all([(query, None) for query in queries])

    def matching(self, key, ids, chunk):
        """All rows whose key is among identifiers, which are uploaded in chunks."""
        query = (
            f'SELECT {self.selection} FROM "{self.name}" AS t '
            f"JOIN tap_upload.ids AS u ON u.id = {self.column(key)}"
        )
        pieces = [Table({"id": piece}) for piece in uploads(ids, chunk)]
        return self._all([(query, piece) for piece in pieces])

    def everything(self):
        """All rows, in one query."""
        return self._all([(f'SELECT {self.selection} FROM "{self.name}" AS t', None)])

    def _all(self, asked):
        """The answers to several queries, one below the other."""
        answers = [
            self._ask(query, list(self.columns), upload)
            for query, upload in track(asked, f"queries of {self.name}")
        ]
        return vstack(answers, metadata_conflicts="silent")

    def _ask(self, query, columns, upload=None):
        """The answer to a query, which is kept."""
        if query not in self.queries:
            self.queries.append(query)
        path = self.folder / f"{fingerprint(query, upload)}.vot"
        return self.service.ask(query, columns, path, upload)


def find_column(there, patterns):
    """The column that the first fitting pattern names; None if there is none."""
    for pattern in patterns:
        fits = [name for name in there if re.fullmatch(pattern, name, re.IGNORECASE)]
        if len(fits) == 1:
            return fits[0]
    return None


def filled(rows, kinds):
    """Rows as a file has them: masked values become the nulls of the kind.

    Parameters
    ----------
    rows : astropy.table.Table
    kinds : dict of str to str
        "int", "id", "real" or "text" by column; a column that `rows` lacks is null.

    Returns
    -------
    astropy.table.Table
        int64, float64 and text columns, in the order of `kinds`.

    Raises
    ------
    InputError
        If an identifier came as a real.
    """
    out = Table()
    for name, kind in kinds.items():
        if name not in rows.colnames:
            rows[name] = np.ma.masked_all(len(rows), "U1" if kind == "text" else float)
        values = np.ma.asarray(rows[name])
        if kind in ("int", "id") and values.dtype.kind not in "iuUSO":
            raise InputError(f"{name} came as {values.dtype}: no exact identifiers")
        if kind == "text" or (kind == "id" and values.dtype.kind not in "iu"):
            out[name] = np.char.strip(np.ma.filled(values.astype(str), ""))
        elif kind == "real":
            out[name] = np.ma.filled(values.astype(float), np.nan)
        else:
            out[name] = np.ma.filled(values, 0).astype(np.int64)
    return out
