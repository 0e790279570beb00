"""Where a raw file came from, as the record of the archive beside it says."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from mdwarfs.archives.record import read_record


class Origin(NamedTuple):
    """What is known of where a raw file came from.

    Attributes
    ----------
    address
        Of the file or service; in words, where there is none.
    date
        When it came, in UTC.
    version
        Of the archive's data, if the record says it.
    """

    address: str
    date: str
    version: str


def archive_of(path: Path) -> Origin | None:
    """The origin of a raw file; None where no record of an archive lies beside it."""
    record = read_record(path)
    if "request" not in record:
        return None
    version = record.get("version") or record["request"].get("version") or ""
    address = record.get("absent") or record.get("url", "")
    return Origin(address, record.get("time", ""), version)
