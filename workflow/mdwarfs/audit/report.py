"""The audit as a text that a person reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from mdwarfs.audit import data
from mdwarfs.audit.claims import SIGMAS
from mdwarfs.audit.contradictions import both_forms
from mdwarfs.audit.notation import apart, by_kind, number_texts
from mdwarfs.audit.paper_sample import against_the_paper
from mdwarfs.audit.truth import pull_widths, recovered
from mdwarfs.catalogues.nulls import Nulled
from mdwarfs.tables.markdown import grid, number

if TYPE_CHECKING:
    from mdwarfs.audit.ledger import Ledger
    from mdwarfs.audit.run import Run


COUNTED = ("stars", "pairs")  # units of numbers without an error


def write(
    ledger: Ledger,
    run: Run,
    claims: Table,
    products: Table,
    name: str,
    records: Sequence[dict] = (),
) -> str:
    """The audit's findings in Markdown.

    Parameters
    ----------
    claims
        As `mdwarfs.audit.claims.evaluate` makes it.
    products
        As `mdwarfs.audit.products.audit` makes it.
    name
        Of the run.
    records
        Of the raw files that come from archives.
    """
    parts = [
        f"# Audit of run {name}",
        _preface(run, claims),
        *data.section(records),
        "## Numbers",
        _numbers(run, claims),
        *_shown("Figures", "figure_{:02d}", ledger.figures, claims),
        *_shown("Tables", "table_{}", ledger.tables, claims),
        "## Equations",
        grid(
            ("id", "form", "module"),
            [
                (row["id"], row["form"], f"`{row['module']}`")
                for row in ledger.equations
            ],
        ),
        "## Where the paper contradicts itself or misprints",
        *(_contradiction(entry, run) for entry in ledger.contradictions),
        *against_the_paper(run),
        *recovered(run),
        *pull_widths(run),
        *_nulled(products),
        "## Products",
        _products(products),
    ]
    return "\n\n".join(parts) + "\n"


def _preface(run, claims):
    text = "\n".join(f"- {line}" for line in by_kind(claims))
    if run.simulated:
        set_by = np.asarray(claims["agrees"]) != ""
        counted = set_by & np.isin(claims["unit"], COUNTED)
        text += (
            "\n\n**This run is of simulated stars.** It reproduces nothing of the sky; "
            "it shows whether the workflow finds what the simulation put in. The "
            f"simulation sets {np.sum(set_by)} of the numbers. Counts, which must be "
            f"equal: {_verdict(claims[counted])}. Offsets and trends, which must lie "
            f"within {SIGMAS} standard errors of the run's number, with no allowance "
            f"beside: {_verdict(claims[set_by & ~counted])}. The other "
            f"{np.sum(~set_by)} have nothing independent to be held against; the "
            "scatters of SLAM's labels, for one, hang on SLAM's own errors."
        )
        differing = claims[np.asarray(claims["agrees"]) == "no"]
        text += "\n\n".join(["", "\n".join(f"- {apart(row)}" for row in differing)])
    return text


def _verdict(claims):
    """How many numbers agree with what was injected, and which do not."""
    differing = claims[np.asarray(claims["agrees"]) == "no"]
    text = f"{len(claims) - len(differing)} agree, {len(differing)} differ"
    if len(differing):
        names = (f"{row['id']} {row['quantity']}" for row in differing)
        text += f" ({'; '.join(names)})"
    return text


def _numbers(run, claims):
    heads = ["id", "claim", "number", "unit", "kind", "paper", "run", "±"]
    heads += ["injected", "agrees"] if run.simulated else []
    rows = []
    for row in claims:
        said = number_texts(row)
        cells = [row[x] for x in ("id", "claim", "quantity", "unit", "kind")]
        cells += [said[x] for x in ("paper", "found", "e_found")]
        if run.simulated:
            cells += [said["injected"], row["agrees"]]
        rows.append([*cells, row["status"], f"`{row['product']}`", row["rule"]])
    return grid([*heads, "status", "product", "rule"], rows)


def _shown(title, stem, entries, claims):
    """Section of figures or tables: what each shows and the state of its numbers."""
    rows = []
    for entry in entries:
        own = np.isin(claims["id"], entry["numbers"])
        states, counts = np.unique(claims["status"][own], return_counts=True)
        state = ", ".join(f"{count} {state}" for state, count in zip(states, counts))
        file = f"`{stem.format(int(entry['id'][1:]))}`"
        numbers = ", ".join(entry["numbers"])
        rows.append((entry["id"], entry["shows"], file, numbers, state))
    return f"## {title}", grid(("id", "shows", "file", "numbers", "status"), rows)


def _contradiction(entry, run):
    text = (
        f"**{entry['id']}** ({entry['where']})\n\n"
        f"- as printed: {entry['printed']}\n- corrected: {entry['corrected']}\n"
        f"- taken here: {entry['decision']}\n- because: {entry['reason']}"
    )
    forms = both_forms(run, entry["id"])
    if forms:
        rows = [
            (form.quantity, form.unit)
            + tuple(number(value) for value in (form.printed, form.corrected, form.run))
            for form in forms
        ]
        heads = ("quantity", "unit", "as printed", "corrected", "this run")
        text += "\n\n" + grid(heads, rows)
    return text


def _nulled(products):
    """Section of the values that the readers of catalogues made null."""
    rows = [
        (f"`{row['path']}`", nulled.column, nulled.reason, nulled.n, nulled.of)
        for row in products
        for nulled in map(Nulled.parse, filter(None, str(row["nulled"]).split("; ")))
    ]
    if not rows:
        return []
    heads = ("product", "column", "reason", "made null", "of values")
    return [
        "## Values made null",
        "Archives write numbers such as -9999 where they have no value; others lie "
        "outside what any star can have (`mdwarfs.tables.physical`). Both are null "
        "in the products.",
        grid(heads, rows),
    ]


def _products(products):
    problems = np.asarray(products["problems"], str)
    text = f"{len(products)} products; {np.sum(problems != '')} with problems."
    rows = [
        (
            f"`{row['path']}`",
            row["rule"],
            number(row["n_rows"]),
            number(row["n_columns"]),
        )
        + (number(row["n_nulls"]), row["problems"])
        for row in products
    ]
    heads = ("product", "rule", "rows", "columns", "nulls", "problems")
    return text + "\n\n" + grid(heads, rows)
