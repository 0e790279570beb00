"""Progress of long work, for people and for log files alike."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

logger = logging.getLogger(__name__)


class Progress:
    """Report how much of a known amount of work is done, and the time left.

    A line goes to the logger (hence to the terminal and to the rule's log file) at
    the first step, at most every `every` seconds, and at the end.

    Parameters
    ----------
    total
        Amount of work.
    unit
        What is counted, in the plural: "pixels", "stars", "files".
    every
        Shortest time between two lines [s].
    """

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
        self.done = 0

    def step(self, n: int = 1) -> None:
        """Count `n` more units as done."""
        self.done += n
        now = self._clock()
        if now < self._next and self.done < self.total:
            return
        self._next = now + self.every
        elapsed = now - self._start
        left = elapsed / self.done * (self.total - self.done) if self.done else 0.0
        logger.info(
            "%d of %d %s (%.0f %%), %s elapsed, %s left",
            self.done, self.total, self.unit, 100 * self.done / max(self.total, 1),
            duration(elapsed), duration(left),
        )  # fmt: skip


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
