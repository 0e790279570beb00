"""`mdwarfs export`: write a product in another format, with units and descriptions."""

import argparse
from pathlib import Path

from mdwarfs.commands.outputs import with_suffix
from mdwarfs.errors import InputError
from mdwarfs.tables import export


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    command = commands.add_parser(
        "export",
        help="write a catalogue as VOTable, Parquet, FITS, ECSV or CSV",
        description="Write a table of a run in another form. VOTable and Parquet keep "
        "the units and the descriptions of the columns and what the header says; CSV "
        "has none of these, but columns of the run and whether it is simulated; "
        "Parquet takes pyarrow (pip install 'mdwarfs[parquet]').",
    )
    command.add_argument("catalogue", metavar="CATALOGUE", help="a .fits or .ecsv file")
    command.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        required=True,
        type=with_suffix(tuple(export.FORMS)),
        help=f"its suffix says the form: {', '.join(export.FORMS)}",
    )
    command.add_argument(
        "--columns",
        metavar="NAME",
        nargs="+",
        help="these columns alone; default: all",
    )
    command.set_defaults(function=run)


def run(options: argparse.Namespace) -> int:
    """Write the file; returns the exit status."""
    source = Path(options.catalogue)
    if options.output.exists() and source.exists() and options.output.samefile(source):
        raise InputError(f"{options.output}: the output would overwrite the input")
    export.export(source, options.output, options.columns)
    return 0
