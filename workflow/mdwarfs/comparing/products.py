"""How one product differs between two runs: in contents, or only in bytes."""

from __future__ import annotations

import csv
import os
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import yaml
from astropy.io import fits
from astropy.io.fits.verify import VerifyWarning
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.comparing.columns import Difference, compare_columns, images, of_names
from mdwarfs.comparing.rows import Matched, match_rows
from mdwarfs.comparing.tolerances import Tolerance, tolerance_of
from mdwarfs.errors import InputError

TEXTS = (".md", ".tex", ".csv", ".yaml")
SUFFIXES = (".fits", ".ecsv", *TEXTS)
NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)*(?:[eE][-+]?\d+)?")
EXAMPLES = 5
INVENTED = "SIMULATD"
"""Of the keywords of every product the one that changes what its numbers mean."""
MADE = [key for key in tables.COMMENTS if key != INVENTED]
"""The others: run, code and configuration."""
DIGESTS = {"MODEL", "CONFIG", "LABELLED", "SEALED"}
"""Header keywords that tell of the configuration and the model, and of no number."""

UNREADABLE = "cannot be read"
SAME, BYTES, DIFFERS = "same bytes", "same meaning", "differs"


@dataclass
class Part:
    """How a table or an image of a product differs.

    Attributes
    ----------
    name
        Of the extension; empty in other files.
    n_rows
        Of both.
    keys
        Columns by which rows were matched.
    only_first, only_second
        Rows that the other lacks: their number and some of their keys.
    columns
        Those that differ in meaning.
    lost, gained
        Columns that the second, or the first, lacks.
    words
        Differences of the header in meaning.
    made
        Keywords of the header that differ, of those that say what made the file.
    small
        What else differs without meaning.
    """

    name: str = ""
    n_rows: tuple[int, int] = (0, 0)
    keys: tuple[str, ...] = ()
    only_first: tuple[int, list[str]] = (0, [])
    only_second: tuple[int, list[str]] = (0, [])
    columns: list[Difference] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    gained: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        rows = self.only_first[0] or self.only_second[0]
        return bool(rows or self.columns or self.lost or self.gained or self.words)


@dataclass
class Product:
    """How a product differs.

    Attributes
    ----------
    name
        Below the run's folder.
    rule
        That makes it; empty if it is not known.
    state
        `SAME`, `BYTES` or `DIFFERS`.
    parts
        Of a product that differs in meaning.
    small
        What differs without meaning.
    """

    name: str
    rule: str = ""
    state: str = SAME
    parts: list[Part] = field(default_factory=list)
    small: list[str] = field(default_factory=list)

    @property
    def readable(self) -> bool:
        """Whether both files could be read."""
        words = (word for part in self.parts for word in part.words)
        return not any(word.startswith(UNREADABLE) for word in words)


def compare_product(
    name: str, first: Path, second: Path, entries: Sequence[Tolerance], rule: str = ""
) -> Product:
    """Compare a product of two runs.

    Parameters
    ----------
    name
        Its path below the run's folder.
    """
    found = Product(name, rule)
    if first.read_bytes() == second.read_bytes():
        return found
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", VerifyWarning)  # of a file that was cut off
            parts = compare_files(name, first, second, entries)
    except (*tables.DAMAGED, InputError, KeyError, VerifyWarning) as error:
        parts = [Part(words=[f"{UNREADABLE}: {error}"])]
    found.parts = [part for part in parts if part]
    found.state = DIFFERS if found.parts else BYTES
    made = {key for part in parts for key in part.made}
    if made:
        found.small = [f"header {', '.join(x for x in MADE if x in made)}"]
    found.small += dict.fromkeys(word for part in parts for word in part.small)
    if not found.parts and not found.small:
        found.small = ["how the file is written"]
    return found


def compare_files(
    name: str, first: Path, second: Path, entries: Sequence[Tolerance]
) -> list[Part]:
    """Compare two files, by what their suffix says they are."""
    if first.suffix == ".fits":
        return of_fits(name, first, second, entries)
    if first.suffix == ".ecsv":
        pair = tables.read(first), tables.read(second)
        return [of_tables(name, "", *pair, entries)[0]]
    return [of_texts(name, first, second, entries)]


def of_fits(
    name: str, first: Path, second: Path, entries: Sequence[Tolerance]
) -> list[Part]:
    """Compare two FITS files, extension by extension."""
    parts, matched = [], None
    with fits.open(first) as one, fits.open(second) as two:
        held = [tables.tables_and_images(hdus) for hdus in (one, two)]
        if len(held[0]) == len(held[1]) and "1" in (*held[0], *held[1]):
            held[1] = dict(zip(held[0], held[1].values()))  # a version without names
        both, lost, gained = of_names(*map(list, held))
        if lost or gained:
            parts.append(Part(lost=lost, gained=gained))
        parts.append(of_headers(one[0].header, two[0].header))
        for hdu in both:
            a, b = held[0][hdu], held[1][hdu]
            if isinstance(a, Table) and isinstance(b, Table):
                named = hdu if len(both) > 1 else ""  # like the file, if alone
                part, rows = of_tables(name, named, a, b, entries)
                matched = matched or rows
            else:
                part = of_images(name, a, b, entries, matched)
            parts.append(part)
    return parts


def of_headers(one: fits.Header | dict, two: fits.Header | dict) -> Part:
    """Compare what headers say, but for what every file says of its columns."""
    part = Part()
    aside = set(MADE) | {"EXTNAME", "EXTEND", "comments", "NEXTEND"}
    keys = {*one, *two} - aside - {"COMMENT", "HISTORY", "", "RUN"}
    for key in sorted(keys):
        if re.match(r"(NAXIS|T[A-Z]{4}\d|FLAG\d)", key):
            continue
        a, b = one.get(key), two.get(key)
        if a != b and str(a) != str(b):
            said = f"header {key}: {a} became {b}"
            (part.small if key in DIGESTS else part.words).append(said)
    part.made = [key for key in MADE if one.get(key) != two.get(key)]
    return part


def of_tables(
    name: str, hdu: str, first: Table, second: Table, entries: Sequence[Tolerance]
) -> tuple[Part, Matched]:
    """Compare two tables, row by row."""
    part = of_headers(first.meta, second.meta)
    part.name = hdu
    rows = match_rows(first, second)
    part.n_rows, part.keys = (len(first), len(second)), rows.keys
    part.only_first = examples(first, rows.only_first, rows.keys)
    part.only_second = examples(second, rows.only_second, rows.keys)
    both, part.lost, part.gained = of_names(first.colnames, second.colnames)
    rounded, described = [], []
    for column in both:
        unit = "" if first[column].unit is None else str(first[column].unit)
        tolerance = tolerance_of(entries, name, column, unit)
        if tolerance.ignored:
            continue
        a, b = first[column][rows.first], second[column][rows.second]
        difference = compare_columns(column, a, b, tolerance)
        if difference and not unit and a.dtype.kind == "f" and of_several_units(first):
            difference.median = difference.largest = np.nan
            difference.words.append("rows of several units")
        if difference:
            part.columns.append(difference)
        elif difference.rounding:
            rounded.append(column)
        if first[column].description != second[column].description:
            described.append(column)
    if rounded:
        part.small.append(f"within the tolerance: {', '.join(rounded)}")
    if described:
        part.small.append(f"descriptions of {', '.join(described)}")
    if rows.keys and rows.reordered:
        part.small.append("order of the rows")
    order = [x for x in second.colnames if x in both]
    if order != both:
        part.small.append("order of the columns")
    return part, rows


def of_several_units(table: Table) -> bool:
    """Whether the numbers of a column can have other units in other rows."""
    told = [name for name in ("unit", "label") if name in table.colnames]
    return any(len(set(table[name])) > 1 for name in told)


def examples(
    table: Table, rows: np.ndarray, keys: Sequence[str]
) -> tuple[int, list[str]]:
    """Number of rows, and what some of them are about."""
    said = [
        " ".join(f"{key}={table[key][row]}" for key in keys) or f"row {row}"
        for row in rows[:EXAMPLES]
    ]
    return len(rows), said


def of_images(
    name: str,
    one: fits.ImageHDU,
    two: fits.ImageHDU,
    entries: Sequence[Tolerance],
    rows: Matched | None,
) -> Part:
    """Compare two images; those with a row per row of the table before, by its rows."""
    part = Part(one.name)
    a, b = np.asarray(one.data), np.asarray(two.data)
    if rows is not None and a.shape[:1] == (len(rows.first) + len(rows.only_first),):
        if b.shape[:1] == (len(rows.second) + len(rows.only_second),):
            a, b = a[rows.first], b[rows.second]
    tolerance = tolerance_of(entries, name, one.name, str(one.header.get("BUNIT", "")))
    if a.shape != b.shape:
        part.words.append(f"shape {list(a.shape)} became {list(b.shape)}")
    elif a.size and not tolerance.ignored:
        found = images(one.name, a, b, tolerance)
        if found:
            part.columns.append(found)
        elif found.rounding:
            part.small.append(f"within the tolerance: {one.name}")
    return part


def of_texts(
    name: str, first: Path, second: Path, entries: Sequence[Tolerance]
) -> Part:
    """Compare two texts: their words, and the numbers among them."""
    if first.suffix == ".csv":
        return of_tables(name, "", csv_table(first), csv_table(second), entries)[0]
    part = Part()
    texts = [path.read_text(encoding="utf-8") for path in (first, second)]
    if first.suffix == ".yaml":
        part.words += configurations(*map(yaml.safe_load, texts))
        return part
    lines = [text.splitlines() for text in texts]
    tolerance = tolerance_of(entries, name, "text", "")
    changed = [
        (a, b) for a, b in zip(*lines) if a != b and not same_text(a, b, tolerance)
    ]
    changed += [(a, "") for a in lines[0][len(lines[1]) :]]
    changed += [("", b) for b in lines[1][len(lines[0]) :]]
    if changed:
        verb = "line differs" if len(changed) == 1 else "lines differ"
        part.words.append(f"{len(changed)} {verb}")
        part.words += [
            "{} became {}".format(*shown(*pair)) for pair in changed[:EXAMPLES]
        ]
    return part


def shown(one: str, two: str, width: int = 100, before: int = 30) -> tuple[str, str]:
    """Two lines, shortened to where they begin to differ."""
    alike = len(os.path.commonprefix([one, two]))
    start = 0 if max(len(one), len(two)) <= width else max(alike - before, 0)

    def cut(line):
        end = "..." if len(line) > start + width else ""
        return repr("..." * bool(start) + line[start : start + width] + end)

    return cut(one), cut(two)


def same_text(one: str, two: str, tolerance: Tolerance) -> bool:
    """Whether two lines have the same words, and numbers within the tolerance."""
    if NUMBER.sub("#", one) != NUMBER.sub("#", two):
        return False
    a, b = ([float(x.replace(",", "")) if x.count(".") < 2 else np.nan for x in
             NUMBER.findall(line)] for line in (one, two))  # fmt: skip
    return not tolerance.exceeded(np.array(a), np.array(b)).any()


def csv_table(path: Path) -> Table:
    """A table of CSV: numbers where all of a column are some."""
    with path.open(newline="", encoding="utf-8") as file:
        heads, *lines = csv.reader(file)
    table = Table()
    for name, column in zip(heads, zip(*lines) if lines else [[]] * len(heads)):
        try:
            table[name] = [float(x) if x else np.nan for x in column]
        except ValueError:
            table[name] = np.array(column, str)
    return table


def configurations(one: object, two: object, prefix: str = "") -> list[str]:
    """Keys of two configurations that differ, with both values."""
    if isinstance(one, dict) and isinstance(two, dict):
        keys = list(dict.fromkeys([*one, *two]))
        return [
            line
            for key in keys
            for line in configurations(
                one.get(key, "(none)"), two.get(key, "(none)"), f"{prefix}.{key}"
            )
        ]
    return [] if one == two else [f"{prefix.lstrip('.')}: {one} became {two}"]


def require_readable(path: Path) -> None:
    """Refuse what is no folder.

    Raises
    ------
    InputError
        If it is none.
    """
    if not path.is_dir():
        raise InputError(f"{path}: there is no such folder")
