"""A comparison of two runs as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

import numpy as np
from astropy.table import Row, Table

from mdwarfs.comparing.columns import Difference
from mdwarfs.comparing.products import BYTES, SAME, Part
from mdwarfs.comparing.runs import Compared
from mdwarfs.labels import LABELS
from mdwarfs.tables.markdown import number

SHOWN = 15
"""Numbers of the ledger, and lines of any other list, in a summary."""
COLUMNS_SHOWN = 12
"""Columns of a table that are named in the text; JSON and page have all."""


def verdict(found: Compared) -> str:
    """One line that says what came of it."""
    count = {
        state: sum(product.state == state for product in found.products)
        for state in (SAME, BYTES)
    }
    said = [
        counted(len(found.differing), "product differs", "products differ"),
        counted(count[BYTES], "differs in bytes alone", "differ in bytes alone"),
        counted(count[SAME], "is the same to the byte", "are the same to the byte"),
    ]
    alone = len(found.only_first) + len(found.only_second)
    if alone:
        said.insert(1, counted(alone, "is of one run only", "are of one run only"))
    return (
        f"{'equal within the tolerances' if found.equal else 'not equal'}: "
        + ", ".join(said)
    )


def counted(number: int, one: str, several: str) -> str:
    """A number of things and what they do."""
    return f"{number} {one if number == 1 else several}"


def stars_line(found: Compared) -> str:
    """Which stars both runs have, if one has any that the other lacks."""
    first, second, both = found.stars or (0, 0, 0)
    if first == second == both:
        return ""
    if not both:
        return (
            "the runs share no stars: numbers and samples can be compared, and no star "
            "with itself"
        )
    return f"{both} stars are in both catalogues, of {first} and {second}"


def text(found: Compared, everything: bool = False) -> str:
    """The comparison for a terminal.

    Parameters
    ----------
    everything
        Whether all that differs is told of every product, and of all of the ledger.
    """
    most = None if everything else SHOWN
    lines = [f"first:  {found.first}", f"second: {found.second}", verdict(found)]
    for title, each in (
        ("configuration", found.configuration),
        ("in the first alone", found.only_first),
        ("in the second alone", found.only_second),
    ):
        if each:
            lines += ["", f"{title}:", *indented(cut(each, most))]
    if begins := where_it_begins(found):
        lines += ["", begins]
    if stars := stars_line(found):
        lines += ["", stars]
    if samples := sample_lines(found):
        lines += ["", "samples:", *indented(samples)]
    for name, table in found.labels.items():
        lines += ["", f"labels of {name}, second minus first:"]
        lines += indented(label_lines(table))
    if found.ledger is not None:
        lines += ["", "ledger:", *indented(ledger_lines(found.ledger, most))]
    if not everything:
        if found.differing:
            names = [product.name for product in found.differing]
            lines += ["", "products that differ (--all: in what):"]
            lines += indented(by_folder(names))
        return "\n".join(lines)
    for product in found.differing:
        lines += ["", f"{product.name}{origin(found, product.rule)}"]
        for part in product.parts:
            lines += indented(part_lines(part))
        if product.small:
            lines += indented([f"without meaning: {'; '.join(product.small)}"])
    alike = [product for product in found.products if product.state == BYTES]
    if alike:
        lines += ["", "bytes that differ without meaning:"]
        reasons: dict[str, list[str]] = {}
        for product in alike:
            reasons.setdefault("; ".join(product.small), []).append(product.name)
        for reason, names in reasons.items():
            more = f" and {len(names) - 4} more" if len(names) > 4 else ""
            lines += indented([f"{reason}: {', '.join(names[:4])}{more}"])
    return "\n".join(lines)


def where_it_begins(found: Compared) -> str:
    """The rules whose products differ first; empty if the records do not tell."""
    if found.raw:
        return f"it begins before: other raw files ({', '.join(found.raw)})"
    begins = [rule for rule, above in found.begun.items() if not above]
    if not found.begun or len(begins) == len(found.begun):
        return ""
    return f"it begins with the products of {', '.join(begins)}"


def by_folder(names: Iterable[str]) -> list[str]:
    """Names of files, a line for each folder."""
    folders: dict[str, list[str]] = {}
    for name in names:
        place, _, file = name.rpartition("/")
        folders.setdefault(place, []).append(file)
    return [
        f"{place}{': ' * bool(place)}{', '.join(files)}"
        for place, files in folders.items()
    ]


def sample_lines(found: Compared) -> list[str]:
    """The samples that have other members now, a line each."""
    lines = []
    for product in found.differing:
        for part in product.parts:
            (before, after), gone, come = part.n_rows, part.only_first, part.only_second
            if product.name.startswith("samples/") and gone[0] + come[0]:
                lines.append(
                    f"{product.name}: {before} rows became {after} ({gone[0]} of the "
                    f"first alone, {come[0]} of the second alone)"
                )
    return lines


def origin(found: Compared, rule: str) -> str:
    """The rule of a product that differs, and what it is downstream of."""
    if not rule:
        return ""
    above = found.begun.get(rule)
    below = f", downstream of {', '.join(above)}" if above else ""
    return f" (rule {rule}{below})"


def indented(lines: Iterable[str]) -> list[str]:
    """Lines that belong to the one before."""
    return [f"  {line}" for line in lines]


def part_lines(part: Part) -> list[str]:
    """What differs in a table or an image."""
    where = f"{part.name}: " if part.name else ""
    lines = table_lines(part)
    lines += [where + column_line(column) for column in part.columns[:COLUMNS_SHOWN]]
    if len(part.columns) > COLUMNS_SHOWN:
        names = ", ".join(column.column for column in part.columns[COLUMNS_SHOWN:])
        lines.append(f"{where}and {names}")
    return lines


def table_lines(part: Part) -> list[str]:
    """What differs in a table or an image beside the values of its columns."""
    where = f"{part.name}: " if part.name else ""
    lines = []
    if part.n_rows[0] != part.n_rows[1]:
        lines.append(f"{where}{part.n_rows[0]} rows became {part.n_rows[1]}")
    for which, (count, some) in (
        ("first", part.only_first),
        ("second", part.only_second),
    ):
        if count:
            more = ", ..." if count > len(some) else ""
            lines.append(
                f"{where}{count} row{'s' * (count > 1)} of the {which} alone: "
                f"{', '.join(some)}{more}"
            )
    for which, names in (("first", part.lost), ("second", part.gained)):
        if names:
            lines.append(f"{where}in the {which} alone: {', '.join(names)}")
    return lines + [f"{where}{word}" for word in part.words]


def column_line(found: Difference) -> str:
    """How a column differs, in a line."""
    unit = f" {found.unit}" if found.unit else ""
    said = f"{found.column}: {found.n_apart} of {found.n} rows"
    if np.isfinite(found.largest):
        said += (
            f", median {found.median:+.3g}{unit}, largest {found.largest:+.3g}{unit}"
        )
    if found.n_null_changed:
        said += f", {found.n_null_changed} are null in one of the two"
        said += f" ({found.n_null[0]} nulls became {found.n_null[1]})"
    if any(found.n_infinite):
        said += f", {found.n_infinite[0]} infinite became {found.n_infinite[1]}"
    return ", ".join([said, *found.words])


def label_lines(table: Table) -> list[str]:
    """Differences of labels, a line for each label and SNR bin."""
    table, same = moving(table)
    if not len(table):
        return ["none has moved"]
    lines = [f"{'label':8} {'SNR':>15} {'n':>6} {'bias':>19} {'scatter':>10}"]
    for row in table:
        if not row["n"]:
            if not row["bin"]:
                lines.append(f"{row['label']:8} no star has it in both runs")
            continue
        digits = LABELS[row["label"]].decimals + 2
        snr = f"{row['snr_min']:.1f} to {row['snr_max']:.1f}"
        lines.append(
            f"{row['label']:8} {snr if row['bin'] else 'all':>15} {row['n']:6d} "
            f"{row['bias']:+10.{digits}f} +- {row['e_bias']:.{digits}f} "
            f"{row['scatter']:10.{digits}f} {row['unit']}"
        )
    return lines + (
        [f"unchanged where both have it: {', '.join(same)}"] if same else []
    )


def moving(table: Table) -> tuple[Table, list[str]]:
    """The rows of the labels of which one star's differs, and the other labels."""
    still = (table["bin"] == 0) & (table["bias"] == 0) & (table["scatter"] == 0)
    same = list(table["label"][still])
    return table[~np.isin(table["label"], same)], same


def ledger_lines(table: Table, most: int | None = None) -> list[str]:
    """Numbers of the ledger that differ, what moved by most standard errors first.

    Parameters
    ----------
    most
        How many are told. Default: all.
    """
    rows = table[np.asarray(table["differs"], bool)]
    verb = "differs" if len(rows) == 1 else "differ"
    lines = [f"{len(rows)} of {len(table)} numbers {verb}"]
    numbers = []
    for row in rows:
        status = str(row["status_first"])
        if row["status_second"] != row["status_first"]:
            status += f" -> {row['status_second']}"
        pair = " -> ".join(with_error(row, which) for which in ("first", "second"))
        far = f"{row['sigmas']:+.1f} sigma; " if np.isfinite(row["sigmas"]) else ""
        numbers.append(
            f"{row['id']:4} {row['quantity']}: {pair} {row['unit']} "
            f"({far}paper {row['paper']}; {status})"
        )
    return lines + cut(numbers, most)


def cut(lines: list[str], most: int | None) -> list[str]:
    """So many of the lines, or all if None, and how many more there are."""
    left = len(lines) - len(lines[:most])
    return lines[:most] + ([f"and {left} more (--all)"] if left else [])


def with_error(row: Row, which: str) -> str:
    """A number of a run with its standard error, where it has one."""
    value, error = float(row[which]), float(row[f"e_{which}"])
    if not np.isfinite(value):
        return "none"
    said = number(value, error)
    return f"{said} ± {number(error, error)}" if error > 0 else said


def as_json(found: Compared) -> str:
    """The comparison as JSON: NaN as null."""
    tree = {
        "first": found.first,
        "second": found.second,
        "equal": found.equal,
        "only_first": found.only_first,
        "only_second": found.only_second,
        "configuration": found.configuration,
        "downstream_of": found.begun,
        "other_raw_files": found.raw,
        "stars": found.stars,
        "products": [asdict(product) for product in found.products],
        "labels": {name: records(table) for name, table in found.labels.items()},
        "ledger": [] if found.ledger is None else records(found.ledger),
    }
    return json.dumps(plain(tree), indent=1, allow_nan=False) + "\n"


def records(table: Table) -> list[dict]:
    """Rows of a table, by column."""
    return [dict(zip(table.colnames, row)) for row in zip(*table.itercols())]


def plain(tree: object) -> object:
    """A tree as JSON has it."""
    if isinstance(tree, dict):
        return {key: plain(value) for key, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [plain(value) for value in tree]
    if isinstance(tree, np.generic):
        tree = tree.item()
    if isinstance(tree, float) and not np.isfinite(tree):
        return None
    return tree
