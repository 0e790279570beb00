"""The command `mdwarfs`: labels for spectra on a disk, and the plan of a real run."""

import argparse
import logging
import sys
from pathlib import Path

import yaml
from astropy.io import fits

from mdwarfs import tables
from mdwarfs.columns import describe
from mdwarfs.config import schema_path
from mdwarfs.errors import InputError
from mdwarfs.predict_files import predict_files
from mdwarfs.slam.model import Slam
from mdwarfs.validation.uncertainty import power_laws

logger = logging.getLogger(__name__)

ALL_LABELLED, SOME_NOT, WRONG_USE = 0, 1, 2
"""Exit status."""

SUFFIXES = (".ecsv", ".fits", ".csv")
CONFIG = Path(__file__).parents[2] / "config" / "config.yaml"
"""The default configuration, where the package runs from a checkout."""


def main(arguments=None):
    """Run the command line; returns the exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        Default: those of the process.
    """
    options = parser().parse_args(arguments)
    logging.basicConfig(format="mdwarfs: %(message)s", level=logging.INFO)
    try:
        return options.run(options)
    except InputError as error:
        print(f"mdwarfs: {error}", file=sys.stderr)
        return WRONG_USE


def parser():
    """The parser of the command line."""
    top = argparse.ArgumentParser(
        prog="mdwarfs", description="Stellar labels of M dwarfs from optical spectra."
    )
    commands = top.add_subparsers(required=True, metavar="command")
    command = commands.add_parser(
        "predict",
        help="predict labels of spectra",
        description="Predict labels of BOSS (spec-*, mwmStar-*), SDSS and LAMOST DR7 "
        "spectra, gzipped or not. Each file gives one row; a file without usable "
        "labels says why. The columns e_* are formal errors, too small at high SNR; "
        "--power-laws adds the columns cv_*, the scatter of stars of known labels at "
        "that SNR. Exit status: 0 if every file has labels, 1 if some have none, 2 if "
        "the command or the model is wrong.",
    )
    command.add_argument("--model", required=True, help="a trained model, model.fits")
    command.add_argument(
        "--output",
        type=output,
        help="table to write (.ecsv, .fits or .csv); without it, print the table",
    )
    command.add_argument(
        "--power-laws",
        help="validation/power_laws.ecsv of the model's run: uncertainties from SNR",
    )
    command.add_argument(
        "--config",
        default=CONFIG,
        help="configuration whose section `prediction` has the limits of SNR and of "
        "usable labels; default: config/config.yaml of the checkout",
    )
    command.add_argument("spectrum", nargs="+", help="spectrum file")
    command.set_defaults(run=predict)
    archives = commands.add_parser("archives", help="what a real run fetches")
    commands = archives.add_subparsers(required=True, metavar="command")
    command = commands.add_parser(
        "plan",
        help="list every request to the archives",
        description="List what a run would ask of which archive, with the rows and "
        "bytes to be expected, before anything is fetched.",
    )
    command.add_argument(
        "--configfile",
        nargs="+",
        default=[CONFIG.with_name("dr19.yaml")],
        metavar="FILE",
        help="configurations, as Snakemake takes them; what they do not say stands in "
        "the config.yaml of their checkout; default: its config/dr19.yaml",
    )
    command.set_defaults(run=plan)
    return top


def output(text):
    """Path of the output, if its folder exists and its suffix is in `SUFFIXES`."""
    path = Path(text)
    if path.suffix not in SUFFIXES:
        raise argparse.ArgumentTypeError(
            f"{text!r} does not end in {', '.join(SUFFIXES)}"
        )
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {str(path.parent)!r}")
    return path


def predict(options):
    """`mdwarfs predict`; returns the exit status."""
    model = Slam.read(options.model)
    laws = power_laws(tables.read(options.power_laws)) if options.power_laws else {}
    header = fits.getheader(options.model)
    stamp = {"run": header["RUN"], "simulated": header["SIMULATD"]}
    if stamp["simulated"]:
        logger.warning("%s was trained on simulated spectra", options.model)
    prediction = prediction_settings(options.config)
    table = predict_files(options.spectrum, model, prediction, laws)
    if options.output is None:
        print(readable(table))
    elif options.output.suffix == ".csv":
        with tables.atomic(options.output) as part:
            table.write(part, format="ascii.csv")
    else:
        tables.write(table, options.output, stamp)
    return ALL_LABELLED if not any(table["reason"]) else SOME_NOT


def plan(options):
    """`mdwarfs archives plan`; returns the exit status."""
    from mdwarfs.archives.plan import print_plan  # slow to import: astroquery

    root = checkout_of(options.configfile[0])
    default = root / "config" / CONFIG.name
    print_plan([default, *options.configfile], schema_path(root))
    return ALL_LABELLED


def checkout_of(path):
    """The checkout in which a configuration lies, or else the one of this package.

    It has the default configuration and the schema, which no installed package has.

    Raises
    ------
    InputError
        If there is neither.
    """
    for folder in [*Path(path).resolve().parents, CONFIG.parents[1]]:
        if (
            schema_path(folder).is_file()
            and (folder / "config" / CONFIG.name).is_file()
        ):
            return folder
    raise InputError(
        f"{path}: there is no checkout of the workflow around it, which would have the "
        "default configuration: name the config/dr19.yaml of a checkout with "
        "--configfile"
    )


def readable(table):
    """The table as text, with no more digits than a person wants."""
    table = describe(table.copy())
    for column in table.itercols():
        if column.dtype.kind == "f":
            column.info.format = ".3f" if column.unit == "dex" else ".1f"
    return "\n".join(table.pformat(max_lines=-1, max_width=-1))


def prediction_settings(path):
    """The section `prediction` of a configuration file."""
    if not Path(path).is_file():
        raise InputError(
            f"{path}: there is no such file. It would say which labels are usable and "
            "which SNR is too low: name the configuration of the model's run with "
            "--config (the default is that of the checkout; a package installed "
            "elsewhere has none)"
        )
    try:
        return yaml.safe_load(Path(path).read_text())["prediction"]
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError) as error:
        raise InputError(
            f"{path} is not a configuration with a section `prediction` "
            f"({error}): name one with --config"
        ) from error


if __name__ == "__main__":
    sys.exit(main())
