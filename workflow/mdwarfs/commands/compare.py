"""`mdwarfs compare`: compare the contents of two runs, not their bytes."""

import argparse

from mdwarfs import tables
from mdwarfs.commands.outputs import writable

EQUAL, DIFFERENT = 0, 1


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    command = commands.add_parser(
        "compare",
        help="compare the contents of two runs",
        description="Compare the products of two runs: rows matched by identifier, "
        "columns with tolerances, nulls, flags; differences of labels by SNR; the "
        "ledger side by side. Products whose bytes differ without meaning (dates, "
        "versions, order, rounding) are reported as such. Figures, logs and raw files "
        "are not compared. Exit status: 0 if the runs are equal within the "
        "tolerances, 1 if they differ, 2 if something is wrong.",
    )
    command.add_argument("first", metavar="RUN", help="such as results/simulated")
    command.add_argument("second", metavar="RUN", help="another")
    command.add_argument(
        "--tolerances",
        metavar="FILE",
        help="YAML: a list of entries with the keys product, column, unit, absolute, "
        "relative, ignored, which come before those of the program "
        "(workflow/mdwarfs/comparing/tolerances.yaml says what they mean)",
    )
    command.add_argument(
        "--json", metavar="FILE", type=writable, help="write it as JSON"
    )
    command.add_argument("--html", metavar="FILE", type=writable, help="write a page")
    command.add_argument(
        "--all",
        action="store_true",
        help="print what differs in every product, and all numbers of the ledger",
    )
    command.set_defaults(function=compare)


def compare(options: argparse.Namespace) -> int:
    """Compare, print and write; returns the exit status."""
    from mdwarfs.comparing import page, report, runs, tolerances

    entries = tolerances.read(options.tolerances)
    found = runs.compare(options.first, options.second, entries)
    if options.json is not None:
        tables.write_text(options.json, report.as_json(found))
    if options.html is not None:
        tables.write_text(options.html, page.page(found))
    print(report.text(found, options.all), flush=True)
    return EQUAL if found.equal else DIFFERENT
