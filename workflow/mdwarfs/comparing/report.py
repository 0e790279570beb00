"""A comparison of two runs as text, as JSON, and as a page."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict

import numpy as np
from astropy.table import Table

from mdwarfs.comparing.columns import Difference
from mdwarfs.comparing.products import BYTES, SAME, Part, Product
from mdwarfs.comparing.runs import Compared
from mdwarfs.labels import LABELS

COLUMNS_SHOWN = 12
"""Columns of a table that are named in the text; JSON and page have all."""


def verdict(found: Compared) -> str:
    """One line that says what came of it."""
    count = {
        state: sum(product.state == state for product in found.products)
        for state in (SAME, BYTES)
    }
    said = [
        f"{len(found.differing)} products differ",
        f"{count[BYTES]} differ in bytes alone",
        f"{count[SAME]} are the same to the byte",
    ]
    alone = len(found.only_first) + len(found.only_second)
    if alone:
        said.insert(1, f"{alone} are of one run only")
    return (
        f"{'equal within the tolerances' if found.equal else 'not equal'}: "
        + ", ".join(said)
    )


def text(found: Compared) -> str:
    """The comparison for a terminal."""
    lines = [f"first:  {found.first}", f"second: {found.second}", verdict(found)]
    if found.configuration:
        lines += ["", "configuration:", *indented(found.configuration)]
    for which, names in (("first", found.only_first), ("second", found.only_second)):
        if names:
            lines += ["", f"in the {which} alone:", *indented(names)]
    if begins := where_it_begins(found):
        lines += ["", begins]
    if samples := sample_lines(found):
        lines += ["", "samples:", *indented(samples)]
    for name, table in found.labels.items():
        lines += ["", f"labels of {name}, second minus first:"]
        lines += indented(label_lines(table))
    if found.ledger is not None:
        lines += ["", "ledger:", *indented(ledger_lines(found.ledger))]
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
    begins = [rule for rule, above in found.begun.items() if not above]
    if not found.begun or len(begins) == len(found.begun):
        return ""
    return f"it begins with the products of {', '.join(begins)}"


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
    lines = []
    if part.n_rows[0] != part.n_rows[1]:
        lines.append(f"{where}{part.n_rows[0]} rows became {part.n_rows[1]}")
    for which, (number, some) in (
        ("first", part.only_first),
        ("second", part.only_second),
    ):
        if number:
            more = ", ..." if number > len(some) else ""
            lines.append(
                f"{where}{number} row{'s' * (number > 1)} of the {which} alone: "
                f"{', '.join(some)}{more}"
            )
    for which, names in (("first", part.lost), ("second", part.gained)):
        if names:
            lines.append(f"{where}in the {which} alone: {', '.join(names)}")
    lines += [f"{where}{word}" for word in part.words]
    lines += [where + column_line(column) for column in part.columns[:COLUMNS_SHOWN]]
    if len(part.columns) > COLUMNS_SHOWN:
        names = ", ".join(column.column for column in part.columns[COLUMNS_SHOWN:])
        lines.append(f"{where}and {names}")
    return lines


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


def ledger_lines(table: Table) -> list[str]:
    """Numbers of the ledger that differ."""
    rows = table[np.asarray(table["differs"], bool)]
    lines = [f"{len(rows)} of {len(table)} numbers differ"]
    for row in rows:
        status = str(row["status_first"])
        if row["status_second"] != row["status_first"]:
            status += f" -> {row['status_second']}"
        lines.append(
            f"{row['id']:4} {row['quantity']}: {row['first']:.6g} -> "
            f"{row['second']:.6g} {row['unit']} (paper {row['paper']}; {status})"
        )
    return lines


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


STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 68rem;
  padding: 1rem; color: #1b1b1b; background: #fff; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.verdict { padding: .6rem .9rem; border-left: 5px solid #c4622d; background: #fbf1ea; }
.equal { border-color: #3a7d5a; background: #edf6f0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; }
th, td { padding: .2rem .6rem; border-bottom: 1px solid #ddd; text-align: left;
  vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums;
  white-space: nowrap; }
tr.differs td { background: #fbf1ea; }
details { margin: .4rem 0; border: 1px solid #ddd; border-radius: 4px;
  padding: .3rem .7rem; }
summary { cursor: pointer; } code { font-size: .92em; } .small { color: #5a5a5a; }
@media print { details { break-inside: avoid; } }
"""


def page(found: Compared) -> str:
    """The comparison as a page of HTML that needs nothing else."""
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8>",
        '<meta name=viewport content="width=device-width, initial-scale=1">',
        f"<title>Two runs compared</title><style>{STYLE}</style>",
        "<h1>Two runs compared</h1>",
        f"<p>first: <code>{html.escape(found.first)}</code><br>"
        f"second: <code>{html.escape(found.second)}</code></p>",
        f'<p class="verdict{" equal" if found.equal else ""}">'
        f"{html.escape(verdict(found))}</p>",
    ]
    if found.configuration:
        parts += ["<h2>Configuration</h2>", bullets(found.configuration)]
    for which, names in (("first", found.only_first), ("second", found.only_second)):
        if names:
            parts += [f"<h2>In the {which} run alone</h2>", bullets(names)]
    if begins := where_it_begins(found):
        parts.append(f"<p>{html.escape(begins[0].upper() + begins[1:])}.</p>")
    if samples := sample_lines(found):
        parts += ["<h2>Samples</h2>", bullets(samples)]
    if found.labels:
        parts.append("<h2>Labels of the same stars, second minus first</h2>")
    for name, table in found.labels.items():
        parts += [f"<h3>{html.escape(name)}</h3>", label_table(table)]
    if found.ledger is not None:
        parts += ["<h2>The ledger, side by side</h2>", ledger_table(found.ledger)]
    parts.append("<h2>Products that differ</h2>")
    parts += [details(found, product) for product in found.differing] or [
        "<p>None.</p>"
    ]
    alike = [product for product in found.products if product.state == BYTES]
    if alike:
        parts.append("<h2>Bytes that differ without meaning</h2>")
        rows = [(one.name, one.rule, "; ".join(one.small)) for one in alike]
        parts.append(grid(("product", "rule", "what differs"), rows))
    same = [one.name for one in found.products if one.state == SAME]
    if same:
        parts += ["<h2>The same to the byte</h2>", "<details><summary>"]
        parts += [f"{len(same)} products</summary>", bullets(same), "</details>"]
    return "\n".join(parts) + "\n"


def bullets(lines: Iterable[str]) -> str:
    """A list."""
    return "<ul>" + "".join(f"<li>{html.escape(x)}</li>" for x in lines) + "</ul>"


def grid(
    heads: Sequence[str],
    rows: Iterable[Sequence],
    numbers: Sequence[int] = (),
    marked: Sequence[bool] = (),
) -> str:
    """A table; columns of `numbers` are set flush right, `marked` rows coloured."""

    def cells(values, tag):
        return "".join(
            f"<{tag}{' class=n' if k in numbers else ''}>{html.escape(str(x))}</{tag}>"
            for k, x in enumerate(values)
        )

    body = [f"<tr>{cells(heads, 'th')}</tr>"]
    for k, row in enumerate(rows):
        mark = " class=differs" if len(marked) and marked[k] else ""
        body.append(f"<tr{mark}>{cells(row, 'td')}</tr>")
    return f"<div class=wide><table>{''.join(body)}</table></div>"


def details(found: Compared, product: Product) -> str:
    """A product that differs, to be opened."""
    by = f"<span class=small>{html.escape(origin(found, product.rule))}</span>"
    inner = []
    for part in product.parts:
        whole = Part(part.name, part.n_rows, part.keys, part.only_first)
        whole.only_second, whole.words = part.only_second, part.words
        whole.lost, whole.gained = part.lost, part.gained
        if part_lines(whole):
            inner.append(bullets(part_lines(whole)))
        if part.columns:
            rows = [
                (c.column, c.unit, c.n_apart, c.n, shown(c.median), shown(c.largest))
                + (" -> ".join(map(str, c.n_null)), "; ".join(c.words))
                for c in part.columns
            ]
            heads = ("column", "unit", "rows that differ", "of", "median difference")
            heads += ("largest difference", "nulls", "")
            inner.append(grid(heads, rows, (2, 3, 4, 5, 6)))
    if product.small:
        words = html.escape("; ".join(product.small))
        inner.append(f"<p class=small>Without meaning: {words}</p>")
    number = sum(len(part.columns) for part in product.parts)
    return (
        f"<details><summary><code>{html.escape(product.name)}</code>"
        f"{by} <span class=small>{number} columns</span>"
        f"</summary>{''.join(inner)}</details>"
    )


def shown(value: float) -> str:
    """A difference with its sign; empty if there is none."""
    return f"{value:+.3g}" if np.isfinite(value) else ""


def label_table(table: Table) -> str:
    """Differences of labels by SNR."""
    table, same = moving(table)
    rows = []
    for row in table:
        digits = LABELS[row["label"]].decimals + 2
        snr = f"{row['snr_min']:.1f} to {row['snr_max']:.1f}" if row["n"] else ""
        rows.append(
            (row["label"], row["unit"], snr if row["bin"] else f"all ({snr})", row["n"])
            + tuple(
                f"{row[key]:+.{digits}f}" if np.isfinite(row[key]) else ""
                for key in ("bias", "robust_bias")
            )
            + tuple(
                f"{row[key]:.{digits}f}" if np.isfinite(row[key]) else ""
                for key in ("e_bias", "scatter")
            )
        )
    heads = ("label", "unit", "SNR", "stars", "mean", "median", "error of the mean")
    unchanged = (
        f"<p class=small>Unchanged where both have it: {', '.join(same)}</p>"
        if same
        else ""
    )
    shown = grid((*heads, "scatter"), rows, (2, 3, 4, 5, 6, 7)) if rows else ""
    return shown + unchanged


def ledger_table(table: Table) -> str:
    """The ledgers of both runs."""

    def number(value):
        return f"{value:.5g}" if np.isfinite(value) else ""

    rows = [
        (row["id"], row["quantity"], row["unit"], row["paper"])
        + tuple(number(row[x]) for x in NUMBERS)
        + (row["status_first"], row["status_second"])
        for row in table
    ]
    heads = ("entry", "quantity", "unit", "paper", "first", "second", "error")
    return grid(
        (*heads, "first", "second"), rows, (3, 4, 5, 6), np.asarray(table["differs"])
    )


NUMBERS = "first", "second", "e_found"
