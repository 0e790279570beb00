"""The paper's own table, wherever NADC has it, and what is done without it."""

import json

import numpy as np
import pytest

from mdwarfs.archives.nadc import paper_table, stands_in, table_or_reason
from mdwarfs.catalogues.paper_pairs import read_paper_pairs
from mdwarfs.errors import InputError
from mdwarfs.tables import absent

NAME = "LAMOST_FGK_BOSS_M_dwarfs.fits"
PAGE = f"""<html><div class="paperinfo-files-filename">other.csv</div>
<a href="/good/file_upload/download?id=1">x</a>
<div class="paperinfo-files-filename">{NAME}</div>
<a href="/good/file_upload/download?id=46038">Download</a></html>"""


@pytest.fixture
def columns():
    """Of four pairs, by the names that the paper prints."""
    values = {"FeH": -0.1, "FeH_niu": -0.2, "Teff": 3500.0, "alphaM": 0.1, "logg": 4.8}
    columns = {name: np.full(4, value) for name, value in values.items()}
    ids = {f"source_id{k}": np.arange(4) + 2**60 + k for k in (1, 2)}
    return ids | columns | {"SNR": np.full(4, 12.0)}


@pytest.fixture
def nadc(archive, fits_bytes, columns):
    archive.table = fits_bytes(columns)
    return archive


def source(archive, printed):
    urls = [f"{archive.url}/{printed}/{NAME}", f"{archive.url}/good/page"]
    known = {"archive": "NADC", "version": "1", "kind": "fits", "rows": [4, 4]}
    return known | {"urls": urls}


def test_the_printed_address_is_tried_first(nadc, limits, tmp_path):
    nadc.files = {NAME: nadc.table, "page": PAGE.encode()}
    record = paper_table(tmp_path / NAME, source(nadc, "good"), limits)
    assert record["url"].endswith(NAME)
    assert (tmp_path / NAME).read_bytes() == nadc.table


@pytest.mark.parametrize("printed", ["html", "missing"])
def test_the_page_of_the_resource_gives_the_real_address(
    nadc, limits, tmp_path, printed
):
    nadc.files = {"page": PAGE.encode(), "file_upload/download?id=46038": nadc.table}
    if printed == "html":
        nadc.files[NAME] = nadc.table
    record = paper_table(tmp_path / NAME, source(nadc, printed), limits)
    assert record["url"].endswith("id=46038") and record["rows"] == 4
    assert (tmp_path / NAME).read_bytes() == nadc.table


def test_a_page_without_the_file_is_named(nadc, limits, tmp_path):
    nadc.files = {"page": b"<html>moved</html>"}
    with pytest.raises(InputError, match=f"(?s)404.*the page offers no {NAME}"):
        paper_table(tmp_path / NAME, source(nadc, "good"), limits)
    assert list(tmp_path.iterdir()) == []


def test_another_spelling_is_taken(nadc, limits, tmp_path, fits_bytes, columns):
    columns["TEFF_APOGEE"] = columns.pop("Teff")
    nadc.files = {NAME: fits_bytes(columns), "page": PAGE.encode()}
    record = paper_table(tmp_path / NAME, source(nadc, "good"), limits)
    assert record["columns"]["TEFF_APOGEE"] == "D" and record["rows"] == 4
    assert (read_paper_pairs(tmp_path / NAME)["teff"] == 3500).all()


def test_a_wrong_table_at_the_printed_address_is_not_the_last_word(
    nadc, limits, tmp_path, fits_bytes
):
    nadc.files = {"page": PAGE.encode(), "file_upload/download?id=46038": nadc.table}
    nadc.files[NAME] = fits_bytes({"star": np.arange(4)})
    record = paper_table(tmp_path / NAME, source(nadc, "good"), limits)
    assert record["url"].endswith("id=46038")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: {n: v[:2] for n, v in c.items()}, "the table has 2 rows"),
        (lambda c: c | {"source_id1": c["source_id1"] * 1.0}, "reals"),
        (lambda c: c | {"source_id2": c["source_id2"] * 0}, "identifiers of a pair"),
    ],
)
def test_what_is_no_table_of_pairs_is_refused(
    nadc, limits, tmp_path, fits_bytes, columns, change, words
):
    nadc.files = {NAME: fits_bytes(change(columns)), "page": b"<html>moved</html>"}
    with pytest.raises(InputError, match=words):
        paper_table(tmp_path / NAME, source(nadc, "good"), limits)
    assert list(tmp_path.iterdir()) == []


def test_an_archive_that_is_gone_stops_nothing(nadc, limits, tmp_path, caplog):
    """The raw file has no rows then, and says why; so does its record."""
    path = tmp_path / NAME
    table_or_reason(path, source(nadc, "good"), limits)
    assert stands_in(path) and "goes on without it" in caplog.text
    pairs = read_paper_pairs(path)
    record = json.loads((tmp_path / f"{NAME}.json").read_text())
    for reason in (absent.why(pairs), record["absent"]):
        assert "NADC did not give" in reason and "404" in reason
    assert len(pairs) == 0 and not (tmp_path / f"{NAME}.part").exists()


def test_it_is_asked_again_when_the_rule_runs_again(nadc, limits, tmp_path):
    path = tmp_path / NAME
    table_or_reason(path, source(nadc, "good"), limits)
    nadc.files = {NAME: nadc.table, "page": PAGE.encode()}
    record = table_or_reason(path, source(nadc, "good"), limits)
    assert path.read_bytes() == nadc.table
    assert "absent" not in record and not stands_in(path)


def test_a_file_put_there_by_hand_over_the_empty_one_is_kept(nadc, limits, tmp_path):
    path = tmp_path / NAME
    table_or_reason(path, source(nadc, "good"), limits)
    path.write_bytes(nadc.table)
    record = table_or_reason(path, source(nadc, "good"), limits)
    assert record["url"] == "by hand" and path.read_bytes() == nadc.table


def test_a_wrong_file_put_there_by_hand_stops(nadc, limits, tmp_path, fits_bytes):
    path = tmp_path / NAME
    path.write_bytes(fits_bytes({"star": np.arange(4)}))
    with pytest.raises(InputError, match="put there by hand, is not the right file"):
        table_or_reason(path, source(nadc, "good"), limits)
    assert path.exists()
