"""A simulated survey that several tests look at."""

import pytest

from mdwarfs.config import read_config
from mdwarfs.simulation.survey import observed_stars

SEED, SCALE = 3, 0.1


@pytest.fixture(scope="session")
def tenth(root):
    """The stars of a tenth of the survey, in DR19's form; not to be changed."""
    config = read_config([root / "config" / "config.yaml"])
    return observed_stars(config["simulation"] | {"scale": SCALE}, SEED)
