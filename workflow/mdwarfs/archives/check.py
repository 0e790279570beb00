"""`mdwarfs archives check`: test whether each archive still is as a run assumes."""

import json
import logging
import shutil
import tempfile
import textwrap
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from mdwarfs import tables
from mdwarfs.archives.assumptions import Probe, Stars
from mdwarfs.archives.patience import Deadline, Limits
from mdwarfs.archives.probes import probe
from mdwarfs.archives.settings import source_of
from mdwarfs.archives.verdicts import (
    AS_ASSUMED,
    BROKEN,
    CERTIFICATE,
    LATE,
    UNREACHABLE,
    Finding,
)
from mdwarfs.config import check_config, read_config
from mdwarfs.errors import InputError
from mdwarfs.types import PathLike

logger = logging.getLogger(__name__)

SECONDS = 110.0  # for everything
MEGABYTES = 5.0  # of all answers together
LIMITS = Limits(attempts=2, first_wait=1.0, connect=10.0, stall=30.0, total=SECONDS)
"""Less patient than a run: who asks wants to know whether it would have to wait."""

CLOSED = (UNREACHABLE, CERTIFICATE)  # verdicts after which nothing else can be asked

ALL_RIGHT, SOMETHING_WRONG = 0, 1
"""Exit status."""


class Meter:
    """Counts what comes of all archives.

    Parameters
    ----------
    most
        Bytes at which it is enough.
    """

    def __init__(self, most: float) -> None:
        self.total, self._most, self._lock = 0, most, threading.Lock()

    def add(self, size: int) -> None:
        """Add a number of bytes."""
        with self._lock:
            self.total += size

    def __call__(self, size):
        """Add a number of bytes; raises InputError if there are too many."""
        self.add(size)
        if self.total > self._most:
            raise InputError(
                f"this check fetches no more than {self._most / 1e6:g} MB, and "
                "archives have sent more"
            )


def wanted_inputs(config: dict, everything: bool) -> list[tuple[str, str]]:
    """The inputs and routes that are checked.

    Parameters
    ----------
    everything
        Whether the routes that the configuration does not use are checked as well.

    Returns
    -------
    found
        Input and route.
    """
    found = []
    for key, entry in config["archives"]["inputs"].items():
        routes = [r for r in ("download", "query") if r in entry] if everything else []
        found += [(key, route) for route in routes or [entry["route"]]]
    return found


def check(
    config: dict,
    everything: bool = False,
    limits: Limits = LIMITS,
    seconds: float = SECONDS,
) -> tuple[list[Finding], dict]:
    """Ask every archive the least that proves what a run assumes of it.

    The archives are asked at the same time, each by one connection.

    Parameters
    ----------
    config
        The merged configuration of a run with source: archives.
    everything
        See `wanted_inputs`.
    seconds
        After which no more is waited for.

    Returns
    -------
    findings
        By archive, in the order in which they were found.
    facts
        `seconds` and `bytes` that it took.

    Raises
    ------
    InputError
        If the configuration has no archives.
    """
    if "archives" not in config:
        raise InputError("this configuration has no section archives: nothing to check")
    begin, meter = time.monotonic(), Meter(MEGABYTES * 1e6)
    inputs = wanted_inputs(config, everything)
    stars = Stars(sum(key == "slam" for key, _ in inputs))
    folder = Path(tempfile.mkdtemp(prefix="mdwarfs-check-"))
    by_archive = {}
    for key, route in sorted(inputs, key=lambda asked: asked[0] == "spectra"):
        found = source_of(config["archives"], key, route)
        own = folder / f"{key}-{route}"
        own.mkdir()
        asked = Probe(
            key, route, found, config, limits, Deadline(seconds), meter, own, stars
        )
        by_archive.setdefault(found["slot"], []).append(asked)
    threads = [
        threading.Thread(target=ask_all, args=[some], daemon=True)
        for some in by_archive.values()
    ]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.0, begin + seconds - time.monotonic()))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    probes = [asked for some in by_archive.values() for asked in some]
    findings = [finding for asked in probes for finding in collected(asked, seconds)]
    took = round(time.monotonic() - begin, 1)
    return findings, {"seconds": took, "bytes": meter.total}


def ask_all(probes: Sequence[Probe]) -> None:
    """Probe the inputs of one archive, one after the other.

    One that cannot be reached is not asked again.
    """
    closed = None
    for asked in probes:
        try:
            if closed is None:
                probe(asked)
                closed = next((f for f in asked.findings if f.verdict in CLOSED), None)
            else:
                asked.note(closed.assumption, "not asked again", closed.verdict)
        except Exception as error:  # an answer that nobody has thought of
            logger.debug("%s", asked.key, exc_info=True)
            asked.note(asked.open, f"{type(error).__name__}: {error}", BROKEN)
        finally:
            if asked.key == "slam":
                asked.stars.tell(asked.found_stars)
            asked.meter.add(size_of(asked.folder))
            asked.ended = True


def size_of(folder: Path) -> int:
    """Bytes of the answers that are kept in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def collected(asked: Probe, seconds: float) -> list[Finding]:
    """What was found of an input; last, that it was not finished in time."""
    if not asked.ended:
        asked.note(asked.open, f"nothing within {seconds:g} s", LATE)
    return list(asked.findings)


def table_of(findings: Sequence[Finding], width: int | None = None) -> str:
    """The findings as a text for people.

    Parameters
    ----------
    width
        Of a line. Default: of the terminal.

    Returns
    -------
    text
        A line, or as many as it takes, for each; what to do stands below those that
        are not as assumed.
    """
    width = width or shutil.get_terminal_size((110, 24)).columns
    heads = ("archive", "input", "assumption", "found", "verdict")
    rows = [heads] + [
        (f.archive, f.input, f.assumption, f.found, f.verdict) for f in findings
    ]
    limits = [18, 16, 26, 0, 24]
    sizes = [
        min(most, max(map(len, column))) for most, column in zip(limits, zip(*rows))
    ]
    sizes[3] = max(24, width - sum(sizes) - 2 * (len(sizes) - 1))
    lines = []
    for row, finding, following in zip(rows, [None, *findings], [*findings, None]):
        cells = [textwrap.wrap(cell, size) or [""] for cell, size in zip(row, sizes)]
        for number in range(max(map(len, cells))):
            parts = [c[number] if number < len(c) else "" for c in cells]
            padded = (part.ljust(size) for part, size in zip(parts, sizes))
            lines.append("  ".join(padded).rstrip())
        if finding is None:
            lines.append("-" * min(width, sum(sizes) + 2 * (len(sizes) - 1)))
        elif finding.remedy and not repeated(finding, following):
            lines += textwrap.wrap(
                finding.remedy, width - 4, initial_indent="    what to do: ",
                subsequent_indent=" " * 16,
            )  # fmt: skip
    return "\n".join(lines)


def repeated(finding: Finding, following: Finding | None) -> bool:
    """Whether the next finding says what to do for this one as well."""
    return following is not None and finding.remedy == following.remedy


def last_line(findings: Sequence[Finding], facts: dict[str, float]) -> str:
    """How many assumptions hold, in how much time and of how many bytes."""
    wrong = [f for f in findings if f.verdict != AS_ASSUMED]
    took = f"{facts['seconds']:.0f} s, {facts['bytes'] / 1e6:.2f} MB"
    if not wrong:
        return f"All {len(findings)} assumptions hold ({took})."
    if all(f.verdict == UNREACHABLE for f in findings):
        return (
            f"None of {len({f.archive for f in findings})} archives was reached, so "
            "that there seems to be no network. See that there is one, and that "
            f"HTTPS_PROXY names the proxy if one is needed ({took})."
        )
    archives = ", ".join(dict.fromkeys(f.archive for f in wrong))
    text = f"{len(wrong)} of {len(findings)} assumptions do not hold: {archives}"
    stopping = sum(f.stops for f in wrong)
    return f"{text}; a run would stop at {stopping or 'none'} of them ({took})."


def print_check(
    paths: Sequence[PathLike],
    schema: PathLike,
    everything: bool = False,
    json_path: PathLike | None = None,
) -> int:
    """Check a configuration, then the archives; print what was found.

    Parameters
    ----------
    paths
        Configuration files, the default first.
    everything
        See `wanted_inputs`.
    json_path
        File to which the findings are written.

    Returns
    -------
    number
        `ALL_RIGHT` or `SOMETHING_WRONG`.

    Raises
    ------
    InputError
        If the configuration is wrong, or the file cannot be written.
    """
    config = read_config(paths)
    check_config(config, schema)
    findings, facts = check(config, everything)
    if any(f.verdict != UNREACHABLE for f in findings):
        print(table_of(findings))
    print(last_line(findings, facts))
    right = not any(f.stops for f in findings)
    if json_path is not None:
        said = {
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "configuration": [str(path) for path in paths],
            "run": config["run"],
            "nothing_stops_a_run": right,
            **facts,
            "findings": [vars(finding) for finding in findings],
        }
        try:
            tables.write_text(json_path, json.dumps(said, indent=1) + "\n")
        except OSError as error:
            raise InputError(f"{json_path} cannot be written: {error}") from error
    return ALL_RIGHT if right else SOMETHING_WRONG
