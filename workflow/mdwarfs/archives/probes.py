"""The smallest requests that prove what a run assumes about the archive of an input.

Each function uses the run's own functions and columns, so that it tests exactly what
the run will do. It takes a `Probe`, which holds what is known about the input and notes
what is found.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from astropy.table import Table

from mdwarfs.archives import (
    birky,
    gaia,
    integrity,
    nadc,
    parsec,
    queries,
    sdss_queries,
    skyserver,
    vizier,
)
from mdwarfs.archives.assumptions import Ended, Probe, one_line, words_of
from mdwarfs.archives.checks import check_columns, check_rows
from mdwarfs.archives.fetch import Download, fetch
from mdwarfs.archives.head import Head
from mdwarfs.archives.transfer import Missing
from mdwarfs.archives.uploads import fingerprint
from mdwarfs.archives.verdicts import (
    ELSEWHERE,
    NO_COLUMN,
    NO_PARTS,
    NO_ROW,
    NO_SPECTRUM,
    NO_TABLE,
    NO_UPLOAD,
    OTHER_FILE,
    OTHER_FORM,
    OTHER_ROWS,
    OTHER_TYPE,
    OTHER_VERSION,
    UNEXPECTED_ROWS,
)
from mdwarfs.archives.vizier import VizierTable, filled
from mdwarfs.catalogues import paper_pairs
from mdwarfs.catalogues.excerpt import Excerpt
from mdwarfs.catalogues.fits_rows import decode, find_table, select_columns
from mdwarfs.catalogues.raw_file import GZIP
from mdwarfs.errors import InputError, MissingColumn, MissingTable
from mdwarfs.spectra.formats import read
from mdwarfs.spectra.readers import mwm_star

if TYPE_CHECKING:
    from astropy.io.fits import Header

    from mdwarfs.archives.parsec import FormPage


STARS = 3  # of which one at least must have a spectrum
EXAMPLE = 103020000
"""A star with a spectrum, the example of SDSS's data model of mwmStar; it is asked for
where the table of SLAM's labels names none."""

OF_VIZIER = {
    "wide_binaries": (queries.WIDE_BINARIES, (), "source_id1"),
    "lamost_stellar": (queries.LAMOST, ("subclass",), "gaia_source_id"),
}
"""Columns that are looked for, those that may be missing, and the one whose values are
uploaded."""


def probe(asked: Probe) -> None:
    """Prove what a run assumes of an input."""
    try:
        chosen(asked)(asked)
    except Ended:
        pass


def chosen(asked: Probe) -> Callable:
    """The function that probes an input."""
    special = {
        "spectra": spectrum,
        "paper_table": paper_table,
        "gaia": gaia_rows,
        "parsec": form,
    }
    if asked.key in special:
        return special[asked.key]
    if asked.route == "download":
        return official
    if asked.source["slot"] == "skyserver":
        return sql_table
    return birky_table if asked.key == "birky" else vizier_table


def official(asked: Probe) -> None:
    """A file: its address, size, parts, and what it begins with."""
    head = opened(asked, asked.source["urls"])
    excerpt = asked.excerpt
    begins(asked, head, excerpt and excerpt.hdu, lambda header: excerpt)


def opened(asked: Probe, urls: Sequence[str]) -> Head:
    """The beginning of a file from the first of its addresses that has it."""
    failures, missing = [], None
    with asked.assume(words_of(urls[0]), ELSEWHERE) as found:
        for url in urls:
            try:
                head = asked.head(url)
                break
            except InputError as error:
                failures.append(f"{url}: {one_line(error)}")
                missing = error
        else:
            raise InputError("; ".join(failures)) from missing
        size = head.source.length
        found.append(f"{head.url}, {size:,} bytes" if size else f"{head.url}")
        found.extend(failures)
    right = asked.source.get("bytes")
    if right is not None:
        with asked.assume("size", OTHER_FILE, ends=False) as found:
            integrity.check_size(size, right)
            found.append(f"{size:,} bytes")
    with asked.assume("partial answers", NO_PARTS, ends=False) as found:
        if not head.partial:
            raise InputError("status 200 and the whole file, where a part is asked for")
        found.append("status 206")
    return head


def begins(asked: Probe, head: Head, hdu: int | None, excerpt_of: Callable) -> None:
    """Whether a file begins as one of its kind, and its table is the right one.

    `excerpt_of` gives, of the header of the table, what is wanted of it.
    """
    stream, kind = io.BufferedReader(head), asked.source["kind"]
    start = stream.peek(64)[:64]
    packed = start.startswith(GZIP)
    with asked.assume("kind of file", OTHER_FILE) as found:
        right = "gzip" if packed else {"table": "fits"}.get(kind, kind)
        integrity.check_start(start, right)
        found.append(right)
    unpacked = gzip.open(stream) if packed else stream
    if hdu is not None:
        fits_table(asked, unpacked, hdu, excerpt_of)
    elif asked.header:
        with asked.assume("columns", NO_COLUMN) as found, readable():
            names = unpacked.readline().decode("utf-8", "replace").strip().split(",")
            found.append(f"{len(names)}")
            absent = [name for name in asked.header if name not in names]
            if absent:
                raise MissingColumn(
                    f"it lacks {', '.join(absent)}; it has {', '.join(names)}"
                )
        with asked.assume("one row", NO_ROW) as found, readable():
            cells = unpacked.readline().decode("utf-8", "replace").split(",")
            if len(cells) != len(names):
                raise InputError(f"the first row has {len(cells)} values")
            found.append(cells[names.index(asked.header[0])])


@contextmanager
def readable() -> Iterator[None]:
    """Turn the errors of a broken stream into InputError."""
    try:
        yield
    except (EOFError, OSError, zlib.error) as error:
        raise InputError(f"the stream is broken: {error}") from error


def in_words(names: Iterable[str]) -> str:
    """How many columns, and which."""
    names = list(names)
    return f"{len(names)}: {', '.join(names)}"


def kinds_of(columns: dict[str, str]) -> str:
    """How many columns there are of each kind."""
    counts = Counter(columns.values())
    return ", ".join(f"{number} {kind}" for kind, number in counts.items())


def fits_table(
    asked: Probe, stream: BinaryIO | gzip.GzipFile, hdu: int, excerpt_of: Callable
) -> None:
    """Columns, types and first rows of a FITS table whose beginning is there."""
    label = f"the table in HDU {hdu}"
    with asked.assume("table", NO_TABLE) as found, readable():
        header = find_table(label, stream, hdu)
        found.append(f"HDU {hdu}")
    with asked.assume("columns", NO_COLUMN) as found:
        excerpt = excerpt_of(header)
        cells, dtype = select_columns(label, header, list(excerpt.columns))
        found.append(f"all {len(cells)} of {header['TFIELDS']}")
    with asked.assume("types", OTHER_TYPE) as found:
        check_columns(header, cells, excerpt)
        found.append(kinds_of(excerpt.columns))
    n_rows, warnings = header["NAXIS2"], []
    with asked.assume("number of rows", OTHER_ROWS, ends=False) as found:
        warnings = check_rows(n_rows, asked.source)
        found.append(f"{n_rows:,}")
    if warnings:
        asked.findings.pop()
        asked.note("number of rows", "; ".join(warnings), UNEXPECTED_ROWS)
    with asked.assume("one row", NO_ROW) as found, readable():
        n = min(STARS, n_rows)
        content = stream.read(n * dtype.itemsize)
        if not n or len(content) < n * dtype.itemsize:
            raise InputError("there is none")
        rows = np.frombuffer(content, dtype)
        values = {name: decode(*cells[name], rows[name]) for name in cells}
        found.append(first_of(values))
    if asked.key == "slam":
        asked.found_stars = values["sdss_id"].tolist()


def first_of(columns: Table | dict[str, np.ndarray]) -> str:
    """The first row of columns by name, in words: its first three values."""
    names = list(columns.keys())[:3]
    return ", ".join(f"{name} {columns[name][0]}" for name in names)


def sql_table(asked: Probe) -> None:
    """A table of SkyServer's, by a query for a few rows of the wanted columns."""
    source, key = asked.source, asked.key
    service = skyserver.SkyServer(source["address"], source["release"], asked.limits)
    query = sdss_queries.sample_query(
        key, source, asked.excerpt, asked.config["boss"], STARS
    )
    path = asked.folder / f"{fingerprint(query)}.csv"
    table = f"{sdss_queries.table_of(key, source)[0]} of DR{source['release']}"
    what = f"{table}: columns, types"
    with asked.assume(what, ELSEWHERE, at=service.url) as found:
        rows = service.ask(query, asked.excerpt.columns, path, asked.deadline)
        found.append(f"all {len(rows.colnames)}: {kinds_of(asked.excerpt.columns)}")
    with asked.assume("one row", NO_ROW) as found:
        if not len(rows):
            raise InputError("the answer is empty")
        found.append(first_of(rows))
    if key == "slam":
        asked.found_stars = rows["sdss_id"].tolist()


def vizier_table(asked: Probe) -> None:
    """A table of VizieR's: its columns, a row of them, and that row by an upload."""
    names, optional, identifier = OF_VIZIER[asked.key]
    service = vizier.service(asked.source["address"], asked.limits)
    name = asked.source["table"]
    with asked.assume(f"{name}: columns", ELSEWHERE, at=service.url) as found:
        table = VizierTable(service, name, names, asked.folder, optional)
        found.append(in_words(table.columns.values()))
    rows = row_of(asked, table, asked.excerpt.columns)
    with asked.assume("an uploaded identifier", NO_UPLOAD) as found:
        same = table.matching(identifier, [int(rows[identifier][0])], 1)
        if not len(same):
            raise InputError("no row came for it")
        found.append(f"{len(same)} row(s)")
    slices = asked.source.get("slices")
    if slices:
        with asked.assume("MOD of an identifier", NO_ROW) as found:
            understood = table.divides(identifier, slices)
            found.append("understood" if understood else "no: ranges are asked for")


def birky_table(asked: Probe) -> None:
    """The table of Birky+2020 in VizieR, whichever of its catalogue has the columns."""
    service = vizier.service(asked.source["address"], asked.limits)
    name = asked.source["catalogue"]
    with asked.assume(f"{name}: columns", ELSEWHERE, at=service.url) as found:
        table = birky.find_table(service, name, asked.folder)
        found.append(f"{table.name}, {in_words(table.columns.values())}")
    row_of(asked, table, birky.KINDS)


def row_of(asked: Probe, table: VizierTable, kinds: dict[str, str]) -> Table:
    """One row of a table of VizieR's, of the right types."""
    with asked.assume("one row and its types", NO_ROW) as found:
        rows = table.sample()
        if not len(rows):
            raise InputError("the answer is empty")
        rows = filled(rows, kinds)
        found.append(first_of(rows))
    return rows


LISTED = """
SELECT table_name, column_name, datatype FROM TAP_SCHEMA.columns
WHERE table_name IN ({names})
"""
ANY = {
    2: "SELECT TOP 1 dr2_source_id FROM gaiadr3.dr2_neighbourhood",
    3: "SELECT TOP 1 source_id AS dr2_source_id FROM gaiadr3.gaia_source",
}
"""A source whose identifier is uploaded, by the Gaia release of the identifiers."""


def gaia_rows(asked: Probe) -> None:
    """The Gaia archive: tables and columns of the run's query, and its answer."""
    source = asked.source
    service = gaia.service(source["address"], asked.limits)
    query = gaia.QUERIES[source["gaia_release"]]
    needed = columns_of(query)

    def ask(text, columns):
        path = asked.folder / f"{fingerprint(text)}.vot"
        return service.ask(text, columns, path)

    with asked.assume("tables and columns", ELSEWHERE, at=service.url) as found:
        names = ", ".join(f"'{table}'" for table in needed)
        listed = ask(LISTED.format(names=names), ["table_name", "column_name"])
        check_listed(needed, listed)
        found.append(", ".join(f"{table} {len(c)}" for table, c in needed.items()))
    with asked.assume("one row", NO_ROW) as found:
        some = ask(ANY[source["gaia_release"]], ["dr2_source_id"])["dr2_source_id"]
        if not len(some):
            raise InputError("the answer is empty")
        found.append(str(some[0]))
    with asked.assume("the run's query for an upload", NO_UPLOAD) as found:
        ids = [int(some[0])]
        rows, _ = gaia.fetch(ids, asked.folder, service, query, source)
        found.append(f"{len(rows)} row(s)")
    with asked.assume("types", OTHER_TYPE) as found:
        kinds = dict.fromkeys(gaia.COLUMNS, "real")
        kinds |= dict.fromkeys(["dr2_source_id", "source_id"], "int")
        kinds |= dict.fromkeys(["tmass_designation", "ph_qual"], "text")
        found.append(first_of(filled(Table(rows), kinds)))


def columns_of(query: str) -> dict[str, list[str]]:
    """The columns of each table that a query names, by table."""
    query = query.replace("tap_upload.ids", "ids")
    tables = dict(re.findall(r"(gaia\w+\.\w+) AS (\w+)", query))
    return {
        table: sorted(set(re.findall(rf"\b{alias}\.(\w+)", query)))
        for table, alias in tables.items()
    }


def check_listed(needed: dict[str, list[str]], listed: Table) -> None:
    """Raise an error that names the table, or the column, which is not listed."""
    there = {}
    for table, column in zip(listed["table_name"], listed["column_name"]):
        there.setdefault(str(table).lower(), set()).add(str(column).strip('"').lower())
    absent = [table for table in needed if table not in there]
    if absent:
        raise MissingTable(f"TAP_SCHEMA does not list {', '.join(absent)}")
    absent = [f"{t}.{c}" for t, names in needed.items() for c in names]
    absent = [name for name in absent if name.rpartition(".")[2]
              not in there[name.rpartition(".")[0]]]  # fmt: skip
    if absent:
        raise MissingColumn(f"TAP_SCHEMA does not list {', '.join(absent)}")


def spectrum(asked: Probe) -> None:
    """One spectrum, fetched and read as a run does."""
    base, version = asked.source["urls"][0], asked.source["astra_boss"]
    asked.open = "stars that have a spectrum"
    stars = asked.stars.wait(asked.limits.total / 2) or [EXAMPLE]
    with asked.assume("a spectrum", NO_SPECTRUM, at=base) as found:
        for star in stars:
            file = mwm_star.path(star, version)
            url, path = f"{base}/{file}", asked.folder / file.name
            with suppress(Missing):
                kind = {"kind": "fits"}
                fetch(url, Download(path, kind, asked.limits, asked.deadline))
                break
        else:
            raise InputError(f"none of the stars {stars} has one, the last as {url}")
        found.append(url)
    with asked.assume("its form", NO_SPECTRUM) as found:
        observed = read(path)
        wave = observed.wavelength
        found.append(f"{len(wave)} pixels, {wave[0]:.0f} to {wave[-1]:.0f} A")
    with asked.assume("partial answers", NO_PARTS) as found:
        if not asked.head(url).partial:
            raise InputError("status 200 and the whole file, where a part is asked for")
        found.append("status 206")


def paper_table(asked: Probe) -> None:
    """The paper's own table: at its printed address, or behind its page."""
    printed, page = asked.source["urls"]
    name = printed.rpartition("/")[2]
    with asked.assume(words_of(printed), ELSEWHERE) as found:
        try:
            head = asked.head(printed)
        except InputError as error:
            head = asked.head(nadc.find_link(page, name, asked.limits))
            found.append(f"{printed}: {one_line(error)}")
        found.insert(0, head.url)
    begins(asked, head, 1, paper_excerpt)


def paper_excerpt(header: Header) -> Excerpt:
    """Of the paper's table: the columns of its reader, as the file spells them."""
    names = [header[f"TTYPE{i + 1}"].strip() for i in range(header["TFIELDS"])]
    taken = paper_pairs.choose(names, "the table in HDU 1")
    kinds = {taken[name]: "id" for name in paper_pairs.IDENTIFIERS}
    kinds |= {taken[n]: "real" for n in paper_pairs.REALS if n in taken}
    return Excerpt(1, kinds)


def form(asked: Probe) -> None:
    """The form of the CMD server: its fields and its version."""
    url = f"{asked.source['address']}/cgi-bin/cmd"
    with asked.assume("fields of the form", OTHER_FORM, at=url) as found:
        offered = parsec.read_form(url, asked.limits, asked.deadline)
        isochrones = asked.config["isochrones"]
        check_form(parsec.form(isochrones["log_age"], isochrones["mh"]), offered)
        found.append(f"{len(offered.names)} fields")
    with asked.assume("version", OTHER_VERSION, ends=False) as found:
        if offered.version != parsec.VERSION:
            raise InputError(f"CMD {offered.version or '(not said)'}")
        found.append(f"CMD {offered.version}")


def check_form(fields: dict[str, str], offered: FormPage) -> None:
    """Raise InputError unless a form has the fields that are going to be filled in."""
    wanted = fields.keys() | {"photsys_version"}
    absent = sorted(wanted - offered.names)
    if absent:
        others = offered.names - wanted - {name for name, _ in offered.hidden}
        raise InputError(
            f"it has no field {', '.join(absent)}; it has besides: "
            f"{', '.join(sorted(others)) or 'no other'}"
        )
