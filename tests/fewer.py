"""Less of what takes long, for tests of what holds with little of it as well."""

import pytest

from mdwarfs.hybrid import regression
from mdwarfs.slam.infer import map as maximum_posterior


def search_shortly(patch):
    """Let the hybrid model end its search for hyperparameters early.

    For tests of what holds whatever they are: most of a training is this search.
    """
    patch.setattr(regression, "ROUNDS", 1)
    patch.setattr(regression, "CLOSE", 3.0)


def start_at_few(patch):
    """Let the search for labels have few places to start.

    Each model that is read or trained has the spectra at 5,000 of them made first, for
    stars of low signal-to-noise. This is for tests that make many models, and use no
    predictor that others use as well.
    """
    patch.setattr(maximum_posterior, "EXTRA_STARTS", 300)


@pytest.fixture(scope="module", autouse=True)
def few_starts():
    """In a module that imports this, see `start_at_few`."""
    with pytest.MonkeyPatch.context() as patch:
        start_at_few(patch)
        yield
