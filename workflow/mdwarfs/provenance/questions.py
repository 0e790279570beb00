"""Interpret a question about a run, and find the files that hold the answer.

Only the folder of the run is used: its products, its audit and the records of its
steps.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from astropy.table import Row, Table

from mdwarfs import tables
from mdwarfs.audit import ledger
from mdwarfs.audit.claims import NOT_TESTABLE
from mdwarfs.audit.ledger import EXPECTED
from mdwarfs.audit.notation import number_texts
from mdwarfs.audit.origin import Cell, answer_origin
from mdwarfs.errors import InputError
from mdwarfs.labels import LABELS
from mdwarfs.provenance.answer import Answer, row_numbers, words_of
from mdwarfs.provenance.following import ancestors
from mdwarfs.provenance.given_numbers import number_of_given
from mdwarfs.provenance.history import MISSING, PART, History
from mdwarfs.provenance.sources import archive_of
from mdwarfs.run.folder import CONFIGURATION
from mdwarfs.spectra.manifest import folder_of
from mdwarfs.tables.columns import CALIBRATED, ERROR, FORMAL

CLAIMS, TABLE_2 = "audit/claims.ecsv", "tables/table_2.ecsv"
SUMMARY = "comparisons/summary.ecsv"
IDENTIFIERS, GIVEN_ID = ("source_id", "sdss_id"), "id"
"""Columns that name a star; the last is what a table of given stars calls it."""
CATALOGUES = ("catalogue/slam_labels.fits", "catalogue/hybrid_labels.fits")
TABULAR = (".fits", ".ecsv")
KINDS_OF_ERROR = {"power law": ERROR, "calibrated": CALIBRATED, "formal": FORMAL}
"""Uncertainties of a star's labels, by their names; other catalogues than SLAM's have
the first alone, and it is no power law there."""


def find(history: History, question: str) -> Answer:
    """What a question is about.

    Raises
    ------
    InputError
        If nothing, or too much, is meant by it.
    """
    table_2 = re.match(r"(?:table[ _]?2|t2)\b[\s:,]*(.*)", question, flags=re.I)
    if table_2 and not _names_file(history, question):
        return number_of_table_2(history, question, table_2[1])
    if re.fullmatch(r"\d{5,20}", question):
        return star(history, question, {int(question), question})
    number = number_of_ledger(history, question)
    if number is not None:
        return number
    named = _names_file(history, question)
    if not named and _has_given_id(history, question):  # which may have a colon
        return star(history, question, {question})
    name, colon, column = question.rpartition(":")
    if colon and name:
        return column_of(history, question, file_of(history, name), column)
    number = None if named else number_of_given(history, question)
    if number is not None:
        return number
    path = file_of(history, question)
    return Answer(question, [f"file {path}"], [path])


def number_of_ledger(history: History, question: str) -> Answer | None:
    """Numbers of the audit: an entry of the ledger, and words of its quantities."""
    if not (history.folder / CLAIMS).is_file():
        return None
    claims = tables.read(history.folder / CLAIMS)
    identifier, *words = words_of(question)
    own = claims[[str(x).lower() == identifier for x in claims["id"]]]
    if not len(own):
        return None
    rows = [
        row
        for row in claims
        if str(row["id"]).lower() == identifier
        and set(words) <= set(words_of(row["quantity"]))
    ]
    if not rows:
        known = "; ".join(str(x) for x in own["quantity"])
        raise InputError(f"{question}: {own['id'][0]} of the audit has: {known}")
    told = [f"{rows[0]['id']}: {rows[0]['claim']} ({rows[0]['where']})"]
    product, entry = str(rows[0]["product"]), str(rows[0]["id"])
    places = {CLAIMS: row_numbers(row.index for row in rows)}
    through = {CLAIMS: [product]}
    answers = {
        (claim.id, quantity.name): quantity.answer
        for claim in ledger.load().numbers
        for quantity in claim.quantities
    }
    for row in rows:
        told.append(claim_line(row))
        answer = answers.get((str(row["id"]), str(row["quantity"])))
        found = origin_of(history, row, answer)
        if found is not None:
            told.append(f"    {found.words}")
            through[CLAIMS] += [x for x in found.products if x not in through[CLAIMS]]
            places |= {path: _also(places, path, at) for path, at in found.places}
    if product == SUMMARY:
        through[SUMMARY] = differences_of(history, [entry])
    return Answer(question, told, [CLAIMS], places, through)


class Found(NamedTuple):
    """Where the audit took a number from: in words, products, and places in them."""

    words: str
    products: list[str]
    places: list[tuple[str, str]]


def origin_of(history: History, row: Row, answer: Mapping | None) -> Found | None:
    """Where the audit took a number from; None if its step or entry is not known.

    Parameters
    ----------
    row
        Of the audit's table.
    answer
        What the ledger says of how it is found; None if that is not there.
    """
    step = history.steps.get(history.makers.get(CLAIMS))
    if step is None or answer is None or row["status"] == NOT_TESTABLE:
        return None
    paths = {name: x[0]["path"] for name, x in step["inputs"].items() if x}
    said = answer_origin(answer)
    if isinstance(said, Cell):
        path = paths.get(said.table)
        if path is None:
            return None
        number = _row_number(history, path, said.values)
        at = f"row {number}, column {said.column}" if number else ""
        values = ", ".join(f"{k} = {v}" for k, v in (said.values or {}).items())
        words = f"column {said.column} of row {number or '?'} of {path}"
        places = [(path, at)] if at else []
        return Found(words + (f" ({values})" if values else ""), [path], places)
    names = re.findall(r"{(\w+)}", said.words)
    words = re.sub(r"{(\w+)}", lambda x: paths.get(x[1], CONFIGURATION), said.words)
    used = [paths[name] for name in names if name in paths]
    return Found(f"computed by {step['rule']}: {words}", used, [])


def _row_number(history, path, values):
    """Number of the row of some values, counted from 1; None without the table."""
    table = _table_at(history, path)
    if table is None or not len(table):
        return None
    if values is None:
        return len(table)
    if not set(values) <= set(table.colnames):
        return None
    rows = np.ones(len(table), bool)
    for column, value in values.items():
        rows &= np.asarray(table[column]) == value
    return int(np.argmax(rows)) + 1 if rows.any() else None


def _also(places, path, at):
    """A place with those that are known of a file already."""
    known = places.get(path)
    return at if known in (None, at) else f"{known}; {at}"


def number_of_table_2(history: History, question: str, rest: str) -> Answer:
    """Numbers of the paper's Table 2: words of a line, and labels."""
    path = history.folder / TABLE_2
    if not path.is_file():
        raise InputError(f"{question}: this run has no {TABLE_2}; `tables` makes it")
    table = tables.read(path)
    labels = [name.removesuffix("_n") for name in table.colnames if name.endswith("_n")]
    asked = set(words_of(rest))
    kinds = asked & {"median", "std", "n"}
    named = asked & set(labels)
    asked -= kinds | named
    lines = [
        row
        for row in table
        if asked <= set(words_of(f"{row['comparison']} {row['name']}"))
    ]
    told = []
    for row in lines:
        for label in labels:
            if row[f"{label}_n"] and label in (named or labels):
                unit = table[f"{label}_std"].unit or ""
                form = LABELS[label].form
                median, std = (
                    format(row[f"{label}_{x}"], form) for x in ("median", "std")
                )
                told.append(
                    f"{row['comparison']} {row['name']}: {label} {median} ± {std} "
                    f"{unit}, {row[f'{label}_n']} stars"
                )
    if not told:
        known = ", ".join(f"{row['comparison']} ({row['name']})" for row in table)
        raise InputError(
            f"{question}: Table 2 has the lines {known}, of the labels "
            f"{', '.join(labels)}"
        )
    ids = [str(row["comparison"]) for row in lines]
    told = ["Table 2, median ± standard deviation of SLAM minus others", *told]
    rows = f"rows of {', '.join(ids)}"
    through = {SUMMARY: differences_of(history, ids)}
    return Answer(question, told, [TABLE_2], {TABLE_2: rows, SUMMARY: rows}, through)


def differences_of(history: History, comparisons: Sequence[str]) -> list[str]:
    """The products that have the differences of some lines of Table 2, star by star."""
    summary = tables.read(history.folder / SUMMARY, ["comparison", "product"])
    rows = np.isin(np.asarray(summary["comparison"], str), comparisons)
    return [str(x) for x in dict.fromkeys(summary["product"][rows])]


def file_of(history: History, name: str) -> str:
    """The file of a run that a path or the end of one names, as records call it.

    Raises
    ------
    InputError
        If there is none, or there are several.
    """
    given = Path(name)
    for path in (given, Path.cwd() / given):
        if path.is_absolute() and path.is_relative_to(history.folder):
            inside = str(path.relative_to(history.folder))
            if inside in history.makers or _is_file(path):
                return inside
    known = dict.fromkeys(
        [
            *history.makers,
            *(x["path"] for s in history.steps for x in history.inputs(s)),
        ]
    )
    run = history.folder.name
    plain = name.removeprefix(f"results/{run}/")
    found = [path for path in known if path == plain]
    found = found or [path for path in known if f"/{path}".endswith(f"/{plain}")]
    found = found or _not_on_record(history.folder, plain)
    if len(found) > 1:
        raise InputError(f"{name} may be {', '.join(found)}: give more of its path")
    if found:
        return found[0]
    inside = history.folder / plain
    if _is_file(inside) and inside.resolve().is_relative_to(history.folder):
        return plain
    if _is_file(inside):
        raise InputError(f"{name} is no file of the run: it is not in {history.folder}")
    raise InputError(
        f"{name}: the run has no such file, star or number. Ask for a number of the "
        "audit by its entry and words of its quantity ('R1 teff std'; of given spectra "
        "by words of its line in audit/numbers.ecsv, 'SLAM teff std'), for one of "
        "Table 2 as 'table 2 R3 teff', for a column as 'slam_labels.fits:teff', and "
        "for a star by its source_id, sdss_id or given id"
    )


def column_of(history: History, question: str, path: str, column: str) -> Answer:
    """A column of a table, and the tables behind it that have one of that name."""
    place = history.place(path)
    if place.suffix not in TABULAR or not place.is_file():
        raise InputError(f"{question}: {path} is no table (.fits, .ecsv) that is there")
    table = tables.read(place)
    if column not in table.colnames:
        raise InputError(
            f"{path} has no column {column}; it has {', '.join(table.colnames)}"
        )
    info = table[column].info
    words = [f"column {column} of {path}: {info.description or 'without description'}"]
    words.append(f"unit {info.unit or 'none'}, {len(table)} rows")
    places = {}
    for other in ancestors(history, path):
        if _table_at(history, other) is not None:
            if column in _table_at(history, other).colnames:
                places[other] = f"has a column {column}"
    places[path] = f"column {column}"
    return Answer(question, words, [path], places)


def star(history: History, identifier: str, ids: set[int | str]) -> Answer:
    """A star, by one of its identifiers: the rows of every product that are of it.

    Parameters
    ----------
    identifier
        As it was asked.
    ids
        What it can be in the columns of products: a number, or a name that was given.
    """
    found, ids = {}, set(ids)
    begin = [path for path in CATALOGUES if (history.folder / path).is_file()]
    for path in begin:  # they have both identifiers
        table = tables.read(history.folder / path)
        for row in table[_rows_of(table, ids)]:
            names = [name for name in IDENTIFIERS if name in table.colnames]
            ids |= {int(row[name]) for name in names if row[name] > 0}  # or null
    places, words, products = {}, [], []
    for path in dict.fromkeys([*begin, *sorted(history.makers)]):
        table = _table_at(history, path)
        if table is None:
            continue
        rows = np.flatnonzero(_rows_of(table, ids))
        if len(rows):
            found[path] = rows
            more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
            places[path] = f"row {', '.join(map(str, rows[:5] + 1))}{more}"
    if not found:
        raise InputError(f"no product of this run has a star {identifier}")
    ordered = sorted(ids, key=lambda x: (isinstance(x, str), x))
    names = dict.fromkeys(map(str, ordered))  # digits may be both
    words.append("star " + ", ".join(names))
    for path in found:
        if path in CATALOGUES:
            table = tables.read(history.folder / path)
            words += [_labels(path, row) for row in table[found[path]]]
            products.append(path)
    for path, rows in found.items():
        table = _table_at(history, path)
        if {"file", "sha256"} <= set(table.colnames):
            for row in table[rows]:
                words.append(_spectrum(history, path, row))
    words.append("products that have it (rows are counted from 1):")
    folders: dict[str, list[str]] = {}
    for path in found:
        place, _, name = path.rpartition("/")
        folders.setdefault(place, []).append(f"{name} {places[path]}")
    words += [f"  {place}: {'; '.join(x)}" for place, x in folders.items()]
    return Answer(identifier, words, products or list(found), places)


def _table_at(history, path):
    """A product as a table; None if it is none, or not there."""
    place = history.place(path)
    if place.suffix not in TABULAR or history.state(path) in (MISSING, PART):
        return None
    if path.startswith("raw/") and place.suffix == ".fits":
        return None  # in the archive's form
    try:
        return tables.read(place)
    except InputError:
        return None


def _has_given_id(history, question):
    """Whether a catalogue has a star that was given by this name."""
    for path in CATALOGUES:
        table = _table_at(history, path)
        if table is not None and np.any(_rows_of(table, {question})):
            return True
    return False


def _rows_of(table: Table, ids: set[int | str]) -> np.ndarray:
    """Which rows are of a star of these identifiers."""
    rows = np.zeros(len(table), bool)
    named = [x for x in ids if isinstance(x, str)]
    texts = GIVEN_ID in table.colnames and table[GIVEN_ID].dtype.kind == "U"
    if named and texts:
        rows |= np.isin(np.asarray(table[GIVEN_ID]), named)
    numbers = [x for x in ids if not isinstance(x, str)]
    for name in table.colnames:
        if (
            re.fullmatch(r"(source_id|sdss_id)\d?", name)
            and table[name].dtype.kind in "iu"
        ):
            rows |= np.isin(np.asarray(table[name]), numbers)
    return rows


def _names_file(history: History, question: str) -> bool:
    return any(f"/{path}".endswith(f"/{question}") for path in history.makers)


def _not_on_record(folder, name):
    """Files of a run's folder, but raw ones, whose path ends so: no step tells them."""
    found = []
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(x for x in folders if x != "raw" and x[:1] != ".")
        inside = Path(place).relative_to(folder)
        found += [(inside / x).as_posix() for x in sorted(files)]
    return [path for path in found if f"/{path}".endswith(f"/{name}")]


def _is_file(path):
    """Whether it is one; a name that is too long for one is none."""
    try:
        return path.is_file()
    except OSError:
        return False


def claim_line(row: Row) -> str:
    """A number of the audit in a line, of its row in the table of claims."""
    unit = f" {row['unit']}" if row["unit"] else ""
    if row["status"] == NOT_TESTABLE:
        return f"{row['quantity']}: {NOT_TESTABLE}: {row['note']}"
    said = number_texts(row)
    error = f" ± {said['e_found']}" if said["e_found"] else ""
    injected = f", injected {said['injected']}" if said["injected"] else ""
    whose = EXPECTED if dict(row).get("kind") == EXPECTED else "paper"
    return (
        f"{row['quantity']}: {said['found']}{error}{unit}, {whose} {said['paper']}"
        f"{injected}; {row['status']}"
    )


def _labels(path: str, row) -> str:
    """Labels of a star in a line, each with its uncertainties."""
    said = [
        _with_errors(row, name)
        for name in LABELS
        if name in row.colnames and np.isfinite(row[name])
    ]
    flags = f"; flags: {row['flag_names']}" if row["flag_names"] else ""
    reason = f"no labels: {row['reason']}" if row["reason"] else ", ".join(said)
    return f"{path}: {reason}{flags}"


def _with_errors(row, name):
    """A label with its error, or with the three of SLAM's catalogue by their names."""
    form = LABELS[name].form
    known = {
        words: format(row[before + name], form)
        for words, before in KINDS_OF_ERROR.items()
        if before + name in row.colnames and np.isfinite(row[before + name])
    }
    said, unit = f"{name} {row[name]:{form}}", f" {LABELS[name].unit}".rstrip()
    if set(known) <= {"power law"}:  # one alone is the error of the label
        return said + "".join(f" ± {x}" for x in known.values()) + unit
    told = ", ".join(f"{words} {x}" for words, x in known.items())
    return f"{said}{unit} (± {told})"


def _spectrum(history: History, path: str, row) -> str:
    """The spectrum of a star in a line, and where it is from if that is known."""
    if not row["file"]:
        return f"no spectrum: {row['reason']}"
    said = f"spectrum {folder_of(path)}/{row['file']}, sha256 {row['sha256']}"
    source = archive_of(history.place(path))
    return f"{said}, from {source.address}/{row['file']}" if source else said
