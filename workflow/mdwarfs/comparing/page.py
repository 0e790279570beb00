"""A comparison of two runs as a page of HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

import numpy as np
from astropy.table import Table

from mdwarfs.comparing.products import BYTES, SAME, Product
from mdwarfs.comparing.report import (
    moving,
    origin,
    sample_lines,
    stars_line,
    table_lines,
    verdict,
    where_it_begins,
    with_error,
)
from mdwarfs.comparing.runs import Compared
from mdwarfs.labels import LABELS

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
    for said in filter(None, (where_it_begins(found), stars_line(found))):
        parts.append(f"<p>{html.escape(said[0].upper() + said[1:])}.</p>")
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
    return "\n".join(with_contents(parts)) + "\n"


def with_contents(parts: list[str]) -> list[str]:
    """Parts of a page whose headings are anchors, listed after the verdict."""
    links, found = [], []
    for part in parts:
        heading = re.fullmatch(r"<h2>(.*)</h2>", part)
        if heading:
            links.append(f"<a href=#s{len(links)}>{heading[1]}</a>")
            part = f"<h2 id=s{len(links) - 1}>{heading[1]}</h2>"
        found.append(part)
    after = next(k for k, part in enumerate(found) if "verdict" in part and k > 2) + 1
    return [*found[:after], f"<nav>{' · '.join(links)}</nav>", *found[after:]]


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
        if lines := table_lines(part):
            inner.append(bullets(lines))
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
        whole = f"all ({snr})" if snr else "all"
        rows.append(
            (row["label"], row["unit"], snr if row["bin"] else whole, row["n"])
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
    rows = [
        (row["id"], row["quantity"], row["unit"], row["paper"])
        + tuple(with_error(row, which) for which in ("first", "second"))
        + (f"{row['sigmas']:+.1f}" if np.isfinite(row["sigmas"]) else "",)
        + (row["status_first"], row["status_second"])
        for row in table
    ]
    heads = ("entry", "quantity", "unit", "paper", "first", "second", "sigma")
    return grid(
        (*heads, "first", "second"), rows, (3, 4, 5, 6), np.asarray(table["differs"])
    )
