"""Check before the work whether the output files of a command can be written."""

import argparse
from pathlib import Path

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.run.folder import CONFIGURATION

SUFFIXES = (".ecsv", ".fits", ".csv")


def writable(text: str) -> Path:
    """Path of a file to write, if it can be: the work is not to be done in vain."""
    try:
        tables.require_writable(text)
    except InputError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return Path(text)


def output(text: str) -> Path:
    """Path of a table to write, if it can be and its suffix is in `SUFFIXES`."""
    if Path(text).suffix not in SUFFIXES:
        raise argparse.ArgumentTypeError(
            f"{text!r} does not end in {', '.join(SUFFIXES)}"
        )
    return writable(text)


def require_outside_runs(output: Path) -> None:
    """Refuse an output in a folder of a run, which the workflow writes.

    Raises
    ------
    InputError
        With the run.
    """
    place = output.resolve()
    for run in place.parents[1:]:
        if (run / CONFIGURATION).is_file():
            raise InputError(
                f"{output} would lie among the parts of the run {run}, which the "
                "workflow writes: choose another folder"
            )
