"""Numbers of a run held against the paper, or against what was injected."""

import numpy as np
import pytest

from mdwarfs.audit import claims
from mdwarfs.audit.ledger import Quantity
from mdwarfs.audit.run import Run


def row(table, identifier, quantity):
    return table[(table["id"] == identifier) & (table["quantity"] == quantity)][0]


def quantity(**values):
    base = {"name": "x", "unit": "", "value": 10.0, "rule": "within", "why": "a test"}
    return Quantity(**{**base, "answer": {}, **values})


@pytest.mark.parametrize(
    "rule, tolerance, upper, found, error, verdict",
    [
        ("within", 1.0, None, 10.9, np.nan, True),
        ("within", 1.0, None, 11.1, np.nan, False),
        ("within", 1.0, None, 8.9, np.nan, False),
        ("within", 1.0, None, 11.1, 0.1, True),  # two standard errors more
        ("at_least", 0.0, None, 9.9, np.nan, False),
        ("at_least", 0.0, None, 99.0, np.nan, True),
        ("at_most", 0.0, None, 10.1, np.nan, False),
        ("at_most", 0.0, None, 1.0, np.nan, True),
        ("between", 0.0, 20.0, 15.0, np.nan, True),
        ("between", 0.0, 20.0, 21.0, np.nan, False),
        ("between", 0.0, 20.0, 9.0, np.nan, False),
    ],
)
def test_rules(rule, tolerance, upper, found, error, verdict):
    asked = quantity(rule=rule, tolerance=tolerance, upper=upper)
    assert claims.judge(asked, found, error) is verdict


def test_a_run_with_the_paper_s_numbers_reproduces_them(book, sky):
    table = claims.evaluate(book, sky)
    differing = table[table["status"] != "reproduced"]
    # The imaginary wide-binary catalogue has four pairs.
    assert list(differing["id"]) == ["N2"]
    assert np.all(np.isnan(table["injected"])) and set(table["agrees"]) == {""}


def test_another_number_differs(book, sky):
    sky.tables["summary"]["median"][0] = 0.3
    table = claims.evaluate(book, sky)
    assert row(table, "R1", "feh, median")["status"] == "differs"
    assert row(table, "R1", "feh, std")["status"] == "reproduced"


def test_a_simulated_run_reproduces_nothing(book, simulated):
    table = claims.evaluate(book, simulated)
    assert set(table["status"]) == {"simulated"}


def test_injected_truth_stands_beside_the_recovered_number(book, simulated):
    table = claims.evaluate(book, simulated)
    offset = row(table, "R3", "feh, median")
    assert offset["injected"] == pytest.approx(-0.06) and offset["agrees"] == "yes"
    pairs = row(table, "N4", "pairs")
    assert pairs["injected"] == 1665 and pairs["agrees"] == "yes"
    colour = row(table, "R6", "teff, median")
    assert colour["injected"] == pytest.approx(-146, abs=2)


def test_a_number_far_from_the_injected_one_does_not_agree(book, simulated):
    simulated.tables["summary"]["median"][4] = +0.06  # the sign of section 6
    simulated.tables["pairs_m_m_counts"]["n_left"][-1] = 200
    table = claims.evaluate(book, simulated)
    assert row(table, "R3", "feh, median")["agrees"] == "no"
    assert row(table, "N6", "pairs")["agrees"] == "no"
    assert row(table, "R3", "feh, median")["status"] == "simulated"


def test_injected_numbers_follow_the_scale(book, simulated):
    simulated.config["simulation"]["scale"] = 0.1
    table = claims.evaluate(book, simulated)
    assert row(table, "N8", "pairs")["injected"] == 408
    assert row(table, "N7", "test")["injected"] == 24
    assert row(table, "N8", "pairs")["agrees"] == "no"


def test_small_counts_may_be_off_by_rounding(book, simulated):
    simulated.config["simulation"]["scale"] = 0.02
    injected = row(claims.evaluate(book, simulated), "N6", "pairs")["injected"]
    for off, agrees in ((2, "yes"), (3, "no")):
        simulated.tables["pairs_m_m_counts"]["n_left"][-1] = injected + off
        assert row(claims.evaluate(book, simulated), "N6", "pairs")["agrees"] == agrees


def test_what_a_run_lacks_is_said(book, config):
    table = claims.evaluate(book, Run({}, config, simulated=False))
    states = dict(zip(table["id"], table["status"]))
    assert states.pop("N12") == "reproduced"  # the cuts of the configuration
    assert set(states.values()) == {"not testable here"}
    assert row(table, "R1", "feh, std")["note"] == "the run has no product summary"


def test_a_missing_row_is_said(book, sky):
    sky.tables["summary"] = sky.tables["summary"][1:]
    lacking = row(claims.evaluate(book, sky), "R1", "feh, median")
    assert lacking["status"] == "not testable here"
    assert lacking["note"] == "summary has no row of comparison R1, label feh"


def test_a_number_that_is_nan_is_not_testable(book, sky):
    sky.tables["summary"]["std"][0] = np.nan
    lacking = row(claims.evaluate(book, sky), "R1", "feh, std")
    assert lacking["status"] == "not testable here" and "too small" in lacking["note"]


def test_labels_outside_the_usable_range_are_counted_among_training_stars(book, sky):
    sky.tables["split"]["role"][:2] = "test"
    table = claims.evaluate(book, sky)
    assert row(table, "N10", "teff")["found"] == 2  # of four stars at the ends
