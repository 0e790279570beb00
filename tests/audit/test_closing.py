"""The last lines of a run."""

from astropy.table import Table

from mdwarfs import tables
from mdwarfs.audit.closing import closing_words

STAMP = {"run": "test", "simulated": True}


def products(folder, *problems):
    table = Table({"path": [f"{k}.fits" for k in range(len(problems))]})
    table["path"].info.description = "Path"
    table["problems"] = list(problems)
    table["problems"].info.description = "Problems"
    tables.write(table, folder / "audit" / "products.ecsv", STAMP)


def test_a_sound_run_says_nothing(tmp_path):
    assert closing_words(tmp_path) == []  # no audit was asked for
    products(tmp_path, "", "")
    assert closing_words(tmp_path) == []


def test_problems_are_named_with_their_product(tmp_path):
    products(tmp_path, "", "has no rows", "")
    head, line = closing_words(tmp_path)
    assert "1 of 3 products" in head and "audit/products.ecsv has all" in head
    assert line == "  1.fits: has no rows"
    (tmp_path / "audit" / "claims.md").touch()  # where the run has claims
    assert "audit/claims.md has all" in closing_words(tmp_path)[0]


def test_many_problems_are_counted(tmp_path):
    products(tmp_path, *["has no rows"] * 14)
    lines = closing_words(tmp_path)
    assert "14 of 14" in lines[0] and len(lines) == 12 and lines[-1] == "  and 4 more"
