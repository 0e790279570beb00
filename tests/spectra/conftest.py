"""Fixtures of the tests of spectra."""

import pytest
import yaml


@pytest.fixture(scope="session")
def settings(root):
    """The section `spectra` of the default configuration."""
    return yaml.safe_load((root / "config" / "config.yaml").read_text())["spectra"]
