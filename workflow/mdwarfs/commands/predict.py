"""`mdwarfs predict`: labels for spectra, by the model of a run or a model file."""

from __future__ import annotations

import argparse
import contextlib
import logging
import signal
import sys
from collections.abc import Iterator, Sequence
from os.path import realpath
from pathlib import Path

from astropy.io import fits
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.commands.outputs import with_suffix
from mdwarfs.commands.printed import readable, without_labels
from mdwarfs.errors import InputError
from mdwarfs.labelling.beside_model import (
    HYBRID,
    HYBRID_RUN,
    RUN,
    RUNS,
    SLAM,
    Files,
    configuration,
    files_of_model,
    files_of_run,
    is_hybrid,
    is_simulated,
    require_one_origin,
    run_of,
    tables_of,
    taken_at_rest,
)
from mdwarfs.labelling.files import OPTION, predict_files
from mdwarfs.labelling.model_of_run import ModelOfRun
from mdwarfs.spectra.formats import selected, titles
from mdwarfs.types import PathLike

logger = logging.getLogger(__name__)

TABLES = (".ecsv", ".fits", ".csv")
"""Suffixes of tables of labels."""
ALL_LABELLED, SOME_NOT = 0, 1
"""Exit status."""


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command."""
    command = commands.add_parser(
        "predict",
        help="predict labels of spectra",
        description=f"Predict labels of spectra, gzipped or not: {titles()}. Each "
        "spectrum gives one row, which says why if it has no labels; stderr says it as "
        "well. Labels have the "
        "three uncertainties (1 sigma) of a run's catalogue: sigma_*, calibrated on "
        "stars with known labels; e_*, the scatter of such stars at that SNR, "
        "including the errors of their known labels; and formal_e_*, from the fit "
        "alone, which is too small. Labels of faint spectra, and others that need "
        "caution, are flagged as in the catalogue. With --method hybrid, labels are "
        "those of the run's second catalogue, with their own errors. Exit status: 0 "
        "if every spectrum has labels, 1 if some have none, 2 if the command, a file "
        "of the run, the configuration, the output or anything else is wrong, and "
        "nothing was written.",
    )
    command.add_argument(
        "--method",
        choices=sorted(RUNS, reverse=True),
        default=SLAM,
        help="slam (default): as in catalogue/slam_labels.fits, the paper's way; "
        "hybrid: as in catalogue/hybrid_labels.fits, the best labels (docs/hybrid.md)",
    )
    trained = command.add_mutually_exclusive_group(required=True)
    trained.add_argument(
        "--run",
        metavar="FOLDER",
        help="results of a run, as results/simulated: its "
        + ", ".join(RUN)
        + "; of the hybrid labels "
        + ", ".join(HYBRID_RUN),
    )
    trained.add_argument(
        "--model",
        metavar="FILE",
        type=Path,
        help="a model, within a run or alone: flags are those of its run, or what it "
        "keeps of it; e_* and sigma_* need the next two options",
    )
    command.add_argument(
        "--power-laws",
        metavar="FILE",
        help="with --model: power_laws.ecsv of its run, for e_* and snr_extrapolated",
    )
    command.add_argument(
        "--calibration",
        metavar="FILE",
        help="with --model: calibration.ecsv of its run, for sigma_*",
    )
    command.add_argument(
        "--limits",
        metavar="FILE",
        help="with --model: fit_limits.ecsv of its run, for the flags velocity, "
        "bad_fit, unlike_model, uncertain, outside_training and resolution; default: "
        "those that lie beside the model or in its run. Without any, no labels are "
        "recommended",
    )
    command.add_argument(
        "--output",
        metavar="FILE",
        type=with_suffix(TABLES),
        help="table to write (.ecsv, .fits or .csv), replacing an existing file; "
        "default: print a line for each spectrum, with its SNR, labels and one error "
        "of each, whether they are recommended, flags and reason; only the file has "
        "all columns",
    )
    command.add_argument(
        "--config",
        metavar="FILE",
        help="a configuration, whose section `prediction` gives the smallest SNR, the "
        "usable ranges and the priors; other keys are taken from the run, from what a "
        "model that mdwarfs.Slam saved keeps or, of another model alone, from the "
        "config.yaml of its checkout (if there is none: no usable ranges, no priors)",
    )
    command.add_argument(
        OPTION,
        action="store_true",
        help="let a model of simulated stars label real spectra: the labels will be "
        "off by more than their errors, and every row says that the model is simulated",
    )
    command.add_argument(
        "spectrum",
        nargs="+",
        metavar="FILE",
        help="a file with a spectrum, or with several; 'FILE[3]' is the third of them",
    )
    command.set_defaults(function=predict)


def predict(options: argparse.Namespace) -> int:
    """`mdwarfs predict`; returns the exit status."""
    check_names(options.spectrum, options.output)
    files = files_of(options)
    check_output(options.output, files, [options.config])
    if files.own is not None:
        require_one_origin(run_of(files.model), files.own)
    table = {SLAM: slam_labels, HYBRID: hybrid_labels}[options.method](options, files)
    if options.output is None:
        print(readable(table), flush=True)
    else:
        run = fits.getheader(files.model).get("RUN", "")
        write(table, options.output, {"run": run, "simulated": table.meta["SIMULATD"]})
    if lacking := without_labels(table):
        print(f"mdwarfs: {lacking}", file=sys.stderr)
    return SOME_NOT if lacking else ALL_LABELLED


def hybrid_labels(options: argparse.Namespace, files: Files) -> Table:
    """Labels by the hybrid model."""
    from mdwarfs.hybrid import model_file  # not needed by the other method
    from mdwarfs.labelling import hybrid_files

    model = model_file.read(files.model)
    config = configuration(files, options.config)
    tables_of(files, ())
    return hybrid_files.predict_files(
        options.spectrum,
        model,
        config["prediction"],
        simulated=is_simulated(files.model),
        real=options.simulated_model,
        at_rest=taken_at_rest(config),
    )


def slam_labels(options: argparse.Namespace, files: Files) -> Table:
    """Labels by a model of SLAM, with what goes with it."""
    if is_hybrid(files.model):
        raise InputError(f"{files.model} is a hybrid model: use --method hybrid")
    model = ModelOfRun.read(files, configuration(files, options.config))
    return predict_files(options.spectrum, model, real=options.simulated_model)


def check_names(spectra: Sequence[str], output: Path | None) -> None:
    """Refuse names of spectra that the output cannot hold, or that it would replace.

    Raises
    ------
    InputError
        If there is such a name.
    """
    if output is None:
        return
    fits_table = output.suffix == ".fits"
    for name in spectra:
        file = Path(selected(name)[0])
        if output.exists() and file.exists() and output.samefile(file):
            raise InputError(f"{name}: the output would overwrite a spectrum")
        try:
            name.encode("ascii" if fits_table else "utf-8")
        except UnicodeEncodeError:
            raise InputError(
                f"{name!a}: a FITS table cannot hold this name; write an .ecsv or "
                ".csv, or rename the file"
                if fits_table
                else f"{name!a} is not a text that {output.suffix} can hold: rename "
                "the file"
            ) from None
        if not name.isprintable():
            raise InputError(
                f"{name!a} has characters that are not printable: rename it"
            )


def write(table: Table, path: Path, stamp: dict) -> None:
    """Write the labels; whatever stops that leaves nothing behind.

    Raises
    ------
    InputError
        If the file system refuses it: it is full, or its folder has gone.
    """
    try:
        with ended_by_exception():
            if path.suffix == ".csv":
                with tables.atomic(path) as part:
                    table.write(part, format="ascii.csv")
            else:
                tables.write(table, path, stamp)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error}") from error


@contextlib.contextmanager
def ended_by_exception() -> Iterator[None]:
    """Let a signal that ends the process do so by an exception, so that files close."""

    def end(number, frame):
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def files_of(options: argparse.Namespace) -> Files:
    """Where the parts of a run are that the command line names.

    Raises
    ------
    InputError
        If a run lacks one of them, or if they are given beside a run.
    """
    own = options.power_laws, options.calibration, options.limits
    if options.method == HYBRID and any(own):
        raise InputError(
            "--power-laws, --calibration and --limits are SLAM's: hybrid labels have "
            "errors of their own"
        )
    if options.run is None:
        return files_of_model(options.model, *own)
    if any(own):
        raise InputError(
            "--power-laws, --calibration and --limits go with --model: a run has its "
            "own"
        )
    return files_of_run(options.run, options.method)


def check_output(
    output: Path | None, files: Files, others: Sequence[PathLike | None]
) -> None:
    """Refuse an output that would take the place of what the labels are made with.

    Parameters
    ----------
    files
        What the labels are made with.
    others
        Further files that are read.

    Raises
    ------
    InputError
        If it is one of these files.
    """
    if output is None:
        return
    place = realpath(output)
    for file in (*files.paths, *others):
        if file is not None and place == realpath(file):
            raise InputError(f"{output}: the output would overwrite {file}")
