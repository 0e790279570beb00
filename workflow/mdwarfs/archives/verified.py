"""Remember which files were checked, so that a resumed run does not check them again.

A file is identified by its size and the time of its last change. The notes outlive the
job that wrote them, and a line that a killed job has not finished is skipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, TextIO

from mdwarfs.archives import integrity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from mdwarfs.types import PathLike


@dataclass(frozen=True)
class Seen:
    """A file that was checked: its size [bytes], time of last change [ns], SHA-256."""

    size: int
    changed: int
    sha256: str


class Verified:
    """Notes of the files below a folder; a context, while which notes are added.

    Any number of jobs read all notes, and each adds to a file of its own.

    Parameters
    ----------
    folder
        Of the files. The notes lie beside it, in `<folder>.verified/`.
    name
        Of the job.
    """

    def __init__(self, folder: PathLike, name: str) -> None:
        self.folder = Path(folder)
        self.notes = Path(f"{folder}.verified")
        self._name, self._lock = name, Lock()
        self._known = dict(read(self.notes))
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        self.notes.mkdir(parents=True, exist_ok=True)
        path = self.notes / f"{self._name}.tsv"
        self._file = open(path, "a", buffering=1, encoding="utf-8")
        self._file.write("\n")  # what was not finished ends here
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def get(self, relative: PathLike) -> Seen | None:
        """What is known of a file that is as it was when it was checked, or None."""
        seen = self._known.get(str(relative))
        if seen is None:
            return None
        now = (self.folder / relative).stat()
        same = (now.st_size, now.st_mtime_ns) == (seen.size, seen.changed)
        return seen if same else None

    def add(self, relative: PathLike) -> None:
        """Note that a file has been checked; any thread may."""
        path = self.folder / relative
        now = path.stat()
        seen = Seen(now.st_size, now.st_mtime_ns, integrity.digest(path))
        line = f"{relative}\t{seen.size}\t{seen.changed}\t{seen.sha256}\n"
        with self._lock:
            self._known[str(relative)] = seen
            self._file.write(line)


def read(folder: PathLike) -> Iterator[tuple[str, Seen]]:
    """What the notes in a folder say of each file, later notes after earlier ones."""
    for path in sorted(Path(folder).glob("*.tsv")):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            words = line.split("\t")
            if len(words) == 4 and len(words[3]) == 64:
                try:
                    yield words[0], Seen(int(words[1]), int(words[2]), words[3])
                except ValueError:
                    continue
