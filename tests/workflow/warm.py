"""Snakemake in a process that has its modules already.

More than half of the time that Snakemake takes before it runs anything goes into
imports. A server makes them once; each call is a process that it forks, which has
nothing of this project's own library before it begins. Jobs are processes of their own,
as always.
"""

import atexit
import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from importlib import import_module
from pathlib import Path

IMPORTS = [
    "snakemake.cli", "snakemake.report.html_reporter", "astropy.table",
    "astropy.io.fits", "astropy.units", "jsonschema", "scipy.linalg",
]  # fmt: skip


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
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
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
    sys.argv[:] = ["snakemake", *arguments]
    import_module("snakemake.cli").main(arguments)


def main():
    for name in IMPORTS:
        import_module(name)
    for line in sys.stdin:
        if (child := os.fork()) == 0:
            return run(*json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
