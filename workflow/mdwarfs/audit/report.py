"""The audit as a text that a person reads."""

import numpy as np

from mdwarfs.audit.contradictions import check


def write(ledger, run, claims, products, name):
    """The audit's findings in Markdown.

    Parameters
    ----------
    ledger : mdwarfs.audit.ledger.Ledger
    run : mdwarfs.audit.run.Run
    claims : astropy.table.Table
        As `mdwarfs.audit.claims.evaluate` makes it.
    products : astropy.table.Table
        As `mdwarfs.audit.products.audit` makes it.
    name : str
        Of the run.

    Returns
    -------
    str
    """
    parts = [
        f"# Audit of run {name}",
        _preface(run, claims),
        "## Numbers",
        _numbers(run, claims),
        *_shown("Figures", "figures", ledger.figures, claims),
        *_shown("Tables", "tables", ledger.tables, claims),
        "## Equations",
        _grid(
            ("id", "form", "module"),
            [
                (row["id"], row["form"], f"`{row['module']}`")
                for row in ledger.equations
            ],
        ),
        "## Where the paper contradicts itself or misprints",
        *(_contradiction(entry, run) for entry in ledger.contradictions),
        "## Products",
        _products(products),
    ]
    return "\n\n".join(parts) + "\n"


def number(value):
    """A number with four significant digits; counts in full; empty for NaN."""
    if not np.isfinite(value):
        return ""
    if float(value).is_integer() and abs(value) >= 1:
        return f"{int(value):,}"
    return f"{value:.4g}"


def _preface(run, claims):
    states, counts = np.unique(claims["status"], return_counts=True)
    text = ", ".join(f"{count} {state}" for state, count in zip(states, counts))
    text = f"{len(claims)} numbers of the paper: {text}."
    if run.simulated:
        agrees = np.asarray(claims["agrees"])
        text += (
            "\n\n**This run is of simulated stars.** It reproduces nothing of the sky; "
            "it shows whether the workflow finds what the simulation put in: of "
            f"{np.sum(agrees != '')} numbers that the simulation sets, it agrees in "
            f"{np.sum(agrees == 'yes')} and differs in {np.sum(agrees == 'no')}. "
            "(The scatters among them follow from the scatter against the truth, in "
            "quadrature with that of the other survey.)"
        )
    return text


def _numbers(run, claims):
    heads = ["id", "claim", "number", "unit", "paper", "run", "±"]
    heads += ["injected", "agrees"] if run.simulated else []
    rows = []
    for row in claims:
        paper = number(row["paper"])
        if row["rule"] == "between":
            paper += f" to {number(row['paper_upper'])}"
        paper = {"at_least": "≥ ", "at_most": "≤ "}.get(row["rule"], "") + paper
        cells = [row["id"], row["claim"], row["quantity"], row["unit"], paper]
        cells += [number(row["found"]), number(row["e_found"])]
        if run.simulated:
            cells += [number(row["injected"]), row["agrees"]]
        rows.append([*cells, row["status"]])
    return _grid([*heads, "status"], rows)


def _shown(title, folder, entries, claims):
    """Section of figures or tables: what each shows and the state of its numbers."""
    rows = []
    for entry in entries:
        own = np.isin(claims["id"], entry["numbers"])
        states, counts = np.unique(claims["status"][own], return_counts=True)
        state = ", ".join(f"{count} {state}" for state, count in zip(states, counts))
        stem = (
            f"{folder[:-1]}_{int(entry['id'][1:]):0{2 if folder == 'figures' else 1}d}"
        )
        rows.append(
            (
                entry["id"],
                entry["shows"],
                f"`{stem}`",
                ", ".join(entry["numbers"]),
                state,
            )
        )
    return f"## {title}", _grid(("id", "shows", "file", "numbers", "status"), rows)


def _contradiction(entry, run):
    text = (
        f"**{entry['id']}** ({entry['where']})\n\n"
        f"- as printed: {entry['printed']}\n- corrected: {entry['corrected']}\n"
        f"- taken here: {entry['decision']}\n- because: {entry['reason']}"
    )
    forms = check(run, entry["id"])
    if forms:
        rows = [
            (form.quantity, form.unit)
            + tuple(number(value) for value in (form.printed, form.corrected, form.run))
            for form in forms
        ]
        heads = ("quantity", "unit", "as printed", "corrected", "this run")
        text += "\n\n" + _grid(heads, rows)
    return text


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
    return text + "\n\n" + _grid(heads, rows)


def _grid(heads, rows):
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |"
        for line in lines
    )
