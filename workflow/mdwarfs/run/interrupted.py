"""What a killed run leaves behind, and whether it is safe to go on.

Snakemake locks the folder that it works in, and a run that is killed cannot unlock it.
Nor can it remove the files that its jobs were writing, which are beside the products
under names of their own (`mdwarfs.tables.atomic`). A lock says neither which process
holds it nor where, so that a run notes both when it starts.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from socket import gethostname

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.types import PathLike

NOTE = "mdwarfs-run.json"  # in Snakemake's folder
TO_BE_REMOVED = 3  # exit status, for the Makefile
PART = re.compile(r"\.part-(\d+)@(.+?)-.")  # as tables.part_of names it


def note_start(folder: PathLike = ".snakemake") -> None:
    """Note which process, on which machine, works here from now on."""
    said = {"host": gethostname(), "pid": os.getpid()}
    tables.write_text(Path(folder, NOTE), json.dumps(said) + "\n")


def sweep(*folders: PathLike) -> list[Path]:
    """Remove what dead processes of this machine were writing below folders.

    Parts of files of other machines stay: whether their processes live is not known
    here. So do unfinished downloads, which are gone on with.

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


def left_locked(folder: PathLike = ".snakemake") -> bool:
    """Whether a run that is no more has left a folder locked.

    Returns
    -------
    bool
        False if there is no lock.

    Raises
    ------
    InputError
        If the run that holds the lock goes on, or may go on somewhere else.
    """
    if not any(Path(folder, "locks").glob("*.lock")):
        return False
    by_hand = (
        "if you know that it is no more, `snakemake --unlock` and then "
        "`snakemake --rerun-incomplete` go on"
    )
    try:
        said = json.loads(Path(folder, NOTE).read_text(encoding="utf-8"))
        host, pid = str(said["host"]), int(said["pid"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InputError(f"a run holds the lock of {folder}; {by_hand}") from error
    if host != gethostname():
        raise InputError(f"process {pid} on {host} works in this folder; {by_hand}")
    if alive(pid):
        raise InputError(
            f"process {pid} works in this folder: wait until it has ended, or run in "
            f"another folder (`snakemake --directory`); {by_hand}"
        )
    return True


def main() -> None:
    """End with status 0 if there is no lock, 3 if there is one to be removed."""
    try:
        sys.exit(TO_BE_REMOVED if left_locked() else 0)
    except InputError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
