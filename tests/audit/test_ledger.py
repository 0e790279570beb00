"""The ledger is whole, and what is wrong in a ledger is refused."""

import importlib
import json

import pytest
import yaml

from mdwarfs.audit import answers, contradictions, ledger
from mdwarfs.errors import InputError
from mdwarfs.labels import LABELS
from mdwarfs.literature.aspcap_correction import PUBLISHED
from mdwarfs.literature.power_laws import PUBLISHED as LAWS
from mdwarfs.recovery import expected
from mdwarfs.validation.paper_sample import QUANTITIES, unit_of


def test_every_entry_of_the_paper_is_there(book):
    wanted = [f"N{k}" for k in range(1, 13)] + [f"R{k}" for k in range(1, 14)]
    wanted += ["S1", "S2", "S3"]
    assert [claim.id for claim in book.numbers] == wanted
    assert len(book.figures) == 12 and len(book.tables) == 4
    assert len(book.equations) == 14 and len(book.contradictions) == 11


def test_every_number_can_be_answered_and_no_name_is_wrong(book):
    for claim in book.numbers:
        assert claim.quantities
        for quantity in claim.quantities:
            assert quantity.answer["function"] in answers.FUNCTIONS
            assert quantity.why
            if quantity.injected:
                assert quantity.injected["function"] in expected.FUNCTIONS


def test_quantities_of_a_claim_have_different_names(book):
    for claim in book.numbers:
        names = [quantity.name for quantity in claim.quantities]
        assert len(set(names)) == len(names)


def test_units_are_those_of_the_labels(book):
    for claim in book.numbers:
        for quantity in claim.quantities:
            label = quantity.answer.get("label")
            if quantity.answer["function"] == "sample_difference":
                assert quantity.unit == unit_of(quantity.answer["quantity"])
                assert quantity.answer["quantity"] in QUANTITIES
            if quantity.answer["function"] in {"comparison", "label_end", "sigma"}:
                assert quantity.unit == LABELS[label].unit


def test_every_number_says_whose_it_is(book):
    kinds = {
        (claim.id, quantity.name): quantity.kind
        for claim in book.numbers
        for quantity in claim.quantities
    }
    count = {kind: list(kinds.values()).count(kind) for kind in ledger.KINDS}
    assert count == {"printed": 58, "derived": 6, "expected": 27}
    derived = {name for name, kind in kinds.items() if kind == "derived"}
    assert {claim for claim, _ in derived} == {"R8", "R9"}
    expected = {claim for (claim, _), kind in kinds.items() if kind == "expected"}
    assert expected == {"R9", "R11", "R12", "R13", "S1", "S2", "S3"}
    for claim in ("S2", "S3", "R12", "R13"):  # nothing of these is printed
        assert {k for (c, _), k in kinds.items() if c == claim} == {"expected"}


def test_figures_and_tables_point_to_numbers_that_exist(book):
    known = {claim.id for claim in book.numbers}
    pointed = {n for entry in book.figures + book.tables for n in entry["numbers"]}
    assert pointed <= known
    assert known - pointed <= {"N2", "N3", "N4", "N6", "N7", "N8", "N11", "N12"}


def test_equations_stand_where_the_ledger_says(book):
    for entry in book.equations:
        assert importlib.util.find_spec(entry["module"]), entry["module"]


def test_contradictions_have_both_forms_and_a_decision(book):
    for entry in book.contradictions:
        assert entry["printed"] != entry["corrected"]
        assert entry["decision"] and entry["reason"]
    assert set(contradictions.CHECKS) <= {entry["id"] for entry in book.contradictions}


def test_numbers_agree_with_the_library_where_both_have_them(book):
    claims = {claim.id: claim.quantities for claim in book.numbers}
    for quantity in claims["R8"]:
        law = LAWS[quantity.answer["label"]]
        if quantity.answer["function"] == "law":
            assert quantity.value == getattr(law, quantity.answer["column"])
        else:
            assert quantity.value == pytest.approx(float(law.sigma(10)), rel=0.04)
    for quantity in claims["R9"][:3]:
        place = quantity.answer["teff"], quantity.answer["feh"]
        assert quantity.value == pytest.approx(float(PUBLISHED(*place)), abs=6e-4)


def broken(tmp_path, change):
    content = yaml.load(ledger.PATH.read_text(), ledger.LOADER)
    change(content)
    path = tmp_path / "ledger.yaml"
    path.write_text(json.dumps(content))  # which is YAML, and written at once
    return path


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda c: c.pop("tables"), "tables"),
        (lambda c: c["numbers"].pop(3), "N4"),
        (lambda c: c["numbers"].append(c["numbers"][0]), "order"),
        (lambda c: c["contradictions"][0].pop("reason"), "reason"),
        (lambda c: c["figures"][0].update(colour="red"), "colour"),
        (lambda c: c["numbers"][0]["quantities"][0].update(rule="near"), "near"),
        (lambda c: c["numbers"][0]["quantities"][0].update(kind="ours"), "ours"),
        (lambda c: c["numbers"][0]["quantities"][0].update(upper=9), "upper"),
        (lambda c: c["numbers"][0]["quantities"][0].pop("value"), "value"),
    ],
)
def test_a_broken_ledger_is_refused_by_name(tmp_path, change, said):
    with pytest.raises(InputError, match=said):
        ledger.load(broken(tmp_path, change))
