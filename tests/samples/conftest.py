"""What the tests of the samples' stages share."""

import pytest

from mdwarfs.config import read_config
from mdwarfs.simulation.files.bayestar import write_map


@pytest.fixture(scope="session")
def config(root):
    """The default configuration."""
    return read_config([root / "config/config.yaml"])


@pytest.fixture(scope="session")
def dust_map(tmp_path_factory):
    """A dust map with 0.1 mag at 100 pc, 0.2 mag at 1 kpc, everywhere it reaches."""

    def ebv(longitude, latitude, modulus):
        return 0.1 + 0.1 * (modulus - 5.0) / 5.0 + 0 * longitude + 0 * latitude

    path = tmp_path_factory.mktemp("dust") / "bayestar2019.h5"
    write_map(path, ebv, nside=8)
    return path
