"""Snakemake in a process that has its modules already.

More than half of the time that Snakemake takes before it runs anything goes into
imports, and most of what a job of the small survey takes. A server makes them once;
each call is a process that it forks, and each job is a process that this forks in turn.
Neither has anything of this project's own library before it begins.
"""

import atexit
import gc
import json
import logging
import os
import runpy
import subprocess
import sys
import tempfile
import time
import traceback
from functools import cache
from importlib import import_module
from pathlib import Path

from tests import quick_astropy

IMPORTS = [
    "snakemake.cli", "snakemake.profiles", "snakemake.report.html_reporter",
    "snakemake.storage", "smart_open", "pandas", "requests", "jsonschema",
    "astropy.coordinates", "astropy.io.fits", "astropy.io.misc.yaml", "astropy.stats",
    "astropy.table", "astropy.units", "scipy.interpolate", "scipy.linalg",
    "scipy.ndimage", "scipy.optimize", "scipy.signal", "scipy.spatial",
    "scipy.special", "scipy.stats", "sklearn.svm", "threadpoolctl",
    "astroquery.utils.tap", "rocrate.rocrate", "matplotlib.figure",
    "matplotlib.backends.backend_agg", "matplotlib.backends.backend_pdf",
]  # fmt: skip

SCHEDULER = "--scheduler", "greedy", "--max-jobs-per-timespan", "100000/1h"
"""That of Snakemake's which starts no solver each time that a job has ended; and a
limit of jobs that is looked at by the hour. By default that is by the second, and once
more in that second with each job that ends while others wait: in the small run 1,970
times was asked which job is next, instead of 101 times. Only because processes end at
once here, nobody waits for the end of the hour."""

GARBAGE = 100_000, 20, 20
"""After how many new objects tests and jobs look for garbage."""


def snakemake(arguments, folder, environment):
    """Run `python -m snakemake` in a folder; what `subprocess.run` would return.

    Parameters
    ----------
    arguments : sequence of str
    folder : Path
    environment : dict of str
    """
    process = server()
    with tempfile.TemporaryDirectory() as said:
        files = [str(Path(said, name)) for name in ("out", "err")]
        asked = list(arguments), str(folder), environment, *files
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        status = int(process.stdout.readline())
        texts = [Path(file).read_text() for file in files]
    return subprocess.CompletedProcess(list(arguments), status, *texts)


@cache
def server():
    """The server, which ends with the process that asks it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.workflow.warm"], cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    atexit.register(process.communicate)
    return process


def run(arguments, folder, environment, out, err):
    """Be `python -m snakemake`; the process ends with it."""
    for number, file in ((0, os.devnull), (1, out), (2, err)):
        os.dup2(os.open(file, os.O_RDWR | os.O_CREAT), number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[0] = folder
    arguments = [*SCHEDULER, *arguments]
    sys.argv[:] = ["snakemake", *arguments]
    import_module("snakemake.script").PythonScript.execute_script = in_a_fork
    end_with(plan_and_run, arguments)


def plan_and_run(arguments):
    """Snakemake, and what it wants done when the interpreter ends."""
    try:
        import_module("snakemake.cli").main(arguments)
    finally:
        atexit._run_exitfuncs()


def in_a_fork(self, fname, edit=False):
    """`PythonScript.execute_script` in a process that has the modules already.

    Its time and memory are what the system says at its end: Snakemake would look at
    all processes of the machine again and again.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    began = time.time()
    if (child := os.fork()) == 0:
        end_with(job, fname, self.threads)
    _, status, used = os.wait4(child, 0)
    if (record := self.bench_record) is not None:
        record.running_time = time.time() - began
        record.cpu_time = used.ru_utime + used.ru_stime
        record.cpu_usage = 100 * record.cpu_time  # percent times seconds
        record.max_rss = used.ru_maxrss / 1024
        record.data_collected = True
    if status := os.waitstatus_to_exitcode(status):
        raise subprocess.CalledProcessError(status, fname)


def job(fname, threads):
    """What `python <fname>` does."""
    gc.freeze()  # nor does what Snakemake has concern the job
    gc.set_threshold(*GARBAGE)
    for name in list(sys.modules):
        if name.partition(".")[0] == "mdwarfs":
            del sys.modules[name]
    for logger in (logging.root, logging.getLogger("mdwarfs")):
        logger.handlers.clear()
    os.environ["OMP_NUM_THREADS"] = str(threads)
    os.environ["OPENBLAS_NUM_THREADS"] = str(threads)
    sys.argv[:] = [fname]
    runpy.run_path(fname, run_name="__main__")


def end_with(function, *arguments):
    """Call a function, and end the process with the status that Python would give.

    At once: to take all modules down one by one takes longer than a plan.
    """
    status = 1
    try:
        function(*arguments)
        status = 0
    except SystemExit as end:
        status = code_of(end)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def code_of(end):
    """The exit status that `sys.exit` asked for; words are said, as Python does."""
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    print(end.code, file=sys.stderr)
    return 1


def main():
    for name in IMPORTS:
        import_module(name)
    quick_astropy.hasten()
    gc.freeze()  # what is there now stays in all processes
    for line in sys.stdin:
        if (child := os.fork()) == 0:
            return run(*json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
