import shutil

import pytest

from tests.provenance import small_run


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """The results of a small run, in which nothing is to be changed."""
    return small_run.made(tmp_path_factory.mktemp("provenance"))


@pytest.fixture
def results(made, tmp_path):
    """A copy of them, with its figures, that a test may change."""
    shutil.copytree(made.parents[1], tmp_path / "copy")
    return tmp_path / "copy" / "results" / "test"
