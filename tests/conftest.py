"""Fixtures that many tests use."""

from pathlib import Path

import pytest

pytest_plugins = ["tests.archives.servers.fixtures"]

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


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
    return {"run": "test", "simulated": True}
