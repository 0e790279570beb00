import hashlib
from pathlib import Path

import pytest

from mdwarfs.spectra.manifest import folder_of, manifest


def test_files_are_listed_with_their_checksums_and_reasons(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "7.fits").write_bytes(b"seven")
    listed = manifest({7: "a/7.fits", 9: Path("a/9.fits")}, tmp_path, {9: "not there"})
    assert listed["sdss_id"].tolist() == [7, 9]
    assert listed["file"].tolist() == ["a/7.fits", ""]
    assert listed["bytes"].tolist() == [5, 0]
    assert listed["sha256"][0] == hashlib.sha256(b"seven").hexdigest()
    assert listed["reason"].tolist() == ["", "not there"]


def test_a_file_that_is_neither_there_nor_excused_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        manifest({7: "7.fits"}, tmp_path)


def test_no_stars_are_an_empty_list(tmp_path):
    assert len(manifest({}, tmp_path)) == 0


def test_the_files_lie_beside_their_list():
    assert folder_of("raw/astra/spectra.ecsv") == Path("raw/astra/spectra")
