"""The software that a step ran on: the state of the checkout, Python, its packages."""

from __future__ import annotations

import hashlib
import platform
import sys
from pathlib import Path

from mdwarfs.software import CHANGED, PATHS, UNKNOWN, git, software
from mdwarfs.types import PathLike

LOCK = "requirements.lock"


def checkout(root: Path) -> dict:
    """The commit of a checkout, and what of its code has been changed since.

    Parameters
    ----------
    root
        The folder of the Snakefile.

    Returns
    -------
    entries
        `version` of the package; `commit`, the last one that changed code, and its
        `date`, both None where they are not known; `changed`, the files of the code
        that are not as in that commit; `lock`, the SHA-256 of the lock file, None where
        there is none.
    """
    found = software(root)
    commit = found.commit.removesuffix(CHANGED)
    changed = []
    if found.commit.endswith(CHANGED):
        lines = (git(root, "status", "--porcelain", "--", *PATHS) or "").splitlines()
        changed = [line.strip().split(maxsplit=1)[1] for line in lines]
    lock = root / LOCK
    return {
        "version": found.version,
        "commit": None if commit == UNKNOWN else commit,
        "date": None if commit == UNKNOWN else found.date,
        "changed": changed,
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
