"""Compare two runs: products, labels by SNR, ledger and configuration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.audit import notation
from mdwarfs.comparing import lineage
from mdwarfs.comparing import products as each
from mdwarfs.comparing.rows import match_rows
from mdwarfs.comparing.tolerances import Tolerance, tolerance_of
from mdwarfs.config import read_config
from mdwarfs.errors import InputError
from mdwarfs.labels import LABELS
from mdwarfs.run.folder import CONFIGURATION, products
from mdwarfs.tables.tabulate import from_rows
from mdwarfs.types import PathLike
from mdwarfs.validation import by_snr

LEDGER = "audit/claims.ecsv"
CATALOGUES = "catalogue/slam_labels.fits", "catalogue/hybrid_labels.fits"
WITNESSES = CONFIGURATION, LEDGER, "provenance"
"""What the folder of a run has, one or the other."""
TOLD = "found", "e_found", "status"
"""What is told of each number of a ledger."""
EDGES = (3, 5, 8, 12)
"""Bounds of SNR bins, where the first run's configuration has none."""


@dataclass
class Compared:
    """Two runs.

    Attributes
    ----------
    first, second
        Their folders.
    products
        Of both runs.
    only_first, only_second
        Products that the other lacks.
    configuration
        Keys that differ, in words.
    labels
        By catalogue: differences of labels, second minus first, by label and SNR, with
        the columns of `mdwarfs.validation.by_snr.COLUMNS`.
    begun
        By rule of a product that differs, the rules at which it can have begun, see
        `mdwarfs.comparing.lineage.origins`.
    raw
        Rules whose raw files are others, if the records of both runs tell.
    stars
        Stars of the catalogue of the first run, of the second, and of both; None if one
        has no catalogue.
    ledger
        A row per number of the ledger: LEDGER_COLUMNS; what moved by most of its
        standard errors first.
    """

    first: str
    second: str
    products: list[each.Product] = field(default_factory=list)
    only_first: list[str] = field(default_factory=list)
    only_second: list[str] = field(default_factory=list)
    configuration: list[str] = field(default_factory=list)
    labels: dict[str, Table] = field(default_factory=dict)
    begun: dict[str, list[str]] = field(default_factory=dict)
    raw: list[str] = field(default_factory=list)
    stars: tuple[int, int, int] | None = None
    ledger: Table | None = None

    @property
    def differing(self) -> list[each.Product]:
        """Products that differ in meaning."""
        return [one for one in self.products if one.state == each.DIFFERS]

    @property
    def equal(self) -> bool:
        """Whether the runs have the same products, and these the same meaning."""
        return not (self.differing or self.only_first or self.only_second)


LEDGER_COLUMNS = {
    "id": ("", "Entry of the ledger"),
    "quantity": ("", "Which number of the claim"),
    "unit": ("", "Unit of the numbers of the row"),
    "paper": ("", "What the paper says: a number, a limit or a range"),
    "first": ("", "Number of the first run"),
    "second": ("", "Number of the second run"),
    "e_first": ("", "Standard error of the number of the first run"),
    "e_second": ("", "Standard error of the number of the second run"),
    "sigmas": ("", "Second minus first over both standard errors together"),
    "status_first": ("", "Status in the first run"),
    "status_second": ("", "Status in the second run"),
    "differs": ("", "Whether number or status differ by more than is allowed"),
}


def compare(
    first: PathLike, second: PathLike, entries: Sequence[Tolerance]
) -> Compared:
    """Compare two runs.

    Parameters
    ----------
    first, second
        Folders of runs, such as results/simulated.
    entries
        See `mdwarfs.comparing.tolerances.read`.

    Raises
    ------
    InputError
        If one is no folder of a run.
    """
    folders = Path(first), Path(second)
    for folder in folders:
        each.require_readable(folder)
        require_whole(folder)
    one, two = (products(folder, each.SUFFIXES) for folder in folders)
    (made_by, graph), (others, _) = map(lineage.of_run, folders)
    made_by = others | made_by
    both, only_first, only_second = each.of_names(list(one), list(two))
    found = Compared(str(first), str(second), [], only_first, only_second)
    for name in both:
        if name == CONFIGURATION:
            said = (read_config([folder / name]) for folder in folders)
            found.configuration = each.configurations(*said)
        else:
            rule = made_by.get(name, "")
            pair = one[name], two[name]
            found.products.append(each.compare_product(name, *pair, entries, rule))
    readable = {x.name for x in found.products if x.readable}
    if CATALOGUES[0] in readable:
        pair = [tables.read(place[CATALOGUES[0]]) for place in (one, two)]
        found.stars = *map(len, pair), len(match_rows(*pair).first)
    found.raw = lineage.others(*map(lineage.raw_files, folders))
    for name in CATALOGUES:
        if found.stars and not found.stars[2]:
            break  # there is no label of the same star
        if name in readable & {x.name for x in found.differing}:
            found.labels[name] = label_differences(
                tables.read(one[name]), tables.read(two[name]), edges(folders[0])
            )
    if LEDGER in readable:
        found.ledger = ledger(
            tables.read(one[LEDGER]), tables.read(two[LEDGER]), entries
        )
    found.begun = lineage.origins([x.rule for x in found.differing], graph)
    return found


def require_whole(folder: Path) -> None:
    """Refuse what is no run: a folder of one, or the folder above runs.

    Its products would have no counterpart.

    Raises
    ------
    InputError
        With the run's folder, if it is known.
    """
    if is_run(folder):
        return
    above = folder.resolve().parent
    if is_run(above):
        raise InputError(
            f"{folder} is a part of the run {above}: give the folder of the whole run"
        )
    below = [str(path) for path in sorted(folder.iterdir()) if is_run(path)]
    raise InputError(
        f"{folder} holds no results of a run: it has none of {', '.join(WITNESSES)}. "
        f"Give the folder of a run, as {' or '.join(below) or 'results/simulated'}"
    )


def is_run(folder: Path) -> bool:
    """Whether a folder has what that of a run has."""
    return any((folder / name).exists() for name in WITNESSES)


def edges(folder: Path) -> Sequence[float]:
    """Bounds of the SNR bins of a run's comparisons."""
    path = folder / CONFIGURATION
    if not path.is_file():
        return EDGES
    return read_config([path]).get("comparisons", {}).get("snr_edges", EDGES)


def label_differences(first: Table, second: Table, edges: Sequence[float]) -> Table:
    """Differences of the labels of the same stars, second minus first, by SNR."""
    rows = match_rows(first, second)
    names = [x for x in LABELS if x in first.colnames and x in second.colnames]
    snr = np.asarray(first["snr"], float)[rows.first]
    lines = []
    for name in names:
        one, two = (
            np.asarray(table[name], float)[index]
            for table, index in ((first, rows.first), (second, rows.second))
        )
        lines += by_snr.statistics(name, two - one, snr, edges)
    return from_rows(lines, by_snr.COLUMNS)


def ledger(first: Table, second: Table, entries: Sequence[Tolerance]) -> Table:
    """The ledgers of two runs side by side."""
    rows = match_rows(first, second)
    tolerance = tolerance_of(entries, LEDGER, "found", "")
    lines = []

    def line(of, found, errors, states, differs):
        sigmas = (
            (found[1] - found[0]) / np.hypot(*errors) if min(errors) > 0 else np.nan
        )
        lines.append(
            (of["id"], of["quantity"], of["unit"], notation.paper(of), *found, *errors)
            + (sigmas, *states, bool(differs))
        )

    for i, j in zip(rows.first, rows.second):
        a, b = first[i], second[j]
        found = [np.array([float(x["found"])]) for x in (a, b)]
        differs = tolerance.exceeded(*found)[0] or a["status"] != b["status"]
        line(a, *([x[name] for x in (a, b)] for name in TOLD), differs)
    for table, alone, at in (
        (first, rows.only_first, 0),
        (second, rows.only_second, 1),
    ):
        for row in table[alone] if len(alone) else ():
            said = [np.nan, np.nan], [np.nan, np.nan], ["", ""]
            for pair, name in zip(said, TOLD):
                pair[at] = row[name]
            line(row, *said, True)
    table = from_rows(lines, LEDGER_COLUMNS)
    return table[np.argsort(-np.nan_to_num(np.abs(table["sigmas"])), kind="stable")]
