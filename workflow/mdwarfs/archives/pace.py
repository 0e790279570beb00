"""Assumed durations of the parts of a real run; nobody has measured them."""

from dataclasses import dataclass

from mdwarfs.run.progress import duration


@dataclass(frozen=True)
class Pace:
    """How fast an archive is taken to be.

    Attributes
    ----------
    rate
        Of a transfer [MB/s].
    each
        Until the answer to one request begins [s].
    unit
        What a request is called.
    """

    rate: float
    each: float
    unit: str

    def seconds(self, megabytes: float, requests: int, streams: int = 1) -> float:
        """Time for so much, with so many connections that share the rate [s]."""
        return megabytes / self.rate + requests * self.each / streams


def rate_text(pace: Pace) -> str:
    """An assumption in words."""
    return f"{pace.rate:g} MB/s and {pace.each:g} s a {pace.unit}"


def minutes_text(seconds: float) -> str:
    """A time in words, to the minute."""
    return duration(60 * max(round(seconds / 60), 1)).removesuffix(" 00 s")
