"""Fixtures that many tests use, and how tests are shared out among processes."""

import gc
import os
import runpy
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

# Arrays of tests are small: a second thread would wait, and use a core for that. NumPy
# looks for this when it is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from tests import quick_astropy  # noqa: E402
from tests.workflow.warm import GARBAGE  # noqa: E402

# Or each process of the tests, of which there are hundreds, compiles all modules.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Modules, items and figures are many objects that live long: to look for garbage among
# them after every 700 new ones takes a fifth of the time of collecting tests.
gc.set_threshold(*GARBAGE)
quick_astropy.hasten()

pytest_plugins = ["tests.archives.servers.fixtures"]

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
STAMP = {"run": "test", "simulated": True}

FIRST = (
    "test_ci_run",
    "test_gaiaxp_run",
    "test_your_spectra",
    "test_given_run",
    "test_loopback_dr20",
    "test_loopback",
    "test_add_label",
    "test_add_catalogue",
    "test_reruns",
    "test_cli",
    "test_fault_table",
    "test_unsound_spectra",
)
"""Files of tests that take long, in the order in which they begin. The first makes the
small run, for which whoever needs it waits: so the next three do without it."""

GROUPS = {
    "test_loopback": "the archives of the small run",
    "test_loopback_dr20": "the archives of the small run",
    "test_check": "the TAP server",
    "test_tap_server": "the TAP server",
    "test_imports": "Bokeh",
    "test_page_parts": "Bokeh",
}
"""Files of tests that share what takes long to set up."""

TOGETHER = ("emulation", "figures", "hybrid", "provenance", "simulation")
"""Folders all of whose files do."""

ASKED = {"network": "fetches more than 100 MB", "slurm": "sets up a Slurm, as root"}
"""Marks of tests that run only if they are asked for, and why."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """`pytest -n 3` gives each file, or group of files, to one process, in our order.

    The groups of pytest-xdist itself (3.8) are lost with pytest 9.2, which no longer
    has the attribute where it notes them.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file = Path(nodeid.partition("::")[0])
            folder = file.parent.name
            alone = folder if folder in TOGETHER else str(file)
            return GROUPS.get(file.stem, alone)

    config.option.loadscopereorder = False
    return ByGroup(config, log)


def pytest_collection_modifyitems(config, items):
    """Tests that run Snakemake or a server begin first, being the longest.

    Those of `ASKED` run when they are asked for, as by `-m network`.
    """
    for mark, why in ASKED.items():
        if mark not in config.option.markexpr:
            reason = f"{why}; ask for it by -m {mark}"
            for item in items:
                if item.get_closest_marker(mark):
                    item.add_marker(pytest.mark.skip(reason=reason))
    order = {name: place for place, name in enumerate(FIRST)}
    items.sort(
        key=lambda item: (
            order.get(item.path.stem, len(order)),
            item.get_closest_marker("dag") is None,
            item.path.stem not in GROUPS,
        )
    )


def pytest_collection_finish():
    """What is there now stays: the garbage collector need not look at it again."""
    gc.freeze()


def pytest_sessionfinish():
    """Nor at what is left at the end, five times over, as pytest would have it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def root():
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared():
    """Real spectra and catalogue rows, which lie beside some checkouts."""
    if not (SHARED / "real").is_dir():
        pytest.skip("the folder of real survey files is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def real(shared):
    """The folder of real survey files."""
    return shared / "real"


@pytest.fixture
def stamp():
    """What every product says of its run."""
    return dict(STAMP)


class Named(SimpleNamespace):
    """What Snakemake hands over by name: files of a rule, parameters, wildcards."""

    def __getitem__(self, name):
        return vars(self)[name]

    def items(self):
        return vars(self).items()

    def get(self, name, default=None):
        return vars(self).get(name, default)


@pytest.fixture(scope="session")
def run_script(root):
    """A function that runs a script of the workflow as its rule does.

    Paths reach the script as strings, as Snakemake gives them; `params` have the stamp
    of the tests unless they bring one.
    """

    def named(files):
        """Paths as text, in lists too."""
        if isinstance(files, dict):
            return Named(**{name: named(file) for name, file in files.items()})
        if isinstance(files, (list, tuple)):
            return [named(file) for file in files]
        return str(files)

    def run_script(
        name, input=None, output=None, params=None, threads=1, wildcards=None
    ):
        main = runpy.run_path(str(root / "scripts" / f"{name}.py"))["main"]
        main(
            SimpleNamespace(
                input=named(input or {}),
                output=named(output or {}),
                params=Named(**{"stamp": dict(STAMP), **(params or {})}),
                wildcards=Named(**(wildcards or {})),
                threads=threads,
                rule=name,
            )
        )

    return run_script
