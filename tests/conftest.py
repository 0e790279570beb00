"""Fixtures that many tests use."""

from pathlib import Path

import pytest

pytest_plugins = ["tests.archives.servers.fixtures"]

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


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
