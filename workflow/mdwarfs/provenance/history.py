"""The history of a run's products, read from the records of its steps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from mdwarfs.config import read_config
from mdwarfs.errors import InputError
from mdwarfs.run import environment
from mdwarfs.run.folder import CONFIGURATION
from mdwarfs.run.record import CONFIGURATIONS, ENVIRONMENTS, FOLDER, names
from mdwarfs.types import PathLike

PARTS = (
    "rule", "wildcards", "started", "ended", "code", "environment", "configuration",
    "parameters", "others", "inputs", "outputs",
)  # fmt: skip
"""Of the record of a step."""

WHOLE, CHANGED = "as its step left it", "changed since its step ended"
MISSING, ELSEWHERE = "not there", "not beside this folder"
PART = f"{MISSING} (a temporary part)"
SHARED_OUT = "scatteritem"
"""Wildcard of steps whose products are parts: they go once they are put together."""
UNKNOWN = "made by no step on record"
GIVEN = "given to the run, from outside of its folder"
"""What can be said of a file."""


class History:
    """The steps of a run, by their records, and the files as they are now.

    Parameters
    ----------
    folder
        Results of a run, wherever they lie now.

    Attributes
    ----------
    folder
        Where the run lies.
    steps
        Record of each step, by its name: that of its log.

    Raises
    ------
    InputError
        If there are no records, or one cannot be read.
    """

    def __init__(self, folder: PathLike):
        self.folder = Path(folder).resolve()
        records = sorted((self.folder / FOLDER).glob("*.json"))
        if not records:
            raise InputError(
                f"{folder} has no records of its steps ({FOLDER}/*.json): it is "
                "not the folder of a run's results, or an older version made it; in "
                "that case, `snakemake --forceall` makes it again with records"
            )
        self.steps = {path.stem: _read_step(path) for path in records}
        self._checksums = {}

    @cached_property
    def makers(self) -> dict[str, str]:
        """The step that made each file last, by the file's path."""
        ended = sorted(self.steps, key=lambda name: self.steps[name]["ended"])
        return {
            path: name for name in ended for path in names(self.steps[name]["outputs"])
        }

    @cached_property
    def config(self) -> dict | None:
        """What the run says of its configuration; None if it says nothing."""
        path = self.folder / CONFIGURATION
        return read_config([path]) if path.is_file() else None

    def configuration(self, step: str) -> dict:
        """The whole configuration with which a step was run."""
        return _read(self._shared(CONFIGURATIONS, step, "configuration"))

    def environment(self, step: str) -> dict:
        """Python, system and packages on which a step was run."""
        return _read(self._shared(ENVIRONMENTS, step, "environment"))

    def inputs(self, step: str) -> list[dict]:
        """What a step read, each with its state at that time."""
        return list(entries(self.steps[step]["inputs"]))

    def outputs(self, step: str) -> list[dict]:
        """What a step made, each with its state at that time."""
        return list(entries(self.steps[step]["outputs"]))

    def output(self, path: str) -> dict | None:
        """State of a file when the step ended that made it last; None if none did."""
        if path not in self.makers:
            return None
        return next(x for x in self.outputs(self.makers[path]) if x["path"] == path)

    def place(self, path: str) -> Path:
        """Where a file of a record lies, if it lies where the run has it.

        What is outside of the run's folder (its figures, files that were given) is
        found beside it, where the run lies where it was made.
        """
        inside = self.folder / path
        known = path in self.makers or inside.exists()
        if known and not path.startswith(("figures/", "results/", "/", "..")):
            return inside
        return self.folder.parents[1] / path

    def is_inside(self, path: str) -> bool:
        """Whether a file of a record lies in the run's folder."""
        return self.place(path).is_relative_to(self.folder)

    def state(self, path: str) -> str:
        """Whether a file is as the step left it that made it last."""
        place, entry = self.place(path), self.output(path)
        if not place.exists():
            if not self.is_inside(path):
                return ELSEWHERE
            maker = self.steps.get(self.makers.get(path), {})
            return PART if SHARED_OUT in maker.get("wildcards", {}) else MISSING
        if entry is None:
            own = self.is_inside(path) or path.startswith("figures/")
            return UNKNOWN if own else GIVEN
        return WHOLE if self.is_as(place, entry) else CHANGED

    def is_as(self, place: Path, entry: dict) -> bool:
        """Whether a file is what a record says of it.

        Size and time tell, as they do for make; where the time is another (of a copy),
        the checksum.
        """
        if place.is_dir() or "sha256" not in entry:
            return place.is_dir() == ("listing" in entry)
        stat = place.stat()
        if stat.st_size != entry["bytes"]:
            return False
        if stat.st_mtime_ns == entry["mtime_ns"]:
            return True
        return self.checksum(place) == entry["sha256"]

    def checksum(self, place: Path) -> str:
        """SHA-256 of a file as it is now, computed once."""
        if place not in self._checksums:
            self._checksums[place] = environment.sha256(place)
        return self._checksums[place]

    def replaced(self, step: str) -> list[str]:
        """Inputs of a step that are no longer what it read.

        An input that has gone counts as what the step left that made it last, if that
        is known, and what that step read as read by this one: parts are not kept.
        """
        found = []
        for entry in self.inputs(step):
            place, last = self.place(entry["path"]), self.output(entry["path"])
            if place.exists():
                same = self.is_as(place, entry)
            else:
                same = last is None or last.get("sha256") == entry.get("sha256")
                if same and last is not None:
                    found += self.replaced(self.makers[entry["path"]])
            if not same:
                found.append(entry["path"])
        return list(dict.fromkeys(found))

    def maker(self, entry: dict) -> str | None:
        """The step that made what another step read; None if no record is of that."""
        made = self.output(entry["path"])
        if made is None or made.get("sha256") != entry.get("sha256"):
            return None
        return self.makers[entry["path"]]

    def behind(self, step: str) -> list[str]:
        """A step, and those that made what it read and what is not kept (parts)."""
        found = [step]
        for entry in self.inputs(step):
            maker = self.maker(entry)
            if maker is not None and not self.place(entry["path"]).exists():
                found += [name for name in self.behind(maker) if name not in found]
        return found

    def live(self) -> list[str]:
        """The steps whose products are there, and those that led to them, in order.

        A step of which nothing is left, or something else lies in the place of what it
        made, is none. What lies outside of a copy of the run counts as there.
        """
        found = set()
        queue = [
            self.makers[path]
            for path in self.makers
            if self.state(path) in (WHOLE, ELSEWHERE)
        ]
        while queue:
            name = queue.pop()
            if name not in found:
                found.add(name)
                makers = map(self.maker, self.inputs(name))
                queue.extend(maker for maker in makers if maker is not None)
        return sorted(found, key=lambda name: (self.steps[name]["ended"], name))

    def _shared(self, place, step, key):
        return self.folder / place / f"{self.steps[step][key]}.json"


def entries(groups: dict[str, list[dict]]) -> Iterator[dict]:
    """The files of a record one by one, in its order."""
    for group in groups.values():
        yield from group


def _read_step(path):
    record = _read(path)
    lacking = [key for key in PARTS if key not in record]
    try:
        files = [entries(record[key]) for key in ("inputs", "outputs") if key in record]
        lacking += (
            [] if all("path" in x for group in files for x in group) else ["path"]
        )
    except (AttributeError, TypeError):
        lacking.append("inputs, outputs")
    if lacking:
        raise InputError(
            f"{path} is not a record of a step: it lacks {', '.join(lacking)}. It was "
            "edited, or cut off: `snakemake --forcerun` of its rule makes it again"
        )
    return record


def _read(path):
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read as a record: {error}") from error
    if not isinstance(record, dict):
        raise InputError(f"{path} cannot be read as a record: it has no keys")
    return record
