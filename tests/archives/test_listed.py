"""Files of a list with checksums; the 54 LAMOST spectra from loopback."""

import hashlib
from types import SimpleNamespace

import numpy as np
import pytest
import yaml
from astropy.io import fits
from mdwarfs.lamost54.listing import write_list
from mdwarfs.lamost54.sample import read_labels

from mdwarfs import tables
from mdwarfs.archives.listed import MOST_LOST, fetch_listed, read_list
from mdwarfs.archives.transfer import Limits
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


def test_labels_go_to_the_nearest_star_and_to_none_beyond_two_arcsec(tmp_path):
    (tmp_path / "data").mkdir()
    for number, ra in enumerate((10.0, 20.0)):
        hdu = fits.PrimaryHDU()
        hdu.header.update(
            OBSID=number, RA=ra, DEC=-3.0, SUBCLASS="M2", SNRI=50.0,
            DESIG=f"LAMOST J{number}",
        )  # fmt: skip
        hdu.writeto(tmp_path / "data" / f"{number}.fits")
    (tmp_path / "a.csv").write_text(
        ",Name,RA,DEC,SpT,Teff,logg,Fe_H,ref_name\n"
        "0,Far,20.0,-2.9994,M2,3300,4.9,0.1,X\n"  # 2.2 arcsec
        "1,Second,10.0,-2.9996,M2,3400,4.9,0.2,X\n"  # 1.4 arcsec
        "2,Near,10.0001,-3.0,M2,3500,4.8,-0.1,Y\n"  # 0.4 arcsec
    )
    files = read_list_of(tmp_path, [("data/0.fits", 2**62), ("data/1.fits", 0)])
    write_list(files, tmp_path, tmp_path / "a.csv", tmp_path / "labels.csv")
    labels = read_labels(tmp_path / "labels.csv")
    assert labels["name"].tolist() == ["Near", ""]
    assert labels["designation"].tolist() == ["J0", "J1"]
    assert labels["source_id"].tolist() == [2**62, 1]
    assert labels["teff"][0] == 3500 and np.isnan(labels["teff"][1])


def read_list_of(folder, rows):
    """A list of files, of which only path and identifier matter."""
    path = folder / "list.tsv"
    lines = [f"{file}\t1\tx\t{source_id}" for file, source_id in rows]
    path.write_text("\n".join(["file\tbytes\tsha256\tsource_id", *lines]) + "\n")
    return read_list(path)


def test_the_54_spectra_and_their_labels_fetch_themselves(
    lamost54, real, root, run_script, tmp_path
):
    """By the scripts of the workflow, with the very bytes that are public."""
    config = yaml.safe_load((root / "config" / "lamost54.yaml").read_text())
    fetch = config["lamost54"]["fetch"] | {"url": f"{lamost54.url}/Stage2"}
    manifest, labels = tmp_path / "raw" / "files.ecsv", tmp_path / "labels.csv"
    files = root / "config" / "lamost54_files.tsv"
    stamp = {"run": "lamost54", "simulated": False}
    run_script(
        "retrieve_lamost54",
        {"files": files},
        {"manifest": manifest},
        {"fetch": fetch, "stamp": stamp},
    )
    assert len(tables.read(manifest)) == 55 == len(lamost54.asked)
    run_script(
        "list_lamost54",
        {"files": files, "manifest": manifest},
        {"labels": labels},
        {"catalogue": "fit/catalog_A.csv"},
    )
    found = read_labels(labels)
    right = read_labels(real / "lamost" / "lamost54_labels.csv")
    assert found.colnames == right.colnames and len(found) == 54
    for name in right.colnames:
        np.testing.assert_array_equal(found[name], right[name], err_msg=name)


def test_without_a_network_the_run_says_what_to_do(root, run_script, tmp_path):
    config = yaml.safe_load((root / "config" / "lamost54.yaml").read_text())
    nowhere = {"url": "http://127.0.0.1:9", "limits": LIMITS}
    with pytest.raises(InputError) as error:
        run_script(
            "retrieve_lamost54",
            {"files": root / "config" / "lamost54_files.tsv"},
            {"manifest": tmp_path / "raw" / "files.ecsv"},
            {"fetch": config["lamost54"]["fetch"] | nowhere},
        )
    said = str(error.value)
    for words in ("GitHub", "MULySS_zh", "Stage2", str(tmp_path), "lamost54.folder"):
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
