"""Runs that were killed, and concurrent runs: whether it is safe to continue.

Snakemake locks the files that it makes, and a run that is killed cannot unlock them.
Nor can it remove the files that its jobs were writing, which are beside the products
under names of their own (`mdwarfs.tables.atomic`). A lock says neither which process
holds it nor where, and a run that ends takes the locks of all others with it; so each
run notes when it starts who and where it is, and which run it makes.
"""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from socket import gethostname

import yaml

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.types import PathLike

NOTES = "mdwarfs-runs"  # in Snakemake's folder
TO_BE_REMOVED = 3  # exit status, for the Makefile
PART = re.compile(r"\.part-(\d+)@(.+?)-.")  # as tables.part_of names it
BY_HAND = (
    "if you know that it has ended, run `snakemake --unlock` and then "
    "`snakemake --rerun-incomplete` to continue"
)


@dataclass(frozen=True)
class Note:
    """A process that makes, or made, a run.

    Attributes
    ----------
    run
        Name of the run.
    host, pid
        Machine and number of the process.
    began
        When the machine says that it began, so that another process of the same number
        is not taken for it; 0 where machines do not say.
    """

    run: str
    host: str
    pid: int
    began: int

    @property
    def here(self) -> bool:
        """Whether it is, or was, on this machine."""
        return self.host == gethostname()

    @property
    def alive(self) -> bool:
        """Whether this machine has that process."""
        return self.here and alive(self.pid) and began(self.pid) == self.began

    def __str__(self) -> str:
        where = "" if self.here else f" on {self.host}"
        return f"process {self.pid}{where} is making run {self.run} in this folder"

    @property
    def advice(self) -> str:
        """Who makes the run, and what to do."""
        return (
            f"{self}: wait until it has ended, or give yours a name of its own "
            f"(--config run={self.run}-2), which can be made at the same time"
        )


def note_start(run: str, folder: PathLike = ".snakemake") -> None:
    """Note that this process makes a run here from now on.

    Raises
    ------
    InputError
        If another process of this machine makes the same run.
    """
    for note in at_work(run, folder):
        raise InputError(note.advice)
    for path, note in _notes(folder).items():
        if note is None or (note.here and not note.alive):
            path.unlink(missing_ok=True)
    pid = os.getpid()
    note = Note(run, gethostname(), pid, began(pid))
    tables.write_text(_path(folder), json.dumps(asdict(note)) + "\n")


def note_end(folder: PathLike = ".snakemake") -> None:
    """Take away what `note_start` noted."""
    _path(folder).unlink(missing_ok=True)


def at_work(run: str, folder: PathLike = ".snakemake") -> list[Note]:
    """Other processes of this machine that are making a run here now."""
    found = filter(None, _notes(folder).values())
    return [x for x in found if x.run == run and x.alive and x.pid != os.getpid()]


def _path(folder):
    """Where this process notes that it works here."""
    return Path(folder, NOTES, f"{gethostname()}-{os.getpid()}.json")


def _notes(folder):
    """Notes by path; None for what is none."""
    return {path: _read(path) for path in sorted(Path(folder, NOTES).glob("*.json"))}


def _read(path):
    """The note of a file; None if it is none."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return Note(str(said["run"]), str(said["host"]), int(said["pid"]),
                    int(said["began"]))  # fmt: skip
    except (OSError, ValueError, TypeError, KeyError):
        return None


def sweep(*folders: PathLike) -> list[Path]:
    """Remove what dead processes of this machine were writing below folders.

    Parts of files of other machines stay: whether their processes live is not known
    here. So do unfinished downloads, which are continued.

    Returns
    -------
    paths
        What was removed.
    """
    removed = []
    for folder in folders:
        for path in sorted(Path(folder).rglob(".part-*")):
            found = PART.match(path.name)
            if found and found[2] == gethostname() and not alive(int(found[1])):
                path.unlink(missing_ok=True)
                removed.append(path)
    return removed


def alive(pid: int) -> bool:
    """Whether this machine has a process of that number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's
        pass
    return True


def began(pid: int) -> int:
    """When a process began, as the machine counts; 0 if it does not say."""
    try:
        said = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    return int(said.rpartition(")")[2].split()[19])


def left_locked(run: str, folder: PathLike = ".snakemake") -> bool:
    """Whether a run that is no more has left a folder locked.

    Parameters
    ----------
    run
        The run that is to be made.

    Returns
    -------
    bool
        False if there is no lock, or only those of other runs that go on: what these
        make is another's.

    Raises
    ------
    InputError
        If the run that holds the lock goes on, or may go on somewhere else.
    """
    if not any(Path(folder, "locks").glob("*.lock")):
        return False
    notes = list(filter(None, _notes(folder).values()))
    if not notes:
        raise InputError(f"a run holds the lock of {folder}; {BY_HAND}")
    for note in notes:
        if not note.here:
            raise InputError(f"{note}; {BY_HAND}")
        if note.alive and note.run == run:
            raise InputError(note.advice)
    at_work = [note for note in notes if note.alive]
    if at_work and len(at_work) < len(notes):
        raise InputError(
            f"a run was killed in this folder, and its lock can be removed only when "
            f"no other is at work: {at_work[0]}; wait until it has ended"
        )
    return not at_work


def main() -> None:
    """End with status 0 if there is no lock, 3 if there is one to be removed."""
    with open("config/config.yaml", encoding="utf-8") as file:
        run = yaml.safe_load(file)["run"]
    try:
        sys.exit(TO_BE_REMOVED if left_locked(run) else 0)
    except InputError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
