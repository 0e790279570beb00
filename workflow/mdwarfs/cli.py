"""The command `mdwarfs`: labels for spectra, and what a real run asks of archives."""

import argparse
import contextlib
import logging
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path

from astropy.io import fits
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.columns import describe
from mdwarfs.config import check, read_config, schema_path
from mdwarfs.errors import InputError
from mdwarfs.labelling.files import predict_files
from mdwarfs.literature.power_laws import PowerLaw
from mdwarfs.slam import regressors
from mdwarfs.spectra.formats import titles
from mdwarfs.types import PathLike
from mdwarfs.validation.calibration import Calibration, calibrations
from mdwarfs.validation.uncertainty import power_laws

logger = logging.getLogger(__name__)

ALL_LABELLED, SOME_NOT, WRONG_USE = 0, 1, 2
"""Exit status."""

SUFFIXES = (".ecsv", ".fits", ".csv")
CONFIG = Path(__file__).parents[2] / "config" / "config.yaml"
"""The default configuration, where the package runs from a checkout."""
RUN = {
    "slam/model.fits": "train",
    "validation/power_laws.ecsv": "validate",
    "validation/calibration.ecsv": "validate",
    "audit/config.yaml": "audit",
}
"""What `mdwarfs predict` takes of a run, and the targets that make it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status.

    Parameters
    ----------
    arguments
        Default: those of the process.
    """
    options = parser().parse_args(arguments)
    logging.basicConfig(format="mdwarfs: %(message)s", level=logging.INFO)
    try:
        return options.function(options)
    except InputError as error:
        print(f"mdwarfs: {error}", file=sys.stderr)
        return WRONG_USE


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    top = argparse.ArgumentParser(
        prog="mdwarfs", description="Stellar labels of M dwarfs from optical spectra."
    )
    commands = top.add_subparsers(required=True, metavar="command")
    command = commands.add_parser(
        "predict",
        help="predict labels of spectra",
        description=f"Predict labels of spectra, gzipped or not: {titles()}. Each "
        "spectrum gives one row, which says why if it has no usable labels. Labels "
        "have the three uncertainties (1 sigma) of a run's catalogue: sigma_*, "
        "calibrated on stars of known labels; e_*, the scatter of such stars at that "
        "SNR, which is too large; formal_e_*, of the fit alone, which is too small. "
        "Exit status: 0 if every spectrum has labels, 1 if some have none, 2 if the "
        "command, a file of the run or the configuration is wrong.",
    )
    trained = command.add_mutually_exclusive_group(required=True)
    trained.add_argument(
        "--run",
        metavar="FOLDER",
        help="results of a run, as results/simulated: its " + ", ".join(RUN),
    )
    trained.add_argument(
        "--model",
        metavar="FILE",
        help="a model alone: there is no e_* and sigma_* but by the next two",
    )
    command.add_argument(
        "--power-laws",
        metavar="FILE",
        help="with --model: power_laws.ecsv of its run, for e_* and extrapolated",
    )
    command.add_argument(
        "--calibration",
        metavar="FILE",
        help="with --model: calibration.ecsv of its run, for sigma_*",
    )
    command.add_argument(
        "--output",
        metavar="FILE",
        type=output,
        help="table to write (.ecsv, .fits or .csv); without it, print the table",
    )
    command.add_argument(
        "--config",
        metavar="FILE",
        help="a configuration, whose section `prediction` has the least SNR, the "
        "usable ranges and the priors; what it does not say is as in the run, or, with "
        "--model, as in the config.yaml of its checkout",
    )
    command.add_argument(
        "spectrum",
        nargs="+",
        metavar="FILE",
        help="file of a spectrum, or of several, of which 'FILE[3]' is the third",
    )
    command.set_defaults(function=predict)
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
        description="Ask every archive that a run would use the least that proves what "
        "the run assumes of it: address, certificate, table, columns and their types, "
        "a row, a spectrum, a part of a file, the fields of a form. It takes less than "
        "two minutes and 5 MB. Exit status: 0 if nothing that it found would stop a "
        "run, 1 if something would, 2 if the command or the configuration is wrong.",
    )
    add_configfile(command)
    command.add_argument(
        "--all",
        action="store_true",
        help="both routes of each input, also the one that the configuration leaves",
    )
    command.add_argument(
        "--json",
        metavar="FILE",
        type=json_file,
        help="write the findings there as well",
    )
    command.set_defaults(function=check_archives)
    return top


def add_configfile(command: argparse.ArgumentParser) -> None:
    """Give a command the option that names configurations."""
    command.add_argument(
        "--configfile",
        nargs="+",
        default=[CONFIG.with_name("dr19.yaml")],
        metavar="FILE",
        help="configurations, as Snakemake takes them; what they do not say stands in "
        "the config.yaml of their checkout; default: its config/dr19.yaml",
    )


def json_file(text: str) -> Path:
    """Path of a file to write, if it can be: the check is not to be made in vain."""
    path = Path(text)
    if not path.name or (path.exists() and not path.is_file()):
        raise argparse.ArgumentTypeError(f"{text!r} is no name of a file")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {str(path.parent)!r}")
    try:
        tempfile.TemporaryFile(dir=path.parent).close()
    except OSError as error:
        raise argparse.ArgumentTypeError(
            f"nothing can be written to {str(path.parent)!r}: {error.strerror}"
        ) from error
    return path


def output(text: str) -> Path:
    """Path of the output, if its folder exists and its suffix is in `SUFFIXES`."""
    path = Path(text)
    if path.suffix not in SUFFIXES:
        raise argparse.ArgumentTypeError(
            f"{text!r} does not end in {', '.join(SUFFIXES)}"
        )
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {str(path.parent)!r}")
    return path


def predict(options: argparse.Namespace) -> int:
    """`mdwarfs predict`; returns the exit status."""
    path, laws, calibration, config = files_of(options)
    prediction = prediction_settings(config, options.config)
    model = regressors.read(path)
    laws = by_label(laws, PowerLaw, power_laws)
    calibration = by_label(calibration, Calibration, calibrations)
    header = fits.getheader(path)
    stamp = {"run": header["RUN"], "simulated": header["SIMULATD"]}
    if stamp["simulated"]:
        logger.warning("%s was trained on simulated spectra", path)
    table = predict_files(options.spectrum, model, prediction, laws, calibration)
    if options.output is None:
        print(readable(table))
    elif options.output.suffix == ".csv":
        with tables.atomic(options.output) as part:
            table.write(part, format="ascii.csv")
    else:
        tables.write(table, options.output, stamp)
    return ALL_LABELLED if not any(table["reason"]) else SOME_NOT


def files_of(options: argparse.Namespace) -> list:
    """Paths of the model, power laws, calibration and configuration of a run.

    None of what is not given.

    Raises
    ------
    InputError
        If a run lacks one of them, or if they are given beside a run.
    """
    if options.run is None:
        return options.model, options.power_laws, options.calibration, None
    if options.power_laws or options.calibration:
        raise InputError(
            "--power-laws and --calibration go with --model: a run has its own"
        )
    paths = [Path(options.run, name) for name in RUN]
    for path, target in zip(paths, RUN.values()):
        if not path.is_file():
            raise InputError(
                f"{path}: there is no such file. The target `{target}` of the workflow "
                "makes it. A model alone is used with --model"
            )
    return paths


def by_label(path: PathLike | None, law: type, laws_of: Callable) -> dict:
    """What `laws_of` makes of a table of laws; nothing if there is no table."""
    if path is None:
        return {}
    columns = ["label", *(field.name for field in fields(law))]
    return laws_of(tables.read(path, columns))


def plan(options: argparse.Namespace) -> int:
    """`mdwarfs archives plan`; returns the exit status."""
    from mdwarfs.archives.plan import print_plan  # slow to import: astroquery

    root = checkout_of(options.configfile[0], "--configfile")
    default = root / "config" / CONFIG.name
    print_plan([default, *options.configfile], schema_path(root))
    return ALL_LABELLED


def check_archives(options: argparse.Namespace) -> int:
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


def checkout_of(path: PathLike, option: str) -> Path:
    """The checkout in which a configuration lies, or else the one of this package.

    It has the default configuration and the schema, which no installed package has.
    The configuration was given by `option`.

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
        "default configuration: name one in the folder config of a checkout with "
        f"{option}"
    )


def readable(table: Table) -> str:
    """The table as text, with no more digits than a person wants."""
    table = describe(table.copy())
    digits = {"dex": 3, "None": 2}
    for column in table.itercols():
        if column.dtype.kind == "f":
            column.info.format = f".{digits.get(str(column.unit), 1)}f"
    return "\n".join(table.pformat(max_lines=-1, max_width=-1))


def prediction_settings(own: PathLike | None, changes: PathLike | None) -> dict:
    """The section `prediction` of a configuration.

    Parameters
    ----------
    own
        The whole configuration of a run; without it, the default of the checkout.
    changes
        A configuration that is laid over it.

    Raises
    ------
    InputError
        If one is no configuration, or a value of it is wrong.
    """
    root = checkout_of(changes or own or CONFIG, "--config")
    paths = [own or root / "config" / CONFIG.name, changes]
    config = read_config([path for path in paths if path])
    check(config, schema_path(root))
    return config["prediction"]


if __name__ == "__main__":
    sys.exit(main())
