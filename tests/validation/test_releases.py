"""The labels of two data releases, on the stars that both have."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.labels import RELEASED
from mdwarfs.validation.releases import compare, count, differences, summarise

SHIFT = {"feh": -0.02, "feh_niu": -0.03, "alpha_m": 0.0, "teff": 12.0, "logg": 0.01}


def released(ids, shift=None, seed=1):
    """A clean catalogue of released labels."""
    n = len(ids)
    rng = np.random.default_rng(seed)
    table = Table({"sdss_id": ids, "source_id": np.asarray(ids) + 100})
    table["snr"] = np.linspace(4, 30, n)
    for label in RELEASED:
        table[label] = 0.1 * np.asarray(ids) + (shift or {}).get(label, 0.0)
        table[label] += 0.001 * rng.standard_normal(n)
        table[f"e_{label}"] = np.full(n, 0.01)
    table["result_flags"] = np.zeros(n, int)
    return table


def as_dict(counts):
    """Numbers by what they count."""
    return dict(zip(counts["what"], counts["n"]))


@pytest.fixture
def tables():
    """60 common stars, 20 and 10 of one release alone."""
    old, new = released(np.arange(1, 81)), released(np.arange(21, 91), SHIFT, 2)
    new["result_flags"][:3] = [1, 2, 4]
    old["result_flags"][20:24] = [8, 0, 0, 1]
    new["teff"][3] = np.nan
    new.meta = {"N_UNSEL": 7}
    return new, old


def test_differences_are_newer_minus_older_of_the_same_star(tables):
    comparison = compare(*tables)
    assert len(comparison) == 60
    assert set(comparison["sdss_id"]) == set(range(21, 81))
    for label, values in differences(comparison).items():
        assert np.nanmedian(values) == pytest.approx(SHIFT[label], abs=1e-3)
    assert np.isnan(differences(comparison)["teff"]).sum() == 1


def test_flagged_stars_of_either_release_are_left_out_and_counted(tables):
    new, old = tables
    comparison = compare(new, old)
    # Of sdss_id 21 to 24: bits 0, 1, 2 in the newer; bits 3 and 0 in the older one.
    assert list(comparison["used"][:5]) == [False, False, False, False, True]
    counts = as_dict(count(comparison, new, old))
    assert counts["newer release: rows, bit 4 or 5"] == 7
    assert counts["newer release: of these, not in the other"] == 10
    assert counts["older release: of these, not in the other"] == 20
    assert counts["in both, flagged in the newer release: optimizer"] == 1
    assert counts["in both, flagged in the older release: photometry"] == 1
    assert counts["in both, flagged in the older release: optimizer"] == 1
    assert counts["labels in both"] == 60
    assert counts["in both, left out as flagged"] == 4
    assert counts["compared"] == 56


def test_the_summary_has_median_and_scatter_by_snr(tables):
    comparison = compare(*tables)
    found = summarise(comparison, [10, 20])
    assert len(found) == 2 * len(RELEASED) * 4
    assert set(found["n"][(found["sample"] == "all") & (found["bin"] == 0)]) == {60, 59}
    found = found[found["sample"] == "unflagged"]
    every = found[(found["label"] == "logg") & (found["bin"] == 0)][0]
    assert every["n"] == 56
    assert every["robust_bias"] == pytest.approx(0.01, abs=1e-3)
    assert every["robust_scatter"] == pytest.approx(0.001 * np.sqrt(2), rel=0.4)
    bins = found[(found["label"] == "teff") & (found["bin"] > 0)]
    assert sum(bins["n"]) == 56


def test_a_star_without_labels_is_not_common(tables):
    new, old = tables
    for label in RELEASED:
        new[label][5] = np.nan
    comparison = compare(new, old)
    assert len(comparison) == 59 and new["sdss_id"][5] not in comparison["sdss_id"]
    counts = as_dict(count(comparison, new, old))
    assert counts["newer release: stars without labels"] == 1


def test_no_common_star_is_an_error(tables):
    new, old = tables
    new["sdss_id"] += 1000
    with pytest.raises(InputError, match="no star in common"):
        compare(new, old)
