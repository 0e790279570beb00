"""What a run assumes about one input, and the verdict of `mdwarfs archives check`."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from pkgutil import resolve_name

from mdwarfs.archives import wanted
from mdwarfs.archives.head import Head
from mdwarfs.archives.patience import Deadline, Limits
from mdwarfs.archives.verdicts import (
    AS_ASSUMED,
    OF_ADDRESS,
    REMEDIES,
    Finding,
    verdict_of,
)
from mdwarfs.catalogues.excerpt import Excerpt
from mdwarfs.catalogues.registry import INPUTS
from mdwarfs.errors import InputError

OF_JOBS = re.compile(r"^.*? gave no answer for \S+\.vot(\.count)?: ", re.DOTALL)


class Stars:
    """Stars that have a spectrum, handed from one probe to another.

    Probes run side by side. Those of the released SLAM table say which stars they have
    seen; that of the spectra waits for them, since it can ask for a spectrum only of a
    star that has one.

    Parameters
    ----------
    probes
        How many may find any.
    """

    def __init__(self, probes: int) -> None:
        self._left, self._ids, self._known = probes, [], threading.Event()
        if not probes:
            self._known.set()

    def tell(self, ids: Sequence[int]) -> None:
        """Say which stars there are; of a probe that found none, an empty list."""
        self._left -= 1
        self._ids = self._ids or list(ids)
        if self._ids or not self._left:
            self._known.set()

    def wait(self, seconds: float) -> list[int]:
        """The stars, as soon as they are known; empty if nobody found any."""
        self._known.wait(seconds)
        return self._ids


class Ended(Exception):
    """An assumption does not hold, on which the others of its input rest."""


@dataclass
class Probe:
    """One input by one route, and what is found of it.

    Attributes
    ----------
    source
        Its entry in the configuration, see `mdwarfs.archives.settings.source_of`.
    config
        The configuration.
    meter
        Takes numbers of bytes that came.
    folder
        For answers, of this input alone.
    stars
        Those that have a spectrum.
    found_stars
        Identifiers (sdss_id) of such stars, if this input has any.
    open
        The assumption that is being held against the archive.
    ended
        Whether all is done.
    """

    key: str
    route: str
    source: dict
    config: dict
    limits: Limits
    deadline: Deadline
    meter: Callable
    folder: Path
    stars: Stars
    findings: list[Finding] = field(default_factory=list)
    found_stars: list[int] = field(default_factory=list)
    open: str = "anything"
    ended: bool = False

    @contextmanager
    def assume(
        self, assumption: str, otherwise: str, ends: bool = True, at: str = ""
    ) -> Iterator[list[str]]:
        """Note whether an assumption holds.

        Parameters
        ----------
        otherwise
            The verdict if an `InputError` is raised that does not tell its own.
        ends
            Whether nothing else can be asked if it does not hold.
        at
            The address that is asked here first, which is an assumption too.

        Yields
        ------
        entries
            To which the block adds what it found.

        Raises
        ------
        Ended
        """
        said, self.open = [], assumption
        try:
            yield said
        except InputError as error:
            verdict = verdict_of(error, otherwise)
            of_address = at and verdict in OF_ADDRESS
            self.note(
                words_of(at) if of_address else assumption, one_line(error), verdict
            )
            if ends:
                raise Ended from error
        else:
            if at:
                self.note(words_of(at), at)
            self.note(assumption, "; ".join(said))

    def note(self, assumption: str, found: str, verdict: str = AS_ASSUMED) -> None:
        """Note a finding."""
        where = f"archives.inputs.{self.key}.{self.route}"
        remedy = REMEDIES.get(verdict, "")
        self.findings.append(
            Finding(
                self.source["archive"], self.key, assumption, found, verdict,
                remedy.format(slot=self.source["slot"], key=self.key, where=where),
            )
        )  # fmt: skip

    @property
    def excerpt(self) -> Excerpt:
        """What a run reads of the input's table."""
        return wanted.excerpt(INPUTS[self.key].excerpt, self.config["boss"])

    @property
    def header(self) -> Sequence[str]:
        """Columns that the first line of a text must have; empty where unknown."""
        name = INPUTS[self.key].header
        return resolve_name(name) if name else ()

    def head(self, url: str) -> Head:
        """The beginning of the file at an address."""
        return Head(url, self.limits, self.deadline, self.meter)


def one_line(error: Exception) -> str:
    """A message as one line, without the name of a file that nobody will see."""
    return re.sub(r"\s+", " ", OF_JOBS.sub("", str(error))).strip()


def words_of(url: str) -> str:
    """What is assumed of an address."""
    return "address, certificate" if url.startswith("https:") else "address"
