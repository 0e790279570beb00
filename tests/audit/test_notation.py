"""The paper's numbers are written alike in the audit, on the page and in a trace."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.audit import claims, ledger, notation
from mdwarfs.audit.answers import FUNCTIONS
from mdwarfs.audit.origin import ORIGINS, Cell, answer_origin
from mdwarfs.audit.report import write
from mdwarfs.provenance.questions import claim_line
from mdwarfs.report import ledger as shown_ledger
from mdwarfs.tables.markdown import number


@pytest.fixture(scope="module")
def book():
    return ledger.load()


@pytest.fixture
def evaluated(book, simulated):
    return claims.evaluate(book, simulated)


def test_limits_ranges_and_all_digits_are_told(evaluated):
    said = {(row["id"], row["quantity"]): notation.paper(row) for row in evaluated}
    assert said["N1", "candidates"] == "≥ 90,000"
    assert said["N10", "feh"] == "≤ 19"
    assert said["R10", "median of SLAM minus ASPCAP"] == "0.1 to 0.24"
    assert said["R13", "logg, slope"] == "≤ 0"
    assert said["R13", "logg, median below 4.7"] == "≥ 0"
    assert said["R8", "teff, A"] == "388.88"


def test_text_page_and_trace_say_the_same_of_the_paper(book, simulated, evaluated):
    products = Table({"path": [], "rule": [], "nulled": [], "problems": []})
    text = write(book, simulated, evaluated, products, "a")
    lines = text[text.index("## Numbers") :].splitlines()[4:]
    page = shown_ledger.rows(evaluated)
    for row, line, shown in zip(evaluated, lines, page):
        said = notation.paper(row)
        assert line.split(" | ")[5].strip() == said
        assert shown["paper"].replace("−", "-") == said
        trace = claim_line(row)
        whose = "expected" if row["kind"] == "expected" else "paper"
        told = trace.partition(f", {whose} ")[2].partition(", injected")[0]
        if row["status"] != claims.NOT_TESTABLE:
            assert told.partition(";")[0] == said


@pytest.mark.parametrize(
    ("value", "error", "written"),
    [
        (0.0007187, 0.00785, "0.0007"),
        (0.00285, 0.01734, "0.003"),
        (-1.99, 12.89, "-2"),
        (-0.0001, 0.017, "0.000"),
        (12345.6, 123.0, "12,346"),
        (12345.6, np.nan, "12,346"),
        (4788.0, 0.0, "4,788"),
        (-1.5257e-10, 7.7e-10, "-1.5e-10"),
    ],
)
def test_a_number_has_as_many_decimals_as_its_error(value, error, written):
    assert number(value, error) == written


def test_every_answer_says_where_it_is_from(book):
    assert set(ORIGINS) == set(FUNCTIONS)
    for claim in book.numbers:
        for quantity in claim.quantities:
            assert answer_origin(quantity.answer)


def test_a_cell_holds_the_number(book, simulated):
    """What is said to stand in a cell is what the answer takes."""
    seen = 0
    for claim in book.numbers:
        for quantity in claim.quantities:
            said, answer = answer_origin(quantity.answer), dict(quantity.answer)
            if not isinstance(said, Cell) or said.table not in simulated.tables:
                continue
            table = simulated.table(said.table)
            row = table[-1] if said.values is None else None
            row = simulated.row(said.table, **said.values) if row is None else row
            found, _ = FUNCTIONS[answer.pop("function")](simulated, **answer)
            assert found == row[said.column]
            seen += 1
    assert seen > 20
