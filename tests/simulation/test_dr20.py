"""The simulated SDSS tables in DR20's form, with their traps."""

import numpy as np
import pytest

from mdwarfs.config import read_config
from mdwarfs.simulation import dr20, sdss_rows
from mdwarfs.simulation.streams import stream
from mdwarfs.simulation.survey import observed_stars
from tests.simulation.conftest import SCALE, SEED

pytestmark = pytest.mark.dag  # another survey


@pytest.fixture(scope="module")
def stars(root):
    config = read_config([root / "config" / "config.yaml"])
    return observed_stars(config["simulation"] | {"scale": SCALE, "release": 20}, SEED)


@pytest.fixture(scope="module")
def entries(stars):
    return sdss_rows.boss_entries(stars, 0.15, stream(SEED, "boss"))


@pytest.fixture(scope="module")
def names(stars, entries):
    return dr20.named(stars, entries, stream(SEED, "dr20"))


@pytest.fixture(scope="module")
def before(stars):
    return sdss_rows.released_slam(stars, stream(SEED, "slam"))


@pytest.fixture(scope="module")
def slam(stars, names, before):
    return dr20.slam(stars, names, before, stream(SEED, "dr20", 1))


def test_the_stars_are_those_of_dr19s_form(stars, tenth):
    assert (stars["source_id"] == tenth["source_id"]).all()
    assert (stars["teff"] == tenth["teff"]).all()


def test_the_list_mixes_identifiers_of_two_releases(stars, entries):
    listed = dr20.listed(stars, entries, stream(SEED, "dr20"))
    dr3 = np.asarray(stars["source_id"][entries["star"]])
    dr2 = np.asarray(entries["gaia_dr2_source_id"])
    renamed = (dr3 != dr2) & (dr3 > 0)
    assert 0 < np.sum(renamed & (listed == dr2)) < np.sum(renamed)
    assert np.sum(renamed & (listed == dr3)) > 0
    # Of some the number is that of another star, so that no query can tell.
    wrong = (listed != dr3) & (listed != dr2)
    assert wrong.any() and np.isin(listed[wrong], stars["source_id"]).all()


def test_astra_lacks_some_stars_and_doubles_some(stars, entries, names, slam):
    lost = np.setdiff1d(entries["sdss_id"], names["sdss_id"])
    assert len(lost) > 0
    kinds = stars["kind"][entries["star"][np.isin(entries["sdss_id"], lost)]]
    assert set(kinds) == {"field"}
    ids, count = np.unique(slam["sdss_id"], return_counts=True)
    assert set(ids[count == 2]) == set(names["sdss_id"][names["several"]])
    for name in ids[count == 2]:
        rows = slam["sdss_id"] == name
        assert len(set(slam["gaia_dr3_source_id"][rows])) == 2


def test_stars_that_are_no_m_dwarfs_have_flags_instead_of_labels(slam):
    flagged = slam["result_flags"] == 16 + 32
    assert 0.1 < flagged.mean() < 0.9
    for label in dr20.LABELS:
        np.testing.assert_array_equal(np.isnan(slam[label]), flagged)
        np.testing.assert_array_equal(np.isnan(slam[f"e_{label}"]), flagged)
    assert (slam["result_flags"][~flagged] < 16).all()


def test_labels_moved_by_a_known_amount_since_dr19(slam, before):
    _, new, old = np.intersect1d(
        slam["sdss_id"], before["sdss_id"], return_indices=True
    )
    assert len(new) > 200
    for label, shift in dr20.SHIFT.items():
        moved = slam[label][new] - before[label][old]
        error = np.std(moved) / np.sqrt(len(moved))
        assert abs(np.mean(moved) - shift) < 4 * error


def test_gaia_is_asked_by_source_for_the_stars_that_have_one_name(
    stars, entries, names
):
    found = dr20.gaia(stars, entries, names)
    assert (found["dr2_source_id"] == found["source_id"]).all()
    assert len(np.unique(found["source_id"])) == len(found)
    several = stars["source_id"][names["star"][names["several"]]]
    assert not np.isin(several, found["source_id"]).any()


def test_value_added_catalogues_have_nulls_and_unreliable_labels(stars, entries):
    contin = dr20.contin(stars, entries, stream(SEED, "dr20", 2))
    assert 0 < np.isnan(contin["zgr_teff"]).mean() < 0.2
    assert 0 < np.mean(contin["zgr_quality_flags"] >= 8) < 0.2
    active = dr20.active(stars, stream(SEED, "dr20", 3))
    assert 0 < np.mean(active["ha_ew"] == dr20.VAC_NULL) < 0.3
    assert (active["mc"] == dr20.VAC_NULL).all()
