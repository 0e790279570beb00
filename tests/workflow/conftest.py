"""A copy of the checkout in which Snakemake runs, and what Snakemake says there."""

import os
import re
import shutil
from functools import cache, partial

import pytest

from tests.archives.servers.archives import Archives
from tests.archives.servers.tap import TapServer, Unavailable
from tests.once import once
from tests.workflow import warm

UNSET = {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}
"""Variables that users lack: with the second, all jobs would compile all modules."""

CODE = ["Snakefile", "rules", "scripts", "workflow", "config", "environment.yml"]


class Checkout:
    """Snakemake in a copy of the checkout, which is at `path`."""

    def __init__(self, path):
        self.path = path

    def snakemake(self, *arguments, check=True, configfile="config/ci.yaml"):
        """Run Snakemake; return the finished process, its output as text."""
        if configfile and "--configfile" not in arguments:
            arguments = (*arguments, "--configfile", configfile)
        done = self.ran(arguments)
        if check and done.returncode:
            said = f"{done.stdout[-3000:]}{done.stderr[-9000:]}"
            pytest.fail(f"snakemake {' '.join(arguments)}\n{said}")
        return done

    def ran(self, arguments):
        """The finished process of Snakemake with these arguments."""
        environment = {k: v for k, v in os.environ.items() if k not in UNSET}
        return warm.snakemake(arguments, self.path, environment)

    def planned(self, *arguments, **keywords):
        """Names of the rules that Snakemake would run now."""
        return rules_of(self.snakemake("-n", *arguments, **keywords).stdout)


class Untouched(Checkout):
    """A copy in which nothing runs or changes: what was asked once is known."""

    def __init__(self, path):
        super().__init__(path)
        self.ran = cache(self.ran)


def product_bytes(path):
    """Bytes of a product, but for the digest of the configuration it was made with.

    Runs of other configurations make the same products otherwise, if these do not
    depend on what is another.
    """
    return re.sub(rb"(CONFHASH(?:= '|: ))[0-9a-f]{16}", rb"\1", path.read_bytes())


def rules_of(text):
    """Names of the rules in the output of a dry run."""
    stats = text.partition("Job stats:")[2].partition("total")[0]
    return set(re.findall(r"^(\w+)\s+\d+$", stats, flags=re.MULTILINE)) - {"all"}


def copy_of(root, path):
    """Copy what the workflow consists of.

    Compiled modules go with it, or the first job of each copy would compile them anew;
    not those that are just being written.
    """
    path.mkdir(exist_ok=True)
    ignore = shutil.ignore_patterns("*.pyc.*", "*.egg-info", ".snakemake")
    for name in CODE:
        source = root / name
        if source.is_dir():
            shutil.copytree(source, path / name, ignore=ignore)
        else:
            shutil.copy(source, path / name)
    return Checkout(path)


@pytest.fixture(scope="session")
def checkout(root, tmp_path_factory):
    """A copy in which nothing has run yet, with the real files beside it, if any."""
    folder = tmp_path_factory.mktemp("checkout")
    if (root.parent / "shared").is_dir():
        (folder / "shared").symlink_to(root.parent / "shared")
    return Untouched(copy_of(root, folder / "copy").path)


@pytest.fixture(scope="session")
def finished(root, tmp_path_factory):
    """A copy in which the whole DAG of config/ci.yaml has run on two cores."""
    return Checkout(once(tmp_path_factory, "finished", partial(small_run, root)))


def small_run(root, path):
    """Run the whole DAG of config/ci.yaml in a copy."""
    copy_of(root, path).snakemake("--cores", "2")


@pytest.fixture(scope="session")
def tap(finished):
    """A TAP server with the tables of the simulated run."""
    try:
        server = TapServer(finished.path / "results" / "simulated-ci" / "raw")
    except Unavailable as error:
        pytest.skip(str(error))
    with server:
        yield server


@pytest.fixture(scope="session")
def server(finished, tap):
    """The archives, with the raw files of the simulated run."""
    raw = finished.path / "results" / "simulated-ci" / "raw"
    with Archives(raw, tap.url) as archives:
        yield archives
