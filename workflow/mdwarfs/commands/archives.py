"""`mdwarfs archives`: list the requests of a real run, or check the archives."""

import argparse
import contextlib
import logging
from collections.abc import Iterator

from mdwarfs.commands.outputs import writable
from mdwarfs.config import schema_path
from mdwarfs.labelling.beside_model import CONFIG, checkout_of


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    archives = commands.add_parser("archives", help="what a real run fetches")
    commands = archives.add_subparsers(required=True, metavar="command")
    command = commands.add_parser(
        "plan",
        help="list every request to the archives",
        description="List what a run would ask of which archive, with the rows and "
        "bytes to be expected, before anything is fetched.",
    )
    add_configfile(command)
    command.set_defaults(function=plan)
    command = commands.add_parser(
        "check",
        help="ask each archive whether it is as a run assumes",
        description="Send every archive that a run would use the smallest request "
        "that proves what the run assumes about it: address, certificate, table, "
        "columns and their types, a row, a spectrum, a part of a file, the fields of "
        "a form. It takes less than two minutes and 5 MB. Exit status: 0 if nothing "
        "that it found would stop a run, 1 if something would, 2 if the command or "
        "the configuration is wrong.",
    )
    add_configfile(command)
    command.add_argument(
        "--all",
        action="store_true",
        help="test both routes of each input, not only the one in the configuration",
    )
    command.add_argument(
        "--json",
        metavar="FILE",
        type=writable,
        help="also write the findings to this file",
    )
    command.set_defaults(function=check)


def add_configfile(command: argparse.ArgumentParser) -> None:
    """Give a command the option that names configurations."""
    command.add_argument(
        "--configfile",
        nargs="+",
        default=[CONFIG.with_name("dr19.yaml")],
        metavar="FILE",
        help="configurations, as for Snakemake; keys that they lack are taken from the "
        "config.yaml of their checkout; default: its config/dr19.yaml",
    )


def plan(options: argparse.Namespace) -> int:
    """`mdwarfs archives plan`; returns the exit status."""
    from mdwarfs.archives.plan import print_plan  # slow to import: astroquery

    root = checkout_of(options.configfile[0], "--configfile")
    default = root / "config" / CONFIG.name
    print_plan([default, *options.configfile], schema_path(root))
    return 0


def check(options: argparse.Namespace) -> int:
    """`mdwarfs archives check`; returns the exit status."""
    from mdwarfs.archives.check import print_check  # slow to import: astroquery

    root = checkout_of(options.configfile[0], "--configfile")
    default = root / "config" / CONFIG.name
    paths = [default, *options.configfile]
    with only_errors():  # failed attempts are in the table
        return print_check(paths, schema_path(root), options.all, options.json)


@contextlib.contextmanager
def only_errors() -> Iterator[None]:
    """Log nothing less than errors."""
    log = logging.getLogger()
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)
