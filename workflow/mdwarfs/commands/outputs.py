"""Check before the work whether the output files of a command can be written.

Every option that names a file to write has the type `writable`, or what `with_suffix`
makes.
"""

import argparse
from collections.abc import Callable, Sequence
from os.path import realpath  # of a link to itself too
from pathlib import Path

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.run.folder import CONFIGURATION


def writable(text: str) -> Path:
    """Path of a file to write, if it can be: the work is not to be done in vain."""
    path = Path(text)
    try:
        tables.require_writable(path)
        require_outside_runs(path)
    except InputError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return path


def with_suffix(suffixes: Sequence[str]) -> Callable[[str], Path]:
    """What `writable` says of files that have one of these suffixes."""

    def output(text: str) -> Path:
        if Path(text).suffix not in suffixes:
            raise argparse.ArgumentTypeError(
                f"{text!r} does not end in {', '.join(suffixes)}"
            )
        return writable(text)

    return output


def require_outside_runs(output: Path) -> None:
    """Refuse an output in a folder of a run, which the workflow writes.

    Raises
    ------
    InputError
        With the run.
    """
    # a link is replaced, and not what it leads to: both places count
    places = Path(realpath(output.parent), output.name), Path(realpath(output))
    for run in (folder for place in places for folder in place.parents):
        if (run / CONFIGURATION).is_file():
            raise InputError(
                f"{output} would lie among the parts of the run {run}, which the "
                "workflow writes: choose another folder"
            )
