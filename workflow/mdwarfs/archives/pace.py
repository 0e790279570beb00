"""Assumed durations of the parts of a real run, in words; nobody has measured them."""

from mdwarfs.catalogues.hosts import Pace
from mdwarfs.run.progress import duration


def rate_text(pace: Pace) -> str:
    """An assumption in words."""
    return f"{pace.rate:g} MB/s and {pace.each:g} s a {pace.unit}"


def minutes_text(seconds: float) -> str:
    """A time in words, to the minute."""
    return duration(60 * max(round(seconds / 60), 1)).removesuffix(" 00 s")
