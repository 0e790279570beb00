"""Going on after a run was killed: its lock, and what its jobs were writing."""

import json
import subprocess
import sys
from socket import gethostname

import pytest

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.run.interrupted import NOTE, left_locked, note_start, sweep


@pytest.fixture(scope="module")
def dead():
    """The number of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.fixture
def locked(tmp_path):
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks" / "0.output.lock").touch()
    return tmp_path


def note(folder, pid, host=None):
    said = {"host": host or gethostname(), "pid": pid}
    (folder / NOTE).write_text(json.dumps(said))


def test_without_a_lock_there_is_nothing_to_remove(tmp_path):
    assert not left_locked(tmp_path)
    note_start(tmp_path)
    assert not left_locked(tmp_path)


def test_the_lock_of_a_dead_run_is_to_be_removed(locked, dead):
    note(locked, dead)
    assert left_locked(locked)


def test_a_run_that_goes_on_keeps_its_lock(locked):
    note_start(locked)
    with pytest.raises(InputError, match="process .* works in this folder: wait"):
        left_locked(locked)


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"host": "a", "pid": "x"}'])
def test_a_lock_of_which_nothing_is_known_is_left_to_its_owner(locked, text):
    if text is not None:
        (locked / NOTE).write_text(text)
    with pytest.raises(InputError, match="a run holds the lock .*--unlock"):
        left_locked(locked)


def test_a_run_on_another_machine_may_go_on(locked, dead):
    note(locked, dead, host="node7")
    with pytest.raises(InputError, match="on node7 works in this folder"):
        left_locked(locked)


def test_what_dead_processes_were_writing_is_removed(tmp_path, dead):
    with pytest.raises(KeyboardInterrupt), tables.atomic(tmp_path / "a.fits") as mine:
        name = mine.name
        mine.touch()
        assert sweep(tmp_path) == []  # this process lives
        raise KeyboardInterrupt
    below = tmp_path / "raw"
    below.mkdir()
    theirs = below / name.replace(f"-{mine_pid(name)}@", f"-{dead}@")
    elsewhere = below / theirs.name.replace(gethostname(), "node7")
    download = below / "map.h5.part"
    for path in (theirs, elsewhere, download):
        path.touch()
    assert sweep(tmp_path, tmp_path / "no such folder") == [theirs]
    assert sorted(tmp_path.rglob("*")) == sorted([below, elsewhere, download])


def mine_pid(name):
    return name.split("-")[1].split("@")[0]
