"""`mdwarfs show`: one star of a run, or the spectrum of a file."""

import argparse
import logging
from pathlib import Path

from mdwarfs.commands.outputs import with_suffix
from mdwarfs.labelling.files import OPTION

DRAWN = (".pdf", ".png", ".svg")
"""Suffixes of figures."""
LABELLED, NOT_LABELLED = 0, 1
"""Exit status."""


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    command = commands.add_parser(
        "show",
        help="show one star: spectrum, model, labels, flags, posterior",
        description="Show everything about one star of a run, or about the spectrum "
        "in a file: observed and best model spectrum with the names of M dwarf "
        "features, residuals, bad pixels and those that the fit left out, labels with "
        "their three uncertainties and the hybrid labels, flags in words, the place "
        "among the training stars, and the posterior with all minima. Without -o it "
        "is printed as text. Exit status: 0 if it has labels, 1 if not, 2 if there is "
        "no such star or anything else is wrong.",
    )
    command.add_argument(
        "star",
        metavar="STAR|FILE",
        help="any name of a star of the run: Gaia DR3 source_id, sdss_id, the name of "
        "its file, 2MASS designation, the id of a star that was given; or a file of a "
        "spectrum, 'FILE[3]' if it holds several",
    )
    trained = command.add_mutually_exclusive_group(required=True)
    trained.add_argument(
        "--run", metavar="FOLDER", help="results of a run, as results/simulated"
    )
    trained.add_argument(
        "--model",
        metavar="FILE",
        type=Path,
        help="a model, within a run or alone, for the spectrum in a file",
    )
    command.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=with_suffix(DRAWN),
        help="figure to draw, " + ", ".join(DRAWN),
    )
    command.add_argument(
        OPTION,
        action="store_true",
        help="let a model of simulated stars label a real spectrum; the figure says so",
    )
    command.set_defaults(function=run)


def run(options: argparse.Namespace) -> int:
    """Print or draw the star; returns the exit status."""
    from mdwarfs.api.star import gather  # slow to import, and of no other command

    star = gather(
        options.star, options.run, options.model, options.simulated_model,
        posterior=True, option=OPTION,
    )  # fmt: skip
    if options.output is None:
        print(star, flush=True)
    else:
        logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of glyphs
        star.save(options.output)
    return NOT_LABELLED if star.reason else LABELLED
