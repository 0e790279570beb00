"""Fixtures of the tests of spectra."""

import pytest

from mdwarfs.config import read_config


@pytest.fixture(scope="session")
def settings(root):
    """The section `spectra` of the default configuration."""
    return read_config([root / "config" / "config.yaml"])["spectra"]
