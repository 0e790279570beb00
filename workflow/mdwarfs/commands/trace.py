"""`mdwarfs trace`: where a number, a file, a column or a star of a run comes from."""

import argparse
import json

from mdwarfs.provenance import trace
from mdwarfs.provenance.telling import alarms, text

TOLD, DOUBTFUL = 0, 1
"""Exit status."""


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    command = commands.add_parser(
        "trace",
        help="say where a number, a file, a column or a star of a run comes from",
        description="Trace something in a run back to the archives: which product has "
        "it, which rule made that product, when, with which parameters, code and "
        "packages, and from which inputs. It needs only the run's folder, wherever "
        "that is. Exit status: 0; 1 if something does not match the records, such as "
        "a file that was changed after its step, or a step of another configuration "
        "(the lines that begin with !); 2 if the run has nothing of that name, or no "
        "records.",
    )
    command.add_argument(
        "question",
        nargs="+",
        metavar="WHAT",
        help="a number of the audit, by its entry and words of its quantity (R1 teff "
        "std; of given spectra: SLAM teff std); one of Table 2 (table 2 R3 teff); a "
        "file, by its path or name; a column (slam_labels.fits:teff); a star, by its "
        "source_id, sdss_id or given id",
    )
    command.add_argument(
        "--run",
        required=True,
        metavar="FOLDER",
        help="results of a run, as results/simulated",
    )
    command.add_argument("--json", action="store_true", help="as JSON, not as text")
    command.add_argument(
        "--verbose", action="store_true", help="with the modules of each step's code"
    )
    command.set_defaults(function=tell)


def tell(options: argparse.Namespace) -> int:
    """Print what is asked; returns the exit status."""
    found = trace.trace(options.run, " ".join(options.question))
    told = text(found, options.verbose)
    print(json.dumps(found, indent=1, default=str) if options.json else told)
    return DOUBTFUL if alarms(found) else TOLD
