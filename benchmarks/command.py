"""What all benchmarks share: arguments, clocks, and how they show and write results."""

import argparse
import os
import platform
import time
from datetime import date
from pathlib import Path

from mdwarfs import tables
from mdwarfs.figures import style
from mdwarfs.run.usage import peak_memory as peak_memory
from mdwarfs.tables.tabulate import annotate

MADE_UP = {"run": "benchmark", "simulated": True}  # stamp of what no run has made


def parser(doc, run=True):
    """A parser with the arguments that all benchmarks have.

    Parameters
    ----------
    doc : str
        Docstring of the benchmark, whose first line is its description.
    run : bool
        Whether it measures on the products of a run.

    Returns
    -------
    argparse.ArgumentParser
    """
    result = argparse.ArgumentParser(description=doc.partition("\n")[0])
    result.set_defaults(started=time.monotonic())
    if run:
        result.add_argument(
            "--run",
            type=finished_run,
            default="results/simulated",
            metavar="FOLDER",
            help="the results of a finished run (default: %(default)s)",
        )
    result.add_argument(
        "--folder",
        type=Path,
        help="where to write the table and the figure (default: only print)",
    )
    return result


def finished_run(text):
    """The folder of a run that has a model, for `argparse`."""
    run = Path(text)
    if not (run / "slam" / "model.fits").exists():
        raise argparse.ArgumentTypeError(
            f"{run} has no slam/model.fits: `make run` makes results/simulated"
        )
    return run


def stamp_of(run):
    """Name of a run and whether it is simulated, as its table of labels says."""
    meta = tables.read(run / "samples" / "labels.fits").meta
    return {"run": meta["RUN"], "simulated": meta["SIMULATD"]}


def cpu(function, *arguments):
    """CPU seconds of a call, and what it returned.

    Other work on the machine disturbs them less than wall time.
    """
    start = time.process_time()
    result = function(*arguments)
    return time.process_time() - start, result


def show(table):
    """Print a table with four digits of what is not an integer."""
    table = table.copy()
    for column in table.itercols():
        if column.dtype.kind == "f":
            column.info.format = ".4g"
    table.pprint_all()


def write(options, name, table, columns, stamp, draw=None):
    """Write what a benchmark found, if it was given a folder.

    The head of the table says when it was made, on which machine and in which time.

    Parameters
    ----------
    options : argparse.Namespace
        From `parser`.
    name : str
        Of the benchmark, and so of its files.
    table : astropy.table.Table
    columns : dict of str to (str, str)
        Unit and description of each of its columns, in their order.
    stamp : dict
        `run` and `simulated`, see `mdwarfs.tables.header`.
    draw : callable, optional
        From the table to a figure.
    """
    if options.folder is None:
        return
    table = annotate(table[list(columns)], columns)
    table.meta |= {
        "DATE": date.today().isoformat(),
        "CPU": processor(),
        "CORES": os.cpu_count(),
        "WALL_S": round(time.monotonic() - options.started, 1),
    }
    tables.write(table, options.folder / f"{name}.ecsv", stamp)
    if draw is not None:
        paths = (options.folder / f"{name}.{kind}" for kind in ("pdf", "png"))
        style.save(draw(table), *paths, stamp)


def processor():
    """Name of the machine's processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if "model name" in line)
    return next(named, platform.processor())
