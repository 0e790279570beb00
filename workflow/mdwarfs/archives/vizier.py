"""Tables of VizieR: the columns that the service lists, and queries in pieces."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table, vstack
from numpy.typing import ArrayLike

from mdwarfs.archives.tap import Service, client
from mdwarfs.archives.uploads import fingerprint, uploads
from mdwarfs.errors import InputError, MissingColumn, MissingTable, WrongType
from mdwarfs.run.progress import track
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from mdwarfs.archives.patience import Limits


logger = logging.getLogger(__name__)

SCHEMA = """
SELECT column_name, datatype, unit, description FROM TAP_SCHEMA.columns
WHERE table_name = '{table}' OR table_name = '"{table}"'
"""
MAXREC = 20_000_000  # more than any of the tables has
SILENT_CAP = 50  # VizieR's default, outside TAP
TEXT = re.compile("char|text|string|clob", re.I)  # of a datatype
GAIA_END = 12 * 4**12 << 35
"""Gaia's identifiers are below this: a HEALPix pixel of level 12, and 35 bits for what
lies in it. Equal ranges of them are equal areas of the sky."""


def service(url: str, limits: Limits) -> Service:
    """The TAP service of VizieR.

    astroquery.vizier speaks the older protocol of VizieR alone, which has no joins and
    no uploads; astroquery's TAP client speaks this one.

    Parameters
    ----------
    url
        Such as https://tapvizier.cds.unistra.fr/TAPVizieR/tap.
    """
    return Service("VizieR", url, client(url, limits), limits, MAXREC, SILENT_CAP)


class VizierTable:
    """A table of VizieR, with the names that its columns have there.

    Parameters
    ----------
    name
        Such as "J/MNRAS/506/2269/catalog".
    wanted
        For each column, by our name, the names that it may have, as regular
        expressions, case aside. The first that fits one column is taken.
    folder
        Where the answers are kept until all are there.
    optional
        Columns that may be missing.

    Attributes
    ----------
    columns, datatypes
        VizieR's name, and the type that it states, by ours.
    queries
        What has been asked so far, each query once.

    Raises
    ------
    MissingTable
        If the service has no such table.
    MissingColumn
        If a column cannot be told; the message lists what the table has.
    """

    columns: dict[str, str]
    datatypes: dict[str, str]

    def __init__(
        self,
        service: Service,
        name: str,
        wanted: dict[str, Sequence[str]],
        folder: PathLike,
        optional: Sequence[str] = (),
    ) -> None:
        self.service, self.name, self.folder = service, name, Path(folder)
        self.queries: list[str] = []
        names = ["column_name", "datatype", "unit", "description"]
        listed = self._ask(SCHEMA.format(table=name), names)
        there = [str(column).strip().strip('"') for column in listed["column_name"]]
        if not there:
            raise MissingTable(f"{service.archive} ({service.url}) has no table {name}")
        types = dict(zip(there, map(str, listed["datatype"])))
        self.columns, self.datatypes = {}, {}
        for ours, patterns in wanted.items():
            found = find_column(there, patterns)
            if found is not None:
                self.columns[ours], self.datatypes[ours] = found, types[found]
            elif ours not in optional:
                raise MissingColumn(
                    f"{name} of {service.archive} has no column for {ours} (looked "
                    f"for {', '.join(patterns)}); it has {', '.join(there)}"
                )

    @property
    def selection(self) -> str:
        """The columns for SELECT, each under our name."""
        pairs = self.columns.items()
        return ", ".join(f't."{theirs}" AS {ours}' for ours, theirs in pairs)

    def column(self, ours: str) -> str:
        """A column for WHERE and ON."""
        return f't."{self.columns[ours]}"'

    def count(self, condition: str = "") -> int:
        """How many rows the table has, of a condition or at all."""
        where = f" WHERE {condition}" if condition else ""
        query = f'SELECT COUNT(*) AS n_rows FROM "{self.name}" AS t{where}'
        return int(self._ask(query, ["n_rows"])["n_rows"][0])

    def sliced(self, key: str, slices: int, condition: str) -> Table:
        """All rows of a condition, in as many queries, by an identifier of Gaia's.

        Each takes one remainder of the identifier, where the service knows how to
        divide so large an integer, and else one range of identifiers. The rows are
        the same. The number of slices has to be odd: the identifiers are multiples of
        128.

        Raises
        ------
        InputError
            If the queries together do not give all rows.
        """
        divide = remainders if self.divides(key, slices) else ranges
        queries = [
            f'SELECT {self.selection} FROM "{self.name}" AS t '
            f"WHERE {condition} AND ({part})"
            for part in divide(self.column(key), slices)
        ]
        rows = self._all([(query, None) for query in queries])
        right = self.count(condition)
        if len(rows) != right:
            raise InputError(
                f"{self.name}: the {slices} slices have {len(rows)} rows together, "
                f"{right} are right"
            )
        return rows

    def divides(self, key: str, n: int) -> bool:
        """Whether the service knows the remainder of an identifier, by one row."""
        column = self.column(key)
        query = (
            f"SELECT TOP 1 {column} AS id, MOD({column}, {n}) AS remainder "
            f'FROM "{self.name}" AS t WHERE {column} IS NOT NULL'
        )
        try:
            found = self._ask(query, ["id", "remainder"])
        except InputError as error:
            logger.warning("MOD is not understood, ranges are asked for: %s", error)
            return False
        return all(int(i) % n == int(k) for i, k in found[["id", "remainder"]])

    def matching(self, key: str, ids: ArrayLike, chunk: int) -> Table:
        """All rows whose key is among identifiers, which are uploaded in chunks.

        Where the table has them as texts they are uploaded as texts: to make integers
        of a column of texts fails at the first that is none, and ADQL 2.0 has no CAST.
        """
        query = (
            f'SELECT {self.selection} FROM "{self.name}" AS t '
            f"JOIN tap_upload.ids AS u ON u.id = {self.column(key)}"
        )
        pieces = uploads(ids, chunk)
        if TEXT.search(self.datatypes[key]):
            pieces = [piece.astype(str).astype("S") for piece in pieces]
        return self._all([(query, Table({"id": piece})) for piece in pieces])

    def sample(self) -> Table:
        """One row, such as the service likes to give."""
        return self._all(
            [(f'SELECT TOP 1 {self.selection} FROM "{self.name}" AS t', None)]
        )

    def everything(self) -> Table:
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


def remainders(column: str, slices: int) -> list:
    """Conditions that part rows by the remainder of an integer; nulls are in one."""
    parts = [f"MOD({column}, {slices}) = {k}" for k in range(slices)]
    return [f"{parts[0]} OR {column} IS NULL", *parts[1:]]


def ranges(column: str, slices: int) -> list:
    """Conditions that part rows by equal ranges of Gaia's identifiers.

    The first and the last are open, so that every integer is in one of them; nulls are
    in the first.
    """
    cuts = [GAIA_END * k // slices for k in range(1, slices)]
    bounds = zip([None, *cuts], [*cuts, None])
    parts = [
        " AND ".join(
            f"{column} {sign} {cut}"
            for sign, cut in ((">=", low), ("<", high))
            if cut is not None
        )
        for low, high in bounds
    ]
    return [f"{parts[0] or '1 = 1'} OR {column} IS NULL", *parts[1:]]


def find_column(there: Sequence[str], patterns: Sequence[str]) -> str | None:
    """The column that the first fitting pattern names; None if there is none."""
    for pattern in patterns:
        fits = [name for name in there if re.fullmatch(pattern, name, re.IGNORECASE)]
        if len(fits) == 1:
            return fits[0]
    return None


def filled(rows: Table, kinds: dict[str, str]) -> Table:
    """Rows as a file has them: masked values become the nulls of the kind.

    Parameters
    ----------
    kinds
        "int", "id", "real" or "text" by column; a column that `rows` lacks is null.

    Returns
    -------
    out
        int64, float64 and text columns, in the order of `kinds`.

    Raises
    ------
    WrongType
        If an identifier came as a real, a number as a text, or an integer as a text
        that is none.
    """
    out = Table()
    for name, kind in kinds.items():
        if name not in rows.colnames:
            rows[name] = np.ma.masked_all(len(rows), "U1" if kind == "text" else float)
        values = np.ma.asarray(rows[name])
        if kind in ("int", "id") and values.dtype.kind not in "iuUSO":
            raise WrongType(f"{name} came as {values.dtype}: no exact identifiers")
        if kind == "real" and values.dtype.kind not in "fiu":
            raise WrongType(f"{name} came as {values.dtype}: no numbers")
        if kind == "text" or (kind == "id" and values.dtype.kind not in "iu"):
            out[name] = np.char.strip(np.ma.filled(values.astype(str), ""))
        elif kind == "real":
            out[name] = np.ma.filled(values.astype(float), np.nan)
        else:
            out[name] = integers(values, name)
    return out


def integers(values: np.ndarray, name: str) -> np.ndarray:
    """A column of integers, which may have come as texts; nulls and blanks are 0."""
    found = np.ma.filled(values, 0)
    try:
        if found.dtype.kind in "SUO":
            found = np.char.strip(found.astype(str))
            found = np.where(found == "", "0", found)
        return found.astype(np.int64)
    except (ValueError, OverflowError) as error:
        raise WrongType(f"{name} came as a text that is no integer: {error}") from error
