"""The command `mdwarfs`: labels for spectra, and questions about runs and archives."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from errno import EACCES, EBADF, EDQUOT, EIO, ELOOP, ENAMETOOLONG, ENOSPC, EPERM
from importlib import import_module

from mdwarfs import __version__
from mdwarfs.errors import InputError

COMMANDS = (
    "predict",
    "show",
    "compare",
    "flags",
    "export",
    "datamodel",
    "trace",
    "archives",
)
"""Modules of `mdwarfs.commands` in the order in which the help has them; each has
`add`."""
WRONG_USE = 2
"""Exit status; 0 and 1 are the commands' own."""
READER_GONE = 128 + 13
"""That of a process that SIGPIPE has ended."""

UNUSABLE = EACCES, EPERM, ENAMETOOLONG, ELOOP
"""What is wrong with a file that is named, whatever it is for."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status.

    Parameters
    ----------
    arguments
        Default: those of the process.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = parser(*given[:1]).parse_args(given)
    logging.basicConfig(format="mdwarfs: %(message)s", level=logging.INFO)
    try:
        status = options.function(options)
        sys.stdout.flush()  # here, or else Python fails after the end
        return status
    except InputError as error:
        print(f"mdwarfs: {error}", file=sys.stderr)
        return WRONG_USE
    except BrokenPipeError:  # who read what was printed has gone
        _close_stdout()
        return READER_GONE
    except OSError as error:
        if error.errno in UNUSABLE and error.filename:
            print(f"mdwarfs: {error.filename}: {error.strerror}", file=sys.stderr)
            return WRONG_USE
        if error.errno not in (ENOSPC, EDQUOT, EIO, EBADF) or error.filename:
            return _fault()
        _close_stdout()  # what is left of the text would fail again at the end
        print(f"mdwarfs: nothing can be printed: {error.strerror}", file=sys.stderr)
        return WRONG_USE
    except Exception:  # or else Python would end with 1, which says something else
        return _fault()


def _fault():
    """Say that the program failed, and with what."""
    traceback.print_exc()
    print("mdwarfs: this is a fault of the program", file=sys.stderr)
    return WRONG_USE


def _close_stdout():
    """Let go of what could not be printed."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def parser(first: str = "") -> argparse.ArgumentParser:
    """The parser of the command line.

    Parameters
    ----------
    first
        What stands first in it. If it is a command, the modules of the others, which
        take long to import, are not asked for theirs.
    """
    top = argparse.ArgumentParser(
        prog="mdwarfs", description="Stellar labels of M dwarfs from optical spectra."
    )
    top.add_argument("--version", action="version", version=f"mdwarfs {__version__}")
    commands = top.add_subparsers(required=True, metavar="command")
    for command in [first] if first in COMMANDS else COMMANDS:
        import_module(f"mdwarfs.commands.{command}").add(commands)
    return top


if __name__ == "__main__":
    sys.exit(main())
