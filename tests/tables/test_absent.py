"""Tables without rows, and why they have none."""

from astropy.io import fits
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.tables import absent


def test_a_reason_comes_back_from_either_kind_of_file(tmp_path, stamp):
    reason = (
        "NADC did not give it:\n  https://nadc.org/a: status 404\n  é \U0001f600" * 5
    )
    table = absent.note(Table({"source_id": [1][:0]}), reason)
    for name in ("a.fits", "a.ecsv"):
        tables.write(table, tmp_path / name, stamp)
        said = absent.why(tables.read(tmp_path / name))
        assert said.startswith(
            "NADC did not give it: https://nadc.org/a: status 404 | e NADC"
        )
        assert said.isascii() and "\n" not in said
    assert absent.why(tables.read(tmp_path / "a.fits")) == absent.header_text(reason)


def test_a_long_reason_is_cut_and_stays_a_card(tmp_path):
    words = absent.header_text("x" * 5000)
    assert len(words) == absent.LONGEST and words.endswith("...")
    header = fits.Header()
    header[absent.KEYWORD] = words
    assert fits.Header.fromstring(header.tostring())[absent.KEYWORD] == words


def test_nothing_is_noted_where_nothing_is_absent():
    table = absent.note(Table({"source_id": [1]}), "")
    assert absent.why(table) == "" and absent.KEYWORD not in table.meta
