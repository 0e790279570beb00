"""The software that a step ran on: the state of the checkout, Python, its packages."""

from __future__ import annotations

import hashlib
import platform
import subprocess
import sys
from pathlib import Path

from mdwarfs.run.software import CODE
from mdwarfs.types import PathLike

LOCK = "requirements.lock"


def checkout(root: PathLike) -> dict:
    """The commit of a checkout, and what of its code has been changed since.

    Parameters
    ----------
    root
        The folder of the Snakefile.

    Returns
    -------
    entries
        `commit`, None where the code is no checkout of git or git is not there; `changed`,
        the files of `CODE` that are not as in that commit; `lock`, the SHA-256 of the lock
        file, None where there is none.
    """
    commit = _git(root, "rev-parse", "HEAD")
    if not commit or not _git(root, "ls-files", "Snakefile"):
        commit = None  # or the repository is another one, around this folder
    changed = _git(root, "status", "--porcelain", "--", *CODE) if commit else None
    lock = Path(root, LOCK)
    return {
        "commit": commit and commit.strip(),
        "changed": [line[3:] for line in (changed or "").splitlines()],
        "lock": sha256(lock) if lock.is_file() else None,
    }


def environment() -> dict:
    """Python, the system, and every package that is installed, with its version."""
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": f"{platform.system()} {platform.machine()}",
        "packages": packages(sys.path),
    }


def packages(places: list[str]) -> dict[str, str]:
    """Version of each package below some folders, by the names of their metadata.

    To read the metadata would take a quarter of a second for each job.
    """
    found = {}
    for place in filter(None, places):
        folder = Path(place)
        for entry in folder.glob("*.dist-info") if folder.is_dir() else ():
            name, _, version = entry.name.removesuffix(".dist-info").partition("-")
            found.setdefault(name.replace("_", "-").lower(), version)
    return dict(sorted(found.items()))


def sha256(path: PathLike) -> str:
    """Checksum of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _git(root, *arguments):
    """What git says; None if it is not there, or says no."""
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
