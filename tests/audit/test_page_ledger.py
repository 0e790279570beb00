"""The ledger as the page shows it."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.audit import claims, ledger
from mdwarfs.report import ledger as shown


@pytest.fixture
def evaluated(simulated):
    return claims.evaluate(ledger.load(), simulated)


def test_each_claim_has_its_numbers_once(evaluated):
    blocks = shown.by_claim(evaluated)
    assert [x["id"] for x in blocks] == list(dict.fromkeys(evaluated["id"]))
    told = [row["quantity"] for x in blocks for row in x["rows"]]
    assert told == list(evaluated["quantity"])
    assert all(x["where"] and x["product"] for x in blocks)


def test_labels_have_their_symbols():
    assert shown.named("feh, median") == "[Fe/H], median"
    assert shown.named("e_alpha_m, median") == "error of [α/M], median"
    assert shown.named("feh_niu, scatter") == "[Fe/H] (Niu scale), scatter"
    assert shown.named("at 3300 K, [Fe/H] = -0.3") == "at 3300 K, [Fe/H] = -0.3"


def test_one_status_is_told_of_all_and_several_are_explained():
    table = Table({"status": ["simulated"] * 3})
    assert shown.statuses(table).startswith("All 3 numbers are simulated: the stars")
    table["status"] = ["differs", "reproduced", "differs"]
    said = shown.statuses(table).replace("differs", "DIFFERS")
    assert "reproduced, within" in said and "DIFFERS, further" in said
    assert "invented" not in said


def test_reasons_of_allowed_differences_are_those_of_a_real_run(evaluated):
    (behmard,) = (x for x in shown.by_claim(evaluated) if x["id"] == "R4")
    assert behmard["reasons"] == []
    table = evaluated[evaluated["id"] == "R4"]
    table["status"], table["note"] = ["reproduced"] * 2, ["as printed"] * 2
    (behmard,) = shown.by_claim(table)
    assert behmard["reasons"] == [
        {"of": "", "why": "allowed difference", "note": "as printed"}
    ]
    table["note"] = ["a", "b"]
    (behmard,) = shown.by_claim(table)
    assert [(x["of"], x["note"]) for x in behmard["reasons"]] == [
        ("[Fe/H], median", "a"),
        ("[Fe/H], std", "b"),
    ]


def test_what_is_expected_says_why_in_every_run(evaluated):
    (trend,) = (x for x in shown.by_claim(evaluated) if x["id"] == "R12")
    (reason,) = trend["reasons"]
    assert reason["why"] == "expected" and "paper gives no number" in (reason["note"])
    assert np.all(evaluated["kind"][evaluated["id"] == "R12"] == "expected")
