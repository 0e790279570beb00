"""Compare a run with stored numbers: statistics of every column, and some tables.

The numbers of a run change slightly with the version of Python and the linear algebra
library; the tolerances say which changes are negligible.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
import yaml
from astropy.io import fits
from astropy.table import Column, Table

from mdwarfs import tables
from mdwarfs.comparing import lineage
from mdwarfs.comparing.columns import FLAGS
from mdwarfs.comparing.lineage import Graph, origins
from mdwarfs.comparing.products import DIFFERS, DIGESTS, MADE, compare_product
from mdwarfs.comparing.report import indented, part_lines
from mdwarfs.comparing.rows import STARS
from mdwarfs.comparing.tolerances import read as read_entries
from mdwarfs.errors import InputError
from mdwarfs.run.folder import products
from mdwarfs.slam.infer.flags import Flag
from mdwarfs.types import PathLike

STATISTICS, GRAPH, TOLERANCES = "statistics.json", "rules.json", "tolerances.yaml"
TABLE_TOLERANCES = "table_tolerances.yaml"
WHOLE = (
    "audit/claims.ecsv", "audit/recovered_counts.ecsv", "comparisons/summary.ecsv",
    "comparisons/aspcap_correction.ecsv", "samples/candidate_counts.ecsv",
    "samples/niu_sign.ecsv", "samples/pairs_fgk_fgk_counts.ecsv",
    "samples/pairs_fgk_m_counts.ecsv", "samples/pairs_m_m_counts.ecsv",
    "tables/table_2.ecsv", "validation/calibration.ecsv",
    "validation/power_laws.ecsv",
)  # fmt: skip
"""Small tables that are stored as they are."""
FEW = 12
"""Distinct texts of a column up to which each is counted."""
QUANTILES = {"p16": 0.16, "p50": 0.5, "p84": 0.84}
BOOKKEEPING = {"sha256", "n_bytes"}
DIGITS = 9


@dataclass(frozen=True)
class Allowed:
    """How far statistics may move: an entry of tolerances.yaml, the first that fits.

    Attributes
    ----------
    product, column
        Patterns.
    spread
        Share of the column's standard deviation, of mean and quantiles.
    relative
        Share of the number itself, of all but counts.
    absolute
        In the unit of the column, likewise.
    counts
        Share of the rows, of counts: rows, nulls, flags, texts.
    rows
        Counts may move by so many in any case.
    noisy
        Whether more than 1 % is allowed, since rounding alone moves it.
    why
        The reason.
    """

    product: str = "*"
    column: str = "*"
    spread: float = 0.0
    relative: float = 0.0
    absolute: float = 0.0
    counts: float = 0.0
    rows: int = 0
    noisy: bool = False
    why: str = ""


@dataclass(frozen=True)
class Moved:
    """A number that is not that of the baseline.

    Attributes
    ----------
    product, column, statistic
        Which it is; the column is empty of a whole product.
    before, after
        Null where it is not there.
    allowed
        How far it might have moved.
    """

    product: str
    column: str
    statistic: str
    before: float | None
    after: float | None
    allowed: float = 0.0

    def __str__(self) -> str:
        name = f"{self.column}: {self.statistic}" if self.column else self.statistic
        if self.before is None or self.after is None:
            return f"{name} was {self.before}, is {self.after}"
        change = self.after - self.before
        share = f", {100 * change / self.before:+.2g} %" if self.before else ""
        return (
            f"{name} {self.before:.6g} -> {self.after:.6g} ({change:+.2g}{share}; "
            f"{self.allowed:.2g} allowed)"
        )


def statistics(path: Path) -> dict[str, dict]:
    """Statistics of a product by column; those of an extension before its name.

    Parameters
    ----------
    path
        A .fits or .ecsv product.
    """
    if path.suffix != ".fits":
        return of_table(tables.read(path), "")
    found = {}
    with fits.open(path, memmap=False) as hdus:
        for name, one in tables.tables_and_images(hdus).items():
            if isinstance(one, Table):
                found |= of_table(one, f"{name}." if len(hdus) > 2 else "")
            else:
                found[name] = {"rows": len(one.data)} | of_numbers(one.data)
    return found


def of_table(table: Table, prefix: str) -> dict[str, dict]:
    """Statistics of each column but identifiers; the rows stand under `prefix`*."""
    found: dict[str, dict] = {f"{prefix}*": {"rows": len(table)}}
    for name in table.colnames:
        if name.rstrip("12") not in {x.rstrip("12") for x in STARS} | BOOKKEEPING:
            found[prefix + name] = of_column(table[name])
    return found


def of_column(column: Column) -> dict:
    """Statistics of a column."""
    values = np.asarray(column)
    unit = {} if column.unit is None else {"unit": str(column.unit)}
    if values.dtype.kind == "b":
        return {"counts": {"true": int(values.sum())}}
    if values.dtype.kind in "US":
        counts = Counter(values.ravel().tolist())
        if len(counts) > FEW:
            return {"counts": {"distinct": len(counts), "empty": counts.get("", 0)}}
        return {"counts": dict(sorted(counts.items()))}
    if values.dtype.kind in "iu" and FLAGS.fullmatch(column.name):
        bits = {flag: int(np.sum((values & int(flag)) != 0)) for flag in Flag}
        return {"counts": {x.name.lower(): n for x, n in bits.items() if n}}
    return unit | of_numbers(values)


def of_numbers(values: np.ndarray) -> dict:
    """Mean, standard deviation and quantiles of numbers, and how many are null."""
    values = np.asarray(values, float).ravel()
    known = values[np.isfinite(values)]
    found: dict = {"counts": {"null": len(values) - len(known)}}
    if len(known):
        found |= {"mean": known.mean(), "std": known.std()}
        found |= dict(zip(QUANTILES, np.quantile(known, list(QUANTILES.values()))))
    return {
        key: value if key == "counts" else float(f"{value:.{DIGITS}g}")
        for key, value in found.items()
    }


def of_run(run: PathLike) -> dict[str, dict]:
    """Statistics of all products of a run, with the rule that makes each.

    Returns
    -------
    entries
        By product: `rule`, and `columns` by name.
    """
    made_by, _ = lineage.of_run(run)
    return {
        name: {"rule": made_by.get(name, ""), "columns": statistics(path)}
        for name, path in products(run).items()
    }


def store(run: PathLike, folder: PathLike) -> None:
    """Make a run the baseline; the tolerances that lie there stay.

    Parameters
    ----------
    folder
        Of the baseline.
    """
    folder = Path(folder)
    _, graph = lineage.of_run(run)
    tables.write_text(folder / STATISTICS, written(of_run(run)))
    tree = {rule: sorted(graph[rule]) for rule in sorted(graph)}
    tables.write_text(folder / GRAPH, json.dumps(tree, indent=0) + "\n")
    shutil.rmtree(folder / "tables", ignore_errors=True)
    for name in WHOLE:
        table = tables.read(Path(run, name))
        for key in (*DIGESTS, *MADE):
            table.meta.pop(key, None)
        with tables.atomic(folder / "tables" / name) as part:
            table.write(part, format="ascii.ecsv")


def written(found: dict[str, dict]) -> str:
    """Statistics as JSON, a line for each column, so that a change is seen as one."""
    lines = []
    for name, one in found.items():
        columns = ",\n".join(
            f"   {json.dumps(column)}: {json.dumps(values)}"
            for column, values in one["columns"].items()
        )
        rule = json.dumps(one["rule"])
        lines.append(
            f' {json.dumps(name)}: {{"rule": {rule}, "columns": {{\n{columns}}}}}'
        )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def load(folder: PathLike) -> tuple[dict[str, dict], Graph, list[Allowed]]:
    """Statistics, rules and tolerances of a baseline.

    Raises
    ------
    InputError
        If one of the files is missing or has an entry that is none.
    """
    folder = Path(folder)
    known = {field.name for field in fields(Allowed)}
    try:
        found, graph = (
            json.loads((folder / name).read_text(encoding="utf-8"))
            for name in (STATISTICS, GRAPH)
        )
        text = (folder / TOLERANCES).read_text(encoding="utf-8")
        allowed = yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise InputError(f"{folder} holds no baseline: {error}") from error
    for entry in allowed:
        if not entry.keys() <= known:
            raise InputError(f"{folder / TOLERANCES}: {entry} has keys that are none")
    return found, graph, [Allowed(**entry) for entry in allowed]


def moved(
    found: dict[str, dict], baseline: dict[str, dict], allowed: Sequence[Allowed]
) -> list[Moved]:
    """What of a run is not as in the baseline.

    Parameters
    ----------
    found, baseline
        As `of_run` gives them.
    """
    out = []
    for name in dict.fromkeys([*baseline, *found]):
        if name not in found or name not in baseline:
            there = [float(name in x) or None for x in (baseline, found)]
            out.append(Moved(name, "", "product", *there))
            continue
        own, before = found[name]["columns"], baseline[name]["columns"]
        rows = max(x["rows"] for x in before.values() if "rows" in x)
        for column in dict.fromkeys([*before, *own]):
            if column not in own or column not in before:
                there = [float(column in x) or None for x in (before, own)]
                out.append(Moved(name, column, "column", *there))
                continue
            limits = limits_of(allowed, name, column)
            out += changes(name, column, before[column], own[column], limits, rows)
    return out


def limits_of(allowed: Sequence[Allowed], product: str, column: str) -> Allowed:
    """The first entry that is about a column; nothing is allowed if there is none."""
    for one in allowed:
        if fnmatchcase(product, one.product) and fnmatchcase(column, one.column):
            return one
    return Allowed()


def changes(
    product: str, column: str, before: dict, after: dict, limits: Allowed, rows: int
) -> list[Moved]:
    """Statistics of one column that moved farther than is allowed."""
    out = []
    if before.get("unit") != after.get("unit"):
        what = f"unit ({before.get('unit')} became {after.get('unit')})"
        out.append(Moved(product, column, what, None, None))
    count = limits.rows + limits.counts * rows
    pairs = {
        key: (before.get("counts", {}).get(key, 0), after.get("counts", {}).get(key, 0))
        for key in {**before.get("counts", {}), **after.get("counts", {})}
    }
    if "rows" in before:
        pairs["rows"] = before["rows"], after.get("rows", 0)
    for key, (a, b) in pairs.items():
        if abs(a - b) > count:
            what = key if key == "rows" else f"number of {key or 'empty'!s}"
            out.append(Moved(product, column, what, a, b, count))
    for key in ("mean", "std", *QUANTILES):
        a, b = before.get(key), after.get(key)
        if a is None and b is None:
            continue
        spread = before.get("std", 0.0) if key != "std" else 0.0
        by = limits.relative * abs(a or 0.0) + limits.spread * spread + limits.absolute
        if a is None or b is None or abs(a - b) > by:
            out.append(Moved(product, column, key, a, b, by))
    return out


def check(run: PathLike, folder: PathLike) -> str:
    """What of a run is not as in a baseline, in words; empty if all is.

    Parameters
    ----------
    run
        Folder of a run.
    folder
        Of a baseline.
    """
    baseline, graph, allowed = load(folder)
    found = of_run(run)
    said: dict[str, list[str]] = {}
    for one in moved(found, baseline, allowed):
        said.setdefault(one.product, []).append(str(one))
    entries = read_entries(Path(folder) / TABLE_TOLERANCES)
    for name in WHOLE:
        stored, own = Path(folder, "tables", name), Path(run, name)
        if own.is_file():
            product = compare_product(name, stored, own, entries)
            if product.state == DIFFERS:
                lines = [line for part in product.parts for line in part_lines(part)]
                said.setdefault(name, []).extend(lines)
    made_by = {
        name: (found.get(name) or baseline.get(name) or {"rule": ""})["rule"]
        for name in said
    }
    return in_words(said, made_by, graph)


def in_words(said: dict[str, list[str]], made_by: dict[str, str], graph: Graph) -> str:
    """What moved, by product, those at which it can have begun first."""
    if not said:
        return ""
    begun = origins(made_by.values(), graph)
    first = sorted(rule for rule, above in begun.items() if not above)
    lines = [
        "the run is not that of the baseline; it begins with the products of "
        + ", ".join(first)
    ]
    for name in sorted(said, key=lambda name: bool(begun.get(made_by[name]))):
        rule = made_by[name]
        below = begun.get(rule, [])
        of = f", downstream of {', '.join(below)}" if below else ""
        lines += [f"{name} (rule {rule or 'unknown'}{of})", *indented(said[name])]
    return "\n".join(lines)
