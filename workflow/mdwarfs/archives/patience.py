"""How long to wait for an archive, and how often to try again."""

from __future__ import annotations

import logging
import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from mdwarfs.errors import InputError

logger = logging.getLogger(__name__)

LONGEST_WAIT = 300.0  # between two attempts, unless the archive asks for more [s]
MEGABYTE = 1e6
SPARE = 10 * MEGABYTE  # what any answer may have [bytes]
EXACT, ROUGH = 1.01, 10.0
"""How many times its expected size an answer may have: where the size is exact, and
where it is about right or the file may be unpacked on the way."""
INFLATED = ("table", "text")  # kinds of files that archives keep packed


class Transient(Exception):
    """The archive may answer if it is asked again.

    Attributes
    ----------
    wait
        The time after which the archive wants to be asked [s]; 0 if it did not say.
    """

    def __init__(self, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.wait = wait


class Restart(Exception):
    """The archive cannot go on from where it broke off, or its file has changed."""


@dataclass(frozen=True)
class Limits:
    """How patient a transfer is; the section `archives.limits` of the configuration.

    Attributes
    ----------
    attempts
        Failures in a row, without a new byte, after which an archive is given up.
    first_wait
        Wait after the first failure [s]; it triples from one to the next.
    connect, stall
        Time to connect, and longest time without a byte [s].
    total
        Longest time for one input, all attempts together [s].
    largest
        Most bytes of one answer, so that an endless one does not fill the disk; see
        `of`. Default: any number.
    """

    attempts: int
    first_wait: float
    connect: float
    stall: float
    total: float
    largest: float = math.inf

    def of(self, source: dict) -> Limits:
        """The same for one input: its answers are no larger than they can be.

        Parameters
        ----------
        source
            Its route in the configuration: `megabytes`, or `bytes` and `kind`. Without
            either, any number may come.
        """
        size = source.get("bytes", 0)
        if size and source["kind"] not in INFLATED:
            return replace(self, largest=EXACT * size + SPARE)
        size = max(size, source.get("megabytes", 0) * MEGABYTE)
        return replace(self, largest=ROUGH * size + SPARE) if size else self

    @property
    def timeout(self) -> tuple[int, int]:
        """As requests takes it."""
        return self.connect, self.stall

    def wait(self, failures: int, asked: float = 0.0) -> float:
        """How long to wait after so many failures in a row [s], with jitter."""
        wait = min(self.first_wait * 3 ** (failures - 1), LONGEST_WAIT)
        return max(wait, asked) + random.uniform(0, self.first_wait)


class Deadline:
    """The end of the time that an input may take.

    Parameters
    ----------
    begin
        When it began, as `time.monotonic` says. Default: now.
    """

    def __init__(self, seconds: float, begin: float | None = None) -> None:
        self.seconds = seconds
        self._end = (time.monotonic() if begin is None else begin) + seconds

    def check(self) -> None:
        """Raise InputError if the time is over."""
        if time.monotonic() > self._end:
            raise InputError(f"it took longer than {self.seconds:g} s")

    def sleep(self, seconds: float, why: Transient) -> None:
        """Wait after a failure; raise InputError if the time would be over by then."""
        if time.monotonic() + seconds > self._end:
            raise InputError(
                f"{why}; the next attempt, in {seconds:.0f} s, would go beyond the "
                f"limit of {self.seconds:g} s"
            )
        time.sleep(seconds)


class Until(Protocol):
    """An end of time: a `Deadline`, or one of a single answer."""

    def check(self) -> None:
        """Raise InputError if the time is over."""
        ...


def persist(action: Callable, limits: Limits, deadline: Deadline) -> Any:
    """Call `action()` until it does not raise `Transient`, within the limits.

    Raises
    ------
    InputError
        With the last failure, when patience is at its end.
    """
    for failures in range(1, limits.attempts + 1):
        deadline.check()
        try:
            return action()
        except Transient as error:
            last = error
            logger.warning("attempt %d: %s", failures, error)
        if failures < limits.attempts:
            deadline.sleep(limits.wait(failures, last.wait), last)
    raise InputError(f"{last} ({limits.attempts} attempts)") from last


def from_the_beginning(action: Callable, url: str, limits: Limits) -> Any:
    """Call `action()` until it does not raise `Restart`, within the limits.

    Raises
    ------
    InputError
        When patience is at its end.
    """
    for _ in range(limits.attempts):
        try:
            return action()
        except Restart as error:
            logger.warning("%s: %s; beginning again", url, error)
    raise InputError(
        f"{url} broke off {limits.attempts} times and could not be continued"
    )
