"""`mdwarfs datamodel`: write the page that describes every product of a run."""

import argparse

from mdwarfs import tables
from mdwarfs.commands.outputs import writable
from mdwarfs.run.datamodel import page


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    command = commands.add_parser(
        "datamodel",
        help="describe every file and column of a run",
        description="Write a page of Markdown that says what is in every product of a "
        "run: extensions, columns, units, meaning. docs/datamodel.md is that of the "
        "small simulated run.",
    )
    command.add_argument("run", metavar="RUN", help="its folder, as results/simulated")
    command.add_argument(
        "-o", "--output", metavar="FILE", type=writable, help="default: print it"
    )
    command.set_defaults(function=write)


def write(options: argparse.Namespace) -> int:
    """Write the page; returns the exit status."""
    text = page(options.run)
    if options.output is None:
        print(text, end="")
    else:
        tables.write_text(options.output, text)
    return 0
