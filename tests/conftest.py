"""Fixtures that many tests use."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest_plugins = ["tests.archives.servers.fixtures"]

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
STAMP = {"run": "test", "simulated": True}


# What takes long to set up, the longest first: tests that use one of these fixtures go
# to one process, where the tests are shared out among several.
SHARED_FIXTURES = ("finished", "twenty", "tap_server", "all_archives", "figures")


def pytest_configure(config):
    """`pytest -n 2` shares out whole groups, in their order."""
    if config.getoption("dist", "no") == "load":
        config.option.dist, config.option.loadscopereorder = "loadgroup", False


def group_of(item):
    """Rank and name of the tests that are to go to the same process."""
    for rank, name in enumerate(SHARED_FIXTURES):
        if name in item.fixturenames:
            return rank, name
    return len(SHARED_FIXTURES), item.path.stem


def pytest_collection_modifyitems(items):
    """Groups for pytest-xdist; tests that run Snakemake are the first, being slow."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group_of(item)[1]))
    items.sort(
        key=lambda item: (item.get_closest_marker("dag") is None, group_of(item)[0])
    )


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
