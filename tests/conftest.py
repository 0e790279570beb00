"""Fixtures that many tests use."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest_plugins = ["tests.archives.servers.fixtures"]

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
STAMP = {"run": "test", "simulated": True}


def pytest_collection_modifyitems(items):
    """Tests that run Snakemake begin first, being the longest.

    Where the tests are shared out among processes (`-n 2 --dist loadgroup`), those that
    use one run go to one process.
    """
    for item in items:
        if item.get_closest_marker("dag"):
            run = "finished" if "finished" in item.fixturenames else item.path.stem
            item.add_marker(pytest.mark.xdist_group(run))
    items.sort(key=lambda item: item.get_closest_marker("dag") is None)


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
