"""Numbers of a run held against the paper, or against what was injected."""

import numpy as np
import pytest

from mdwarfs.audit import answers, claims
from mdwarfs.audit.ledger import Quantity
from mdwarfs.audit.run import Run
from mdwarfs.literature.aspcap_correction import design_matrix
from tests.audit.conftest import put_in


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


def test_injected_counts_are_those_of_the_truth(book, simulated):
    table = claims.evaluate(book, simulated)
    # Field stars, M dwarfs of both kinds of pairs, of which M+M have two, and the
    # binaries that criterion 3 left.
    assert row(table, "N1", "candidates")["injected"] == 2400 + 1665 + 2 * 296 + 130
    assert row(table, "N5", "pairs")["injected"] == 1120
    assert row(table, "N6", "pairs")["injected"] == 256
    assert row(table, "N8", "pairs")["injected"] == 4078
    # 1,115 stars have labels; 248.9 of them are a share of 250 in 1,120.
    assert row(table, "N7", "test")["injected"] == 249
    assert row(table, "N7", "train")["injected"] == 866


def test_pairs_of_the_paper_s_table_are_held_against_those_put_in(book, simulated):
    table = claims.evaluate(book, simulated)
    for name, n in (
        ("pairs of the table", 1120), ("in both", 1110), ("only in the table", 10),
        ("only in the sample built here", 5), ("only in the table, unexplained", 0),
    ):  # fmt: skip
        found = row(table, "S1", name)
        assert (found["found"], found["injected"], found["agrees"]) == (n, n, "yes")
    simulated.tables["recovered_sample"]["n_injected"][2] = 6
    put_in(simulated)
    found = row(claims.evaluate(book, simulated), "S1", "only in the sample built here")
    assert (found["injected"], found["agrees"]) == (6, "no")


def test_labels_of_the_paper_have_no_injected_division(book, simulated):
    simulated.config["labels"]["source"] = "published"
    put_in(simulated)
    table = claims.evaluate(book, simulated)
    assert row(table, "N7", "train")["agrees"] == ""


def test_counts_agree_only_if_equal(book, simulated):
    for off, agrees in ((0, "yes"), (1, "no"), (-1, "no")):
        simulated.tables["pairs_m_m_counts"]["n_left"][-1] = 256 + off
        assert row(claims.evaluate(book, simulated), "N6", "pairs")["agrees"] == agrees


def test_a_kind_of_which_nothing_arrived_is_not_said_to_agree(book, simulated):
    counts = simulated.tables["recovered_counts"]
    simulated.tables["recovered_counts"] = counts[counts["kind"] != "fgk_fgk"]
    put_in(simulated)
    simulated.tables["pairs_fgk_fgk_counts"]["n_left"][-1] = 0
    table = claims.evaluate(book, simulated)
    assert row(table, "N8", "pairs")["agrees"] == ""


@pytest.mark.parametrize("off, agrees", [(2.9, "yes"), (3.1, "no"), (-3.1, "no")])
def test_three_standard_errors_and_no_tolerance_of_the_sky(
    book, simulated, off, agrees
):
    error = 1e-4  # far below the tolerance of the paper's number, 0.03 dex
    simulated.tables["summary"]["e_median"][4] = error
    simulated.tables["summary"]["median"][4] = -0.06 + off * error
    table = claims.evaluate(book, simulated)
    assert row(table, "R3", "feh, median")["agrees"] == agrees
    assert row(table, "R3", "feh, median")["status"] == "simulated"
    cause = row(table, "R3", "feh, median")["cause"]  # of what is apart alone
    assert ("SLAM's own offset" in cause) == (agrees == "no")


def test_without_an_error_there_is_no_verdict(book, simulated):
    simulated.tables["summary"]["e_median"][4] = np.nan
    table = claims.evaluate(book, simulated)
    assert row(table, "R3", "feh, median")["agrees"] == ""


def test_what_hangs_on_the_run_itself_has_no_injected_number(book, simulated):
    table = claims.evaluate(book, simulated)
    own = [name.endswith(("std", "scatter")) for name in table["quantity"]]
    own |= np.isin(table["id"], ["N9", "N10", "N11", "N12", "R8", "R10"])
    own |= table["quantity"] == "median after the correction"
    assert np.isnan(table["injected"][own]).all()
    assert set(table["agrees"][own]) == {""}


def test_trends_are_slopes_of_the_stars_compared(book, sky):
    table = claims.evaluate(book, sky)
    found = row(table, "R13", "logg, slope")
    assert found["found"] == pytest.approx(-0.3) and found["status"] == "reproduced"
    below, above = (
        row(table, "R13", f"logg, median {x} 4.7") for x in ("below", "above")
    )
    assert below["found"] > 0.01 and above["found"] < -0.01
    test = sky.tables["test"]
    test["teff"] -= 0.5 * (test["teff_ref"] - 3500)
    found = row(claims.evaluate(book, sky), "R12", "teff, slope")
    assert found["found"] == pytest.approx(-0.5) and found["status"] == "differs"
    test["teff"] = np.nan
    found = row(claims.evaluate(book, sky), "R12", "teff, slope")
    assert found["note"] == "test has no star with teff"


def test_error_of_the_surface_is_that_of_repeated_fits(simulated):
    stars = simulated.tables["aspcap"]
    stars = stars[stars["selected"]]
    terms = design_matrix(stars["teff_aspcap"], stars["feh_aspcap"])
    rng = np.random.default_rng(8)
    simulated.tables["aspcap_correction"]["robust_std_after"] = 0.12
    noise = rng.normal(0, 0.12, (len(terms), 2000))
    fitted = design_matrix(3900, -0.1) @ np.linalg.lstsq(terms, noise, rcond=None)[0]
    _, error = answers.surface(simulated, 3900, -0.1)
    assert error == pytest.approx(np.std(fitted), rel=0.06)


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
