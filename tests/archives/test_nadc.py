"""The paper's own table, wherever NADC has it."""

import numpy as np
import pytest

from mdwarfs.archives.nadc import TABLE_3, published_table
from mdwarfs.errors import InputError

NAME = "LAMOST_FGK_BOSS_M_dwarfs.fits"
PAGE = f"""<html><div class="paperinfo-files-filename">other.csv</div>
<a href="/good/file_upload/download?id=1">x</a>
<div class="paperinfo-files-filename">{NAME}</div>
<a href="/good/file_upload/download?id=46038">Download</a></html>"""


@pytest.fixture
def nadc(archive, fits_bytes):
    columns = {n: np.arange(4) + (2**60 if "id" in n else 0.5) for n in TABLE_3.columns}
    columns = {n: v.astype(int) if "source" in n else v for n, v in columns.items()}
    archive.table = fits_bytes(columns)
    return archive


def source(archive, printed):
    urls = [f"{archive.url}/{printed}/{NAME}", f"{archive.url}/good/page"]
    known = {"archive": "NADC", "version": "1", "kind": "fits", "rows": [4, 4]}
    return known | {"urls": urls}


def test_the_printed_address_is_tried_first(nadc, limits, tmp_path):
    nadc.files = {NAME: nadc.table, "page": PAGE.encode()}
    record = published_table(tmp_path / NAME, source(nadc, "good"), limits)
    assert record["url"].endswith(NAME)
    assert (tmp_path / NAME).read_bytes() == nadc.table


@pytest.mark.parametrize("printed", ["html", "missing"])
def test_the_page_of_the_resource_gives_the_real_address(
    nadc, limits, tmp_path, printed
):
    nadc.files = {"page": PAGE.encode(), "file_upload/download?id=46038": nadc.table}
    if printed == "html":
        nadc.files[NAME] = nadc.table
    record = published_table(tmp_path / NAME, source(nadc, printed), limits)
    assert record["url"].endswith("id=46038") and record["rows"] == 4
    assert (tmp_path / NAME).read_bytes() == nadc.table


def test_a_page_without_the_file_is_named(nadc, limits, tmp_path):
    nadc.files = {"page": b"<html>moved</html>"}
    with pytest.raises(InputError, match=f"(?s)404.*the page offers no {NAME}"):
        published_table(tmp_path / NAME, source(nadc, "good"), limits)
    assert list(tmp_path.iterdir()) == []
