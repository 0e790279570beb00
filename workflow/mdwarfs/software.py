"""Which software made a product: version, commit, and date of the code's last change.

The commit is the last one that changed code, so that a product is the same to the byte
after a commit to the documentation. It is that of the code that ran: a product that a
later commit leaves as it is, keeps the one that made it.
"""

import hashlib
import json
import os
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mdwarfs import __version__

ROOT = Path(__file__).parents[2]
CODE = ("Snakefile", "rules", "scripts", "workflow")
"""What can change a product, below the checkout; the configuration is told apart."""
NO_PRODUCT = ("workflow/profiles", "workflow/report")
"""What lies there and changes none: how jobs are sent off, captions of reports."""
PATHS = (*CODE, *(f":(exclude){path}" for path in NO_PRODUCT))
"""The same for git."""

ARCHIVED = ".git_archival.txt"
"""What `git archive` and the downloads of GitHub say of the commit that they hold."""

UNKNOWN = "unknown"
CHANGED = "+dirty"
"""After the commit, where the code differs from it."""


@dataclass(frozen=True)
class Software:
    """What made a product.

    Attributes
    ----------
    version
        Of the package.
    commit
        In full, with `CHANGED` if the code differs from it; `UNKNOWN` where the code
        lies in no checkout.
    date
        When that commit was made, ISO 8601; `UNKNOWN` likewise.
    """

    version: str
    commit: str
    date: str


@cache
def software(root: Path = ROOT) -> Software:
    """The software that is running.

    Parameters
    ----------
    root
        The checkout.
    """
    commit, date = of_git(root) or of_archive(root) or (UNKNOWN, UNKNOWN)
    return Software(__version__, commit, date)


def of_git(root: Path) -> tuple[str, str] | None:
    """Commit and date of the code of a checkout; None if it or git is none.

    A checkout without git that lies inside of another one is none.
    """
    if not (root / ".git").exists():
        return None
    last = git(root, "log", "-1", "--format=%H %cI", "--", *PATHS)
    if not last:
        return None
    commit, date = last.split()
    changed = git(root, "status", "--porcelain", "--", *PATHS)
    return commit + (CHANGED if changed else ""), date


def git(root: Path, *arguments: str) -> str | None:
    """What git says; None if it refuses."""
    env = {key: value for key, value in os.environ.items() if key[:4] != "GIT_"}
    command = ["git", "-C", str(root), "-c", f"safe.directory={root}", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=env)
    except OSError:
        return None
    return None if done.returncode else done.stdout.strip()


def of_archive(root: Path) -> tuple[str, str] | None:
    """Commit and date that an archive of the checkout says it holds."""
    try:
        text = (root / ARCHIVED).read_text(encoding="utf-8")
    except OSError:
        return None
    pattern = r"^node(?:-date)?: ([0-9a-f]{40}|\d{4}-\S+)$"
    found = re.findall(pattern, text, re.MULTILINE)
    return tuple(found) if len(found) == 2 else None


def digest(content: Any) -> str:
    """16 hexadecimal digits of the SHA-256 of what JSON can hold."""
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
