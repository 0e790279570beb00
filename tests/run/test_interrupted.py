"""Going on after a run was killed: its lock, and what its jobs were writing."""

import json
import subprocess
import sys
from socket import gethostname

import pytest

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.run.interrupted import (
    NOTES,
    at_work,
    began,
    left_locked,
    note_end,
    note_start,
    sweep,
)

RUN = "simulated"


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


@pytest.fixture(scope="module")
def other():
    """The number of another process, which lives."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process.pid
    process.communicate()


def note(folder, pid, host=None, run=RUN, began=began):
    said = {"run": run, "host": host or gethostname(), "pid": pid, "began": began(pid)}
    (folder / NOTES).mkdir(exist_ok=True)
    (folder / NOTES / f"{pid}.json").write_text(json.dumps(said))


def test_without_a_lock_there_is_nothing_to_remove(tmp_path):
    assert not left_locked(RUN, tmp_path)
    note_start(RUN, tmp_path)
    assert not left_locked(RUN, tmp_path)


def test_the_lock_of_a_dead_run_is_to_be_removed(locked, dead):
    note(locked, dead)
    assert left_locked(RUN, locked)


def test_a_process_that_has_the_number_of_a_dead_one_is_another(locked, other):
    note(locked, other, began=lambda pid: began(pid) - 1)
    assert left_locked(RUN, locked) and at_work(RUN, locked) == []


def test_a_run_that_goes_on_keeps_its_lock(locked):
    note_start(RUN, locked)
    with pytest.raises(InputError, match="making run simulated in this folder: wait"):
        left_locked(RUN, locked)


def test_another_run_can_be_made_at_the_same_time(locked, other):
    note(locked, other, run="another")
    assert not left_locked(RUN, locked) and at_work(RUN, locked) == []


def test_a_lock_is_not_removed_while_another_run_is_at_work(locked, dead, other):
    note(locked, dead)
    note(locked, other, run="another")
    with pytest.raises(InputError, match=f"process {other} .* run another .*; wait"):
        left_locked(RUN, locked)


def test_a_second_process_does_not_start_the_same_run(tmp_path, dead, other):
    note(tmp_path, dead)
    note_start(RUN, tmp_path)
    assert len(list((tmp_path / NOTES).iterdir())) == 1  # the dead one's is gone
    note_end(tmp_path)
    note(tmp_path, other)
    with pytest.raises(InputError, match=f"process {other} .*--config run=simulated-2"):
        note_start(RUN, tmp_path)
    note_start("another", tmp_path)
    note_end(tmp_path)
    assert [found.pid for found in at_work(RUN, tmp_path)] == [other]


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"host": "a", "pid": "x"}'])
def test_a_lock_of_which_nothing_is_known_is_left_to_its_owner(locked, text):
    if text is not None:
        (locked / NOTES).mkdir()
        (locked / NOTES / "1.json").write_text(text)
    with pytest.raises(InputError, match="a run holds the lock .*--unlock"):
        left_locked(RUN, locked)


def test_a_run_on_another_machine_may_go_on(locked, dead):
    note(locked, dead, host="node7")
    with pytest.raises(InputError, match="on node7 is making run simulated"):
        left_locked(RUN, locked)


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
