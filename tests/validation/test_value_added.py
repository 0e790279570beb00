"""The run's labels beside those from Gaia XP, with the qualities of two catalogues."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.catalogues.value_added import ACTIVE_COLUMNS, CONTIN_COLUMNS
from mdwarfs.slam.infer.flags import Flag
from mdwarfs.tables.tabulate import annotate
from mdwarfs.validation.value_added import compare, differences, summarise

TEFF = np.linspace(3200, 3800, 40)


@pytest.fixture
def tables():
    """40 candidates; contin has 30 of them, active 10, five of these alone."""
    n = len(TEFF)
    catalogue = Table({"source_id": np.arange(n) + 100, "sdss_id": np.arange(n) + 1})
    catalogue["snr"] = np.linspace(4, 40, n)
    catalogue["flags"] = np.zeros(n, int)
    catalogue["teff"], catalogue["logg"], catalogue["feh"] = TEFF, 4.8, 0.0
    contin = catalogue["source_id", "sdss_id", "snr"][:30]
    for label, shift in (("teff", 50.0), ("logg", 0.0), ("feh", -0.1)):
        contin[label] = np.asarray(catalogue[label][:30]) + shift
        contin[f"e_{label}"] = np.full(30, 0.1)
    contin["zwarning_flags"] = np.zeros(30, int)
    contin["xp_quality_flags"] = np.r_[8, 7, np.zeros(28, int)]
    active = catalogue["source_id", "sdss_id"][25:35]
    active["ha_ew"] = np.linspace(0, 9, 10)
    active["spectral_type"], active["mc"] = 3.0, np.nan
    return catalogue, annotate(contin, CONTIN_COLUMNS), annotate(active, ACTIVE_COLUMNS)


def test_stars_of_either_catalogue_have_what_it_says(tables):
    comparison = compare(*tables)
    assert len(comparison) == 35
    assert comparison["in_contin"].sum() == 30 and comparison["in_active"].sum() == 10
    np.testing.assert_allclose(differences(comparison)["teff"][:30], -50)
    assert np.isnan(differences(comparison)["teff"][30:]).all()
    np.testing.assert_allclose(comparison["ha_ew"][25:], np.linspace(0, 9, 10))
    assert np.isnan(comparison["ha_ew"][:25]).all()


def test_unreliable_labels_and_unusable_stars_are_not_used(tables):
    catalogue = tables[0]
    catalogue["flags"][5] = int(Flag.NOT_CONVERGED)
    comparison = compare(*tables)
    assert list(np.flatnonzero(~comparison["used"])) == [0, 5, *range(30, 35)]
    found = summarise(comparison, [10])
    every = found[(found["label"] == "feh") & (found["bin"] == 0)]
    assert dict(zip(every["sample"], every["n"])) == {"used": 28, "all": 30}
    np.testing.assert_allclose(every["bias"], 0.1)
