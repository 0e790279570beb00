"""Progress of long work, for people and for log files alike."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

logger = logging.getLogger(__name__)


class Progress:
    """Report how much of a known amount of work is done, and the time left.

    A line goes to the logger (hence to the terminal and to the rule's log file) at
    the first step, a second after it, then at most every `every` seconds, and at the
    end. The time left follows from the rate since the first step, not since the start:
    the time up to the first step is longer, as it contains preparations, and all that
    several threads do before the first of them is ready. So the first line cannot say
    how much time is left.

    Parameters
    ----------
    total
        Amount of work.
    unit
        What is counted, in the plural: "pixels", "stars", "files".
    every
        Shortest time between two lines [s].
    """

    soon = 1.0  # after the first step, when a rate shows [s]

    def __init__(
        self,
        total: int,
        unit: str,
        every: float = 10.0,
        clock: Callable = time.monotonic,
    ) -> None:
        self.total, self.unit, self.every = total, unit, every
        self._clock = clock
        self._start = clock()
        self._next = self._start
        self._first: tuple[float, int] | None = None  # when, and how much was done
        self.done = 0

    def step(self, n: int = 1) -> None:
        """Count `n` more units as done."""
        self.done += n
        now = self._clock()
        if now < self._next and self.done < self.total:
            return
        logger.info(
            "%d of %d %s (%.0f %%), %s elapsed%s",
            self.done, self.total, self.unit, 100 * self.done / max(self.total, 1),
            duration(now - self._start), self._left(now),
        )  # fmt: skip
        self._next = now + (
            min(self.soon, self.every) if self._first is None else self.every
        )
        if self._first is None and self.done:
            self._first = now, self.done

    def _left(self, now):
        """The time left in words, if anything is known of it."""
        if self.done >= self.total or self._first is None:
            return ""
        start, before = self._first
        if self.done == before:
            return ""
        left = (now - start) / (self.done - before) * (self.total - self.done)
        return f", {duration(left)} left"


def track(
    items: Iterable, unit: str, total: int | None = None, every: float = 10.0
) -> Iterator[Any]:
    """Iterate over `items`, reporting progress after each."""
    progress = Progress(len(items) if total is None else total, unit, every)
    for item in items:
        yield item
        progress.step()


def duration(seconds: float) -> str:
    """Write a time span as a person would: "4 s", "2 min 05 s", "1 h 10 min"."""
    seconds = int(round(seconds))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02d} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02d} min"
