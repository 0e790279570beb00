"""Less of what takes long, for tests of what holds with little of it as well."""

import pytest

from mdwarfs.slam.infer import map as maximum_posterior


@pytest.fixture(scope="module", autouse=True)
def few_starts():
    """In a module that imports this, the search for labels has few places to start.

    Each model that is read or trained has the spectra at 5,000 of them made first, for
    stars of low signal-to-noise. So this is for modules that make many models, and use
    no predictor that others use as well.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(maximum_posterior, "EXTRA_STARTS", 300)
        yield
