"""Files of a list with checksums; the 54 LAMOST spectra from loopback."""

import hashlib
from types import SimpleNamespace

import pytest

from mdwarfs import tables
from mdwarfs.archives.listed import MOST_LOST, fetch_listed, read_list
from mdwarfs.archives.patience import Limits
from mdwarfs.config import read_config
from mdwarfs.errors import InputError

LIMITS = {"attempts": 2, "first_wait": 0.01, "connect": 2, "stall": 1, "total": 20}


@pytest.fixture
def listed(archive, tmp_path):
    """A list of seven files that the archive has, below the path `ok`."""
    lines = ["# a comment", "file\tbytes\tsha256\tsource_id"]
    for number in range(7):
        content = f"file {number}\n".encode() * 40
        archive.files[f"data/{number}.txt"] = content
        sha256 = hashlib.sha256(content).hexdigest()
        lines.append(f"data/{number}.txt\t{len(content)}\t{sha256}\t{2**60 + number}")
    path = tmp_path / "list.tsv"
    path.write_text("\n".join(lines) + "\n")
    return read_list(path)


def fetched(files, archive, folder, fault="ok"):
    """What comes of the list, from the path of a fault."""
    limits, base = Limits(**LIMITS), f"{archive.url}/{fault}"
    return fetch_listed(files, base, folder, 3, limits, "GitHub", "Clone it.")


def test_files_come_under_their_paths_and_are_listed(listed, archive, tmp_path):
    manifest = fetched(listed, archive, tmp_path / "raw")
    assert manifest.colnames == ["file", "bytes", "sha256"] and len(manifest) == 7
    assert listed["source_id"][3] == 2**60 + 3
    for row in manifest:
        content = (tmp_path / "raw" / row["file"]).read_bytes()
        assert content == archive.files[row["file"]]
    assert not list((tmp_path / "raw").rglob("*.part*"))


def test_only_what_is_not_there_is_asked_for(listed, archive, tmp_path):
    fetched(listed, archive, tmp_path)
    (tmp_path / "data" / "4.txt").unlink()
    archive.asked.clear()
    fetched(listed, archive, tmp_path)
    assert [path for path, _ in archive.asked] == ["/ok/data/4.txt"]


def test_one_bad_file_is_named_and_the_others_are_kept(listed, archive, tmp_path):
    right = archive.files["data/3.txt"]
    archive.files["data/3.txt"] = right[:-1] + b"!"
    with pytest.raises(InputError, match=r"(?s)1 of 7.*data/3.txt: .*sha256.*Clone"):
        fetched(listed, archive, tmp_path)
    there = {path.name for path in (tmp_path / "data").iterdir()}
    assert there == {f"{number}.txt" for number in (0, 1, 2, 4, 5, 6)}
    archive.files["data/3.txt"] = right
    archive.asked.clear()
    fetched(listed, archive, tmp_path)
    assert [path for path, _ in archive.asked] == ["/ok/data/3.txt"]


def test_a_wrong_file_that_lies_there_is_named_and_kept(listed, archive, tmp_path):
    wrong = tmp_path / "data" / "2.txt"
    wrong.parent.mkdir()
    wrong.write_text("of my own")
    with pytest.raises(InputError, match=r"2\.txt is not the right one.*Delete it"):
        fetched(listed, archive, tmp_path)
    assert wrong.read_text() == "of my own"


def test_where_the_first_file_does_not_come_no_other_is_asked_for(listed, tmp_path):
    nobody = SimpleNamespace(url="http://127.0.0.1:9")
    with pytest.raises(InputError, match=r"(?s)1 of 7.*refused.*Clone it\.$"):
        fetched(listed, nobody, tmp_path)
    assert not [path for path in tmp_path.rglob("*.txt")]


def test_it_is_given_up_where_most_do_not_come(listed, archive, tmp_path):
    for number in range(1, 7):
        del archive.files[f"data/{number}.txt"]
    with pytest.raises(InputError, match=f"{MOST_LOST} of 7.*\n.*status 404"):
        fetched(listed, archive, tmp_path)


def test_faults_that_pass_are_waited_out(listed, archive, tmp_path):
    assert len(fetched(listed, archive, tmp_path, "reset")) == 7


def test_what_is_no_list_is_refused(tmp_path):
    path = tmp_path / "list.tsv"
    with pytest.raises(InputError, match=r"list\.tsv is no list"):
        read_list(path)
    path.write_text("file\tsize\na\t1\n")
    with pytest.raises(InputError, match=r"list\.tsv is no list.*bytes"):
        read_list(path)


def fetched_by_the_rule(root, run_script, folder, **changes):
    """The 54 LAMOST spectra by the script of their rule; the manifest."""
    config = read_config([root / "config" / "lamost54.yaml"])
    manifest = folder / "raw" / "fetched.ecsv"
    run_script(
        "retrieve_listed",
        {"files": root / "config" / "lamost54.csv"},
        {"manifest": manifest},
        {"fetch": config["files"]["fetch"] | changes, "archive": "github"},
    )
    return tables.read(manifest)


def test_the_54_spectra_fetch_themselves(lamost54, root, run_script, tmp_path):
    """With the very bytes that are public, of a list that is the table of labels."""
    url = f"{lamost54.url}/Stage2/data/spectrum"
    found = fetched_by_the_rule(root, run_script, tmp_path, url=url)
    assert len(found) == 54 == len(lamost54.asked)
    assert len(list((tmp_path / "raw").glob("spec-*.fits"))) == 54


def test_without_a_network_the_run_says_what_to_do(root, run_script, tmp_path):
    nowhere = {"url": "http://127.0.0.1:9", "limits": LIMITS}
    with pytest.raises(InputError) as error:
        fetched_by_the_rule(root, run_script, tmp_path, **nowhere)
    said = str(error.value)
    for words in ("github", "lamost54.csv", str(tmp_path), "files.folder"):
        assert words in said


@pytest.mark.parametrize("place", ["", "data", "data/0.txt", "data/0.txt.part"])
def test_what_is_in_the_way_on_the_disk_is_named(listed, archive, tmp_path, place):
    there = tmp_path / "raw" / place
    if place.endswith((".txt", ".part")):
        there.mkdir(parents=True)
    else:
        there.parent.mkdir(exist_ok=True)
        there.write_text("a file in the place of a folder")
    with pytest.raises(InputError, match=r"raw/data/0\.txt cannot be written or read"):
        fetched(listed, archive, tmp_path / "raw")


def test_an_empty_list_is_named(listed, archive, tmp_path):
    with pytest.raises(InputError, match="list of files of GitHub is empty"):
        fetched(listed[:0], archive, tmp_path)
