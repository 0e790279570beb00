"""Matches that find fewer stars than they should."""

import logging

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.audit.invariants import needed, problems_between
from mdwarfs.catalogues import registry
from mdwarfs.catalogues.matches import IN_GAIA, MATCHES, Match, misgivings
from mdwarfs.samples.candidates import join_gaia
from tests.catalogues.test_rounded import gaia

CATALOGUES = {catalogue.name for catalogue in registry.CATALOGUES}
ASKED = Match("samples/a.fits", "catalogues/b.fits", least=0.8, source="somebody says")


def test_a_match_that_finds_what_is_expected_gives_no_misgivings():
    ids = gaia(1000)
    assert misgivings(np.append(ids, [0, 0, -1]), ids[:800], ASKED) == []
    assert misgivings([], [], ASKED) == []


def test_fewer_than_expected_are_said_with_both_numbers_and_whose_expectation():
    ids = gaia(1000)
    assert misgivings(ids, ids[:799], ASKED) == [
        "799 of its 1000 stars are in catalogues/b.fits; at least 80% are expected: "
        "somebody says"
    ]


@pytest.mark.parametrize("which", [0, 1])
def test_digits_that_some_rows_lost_are_noticed_on_either_side(which):
    both = [gaia(1000), gaia(1000)]
    both[which][:100] = both[which][:100].astype(float).astype(np.int64)
    (words,) = misgivings(*both, ASKED)
    assert "but nearly" in words and "lost their last digits" in words


def test_a_few_neighbours_are_none():
    ids = gaia(1000)
    near = ids.copy()
    near[:15] += 128
    assert misgivings(near, ids, ASKED) == []


def test_the_audit_names_the_stars_and_the_catalogue():
    ids = gaia(500)
    lost = ids.astype(float).astype(np.int64)
    products = {
        "samples/candidates.fits": Table({"source_id": ids}),
        "catalogues/wide_binaries.fits": Table(
            {"source_id1": lost[:300], "source_id2": lost[200:]}
        ),
        "catalogues/behmard.fits": Table({"source_id": ids[:3]}),
    }
    small = {name: needed(table) for name, table in products.items()}
    (found,) = problems_between(small)["samples/candidates.fits"]
    assert "not in catalogues/wide_binaries.fits, but nearly" in found
    assert len(problems_between(small)) == 1


def test_matches_are_of_products_that_a_run_audits(root):
    audited = (root / "rules" / "audit.smk").read_text()
    assert len(MATCHES) > 7
    for asked in MATCHES:
        for product in (asked.stars, asked.catalogue):
            name = product.removeprefix("catalogues/").removesuffix(".fits")
            assert f'"{product}"' in audited or name in CATALOGUES
    assert [bool(asked.least) == bool(asked.source) for asked in MATCHES].count(0) == 0


def test_the_step_itself_warns(caplog):
    ids = gaia(50)
    boss = Table({"gaia_dr2_source_id": ids, "ra": ids * 1.0, "dec": ids * 1.0})
    boss["n_spectra"], boss["snr"] = 1, 10.0
    found = Table({"gaia_dr2_source_id": ids[:9], "source_id": ids[:9]})
    with caplog.at_level(logging.WARNING):
        join_gaia(boss, found)
    assert "catalogues/boss.fits: 9 of its 50 stars are in" in caplog.text
    assert IN_GAIA[0].source in caplog.text
