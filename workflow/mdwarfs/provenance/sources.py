"""Where a raw file came from, as the record of the archive beside it says."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from mdwarfs.archives.record import read_record, record_path


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
    request
        What was asked for, in few words: the record has it in full.
    record
        The name of the record, which lies beside the file.
    """

    address: str
    date: str
    version: str
    request: str
    record: str


def archive_of(path: Path) -> Origin | None:
    """The origin of a raw file; None where no record of an archive lies beside it."""
    record = read_record(path)
    if "request" not in record:
        return None
    asked = record["request"]
    version = record.get("version") or asked.get("version") or ""
    answered = record.get("answered") or [record.get("url", "")]
    address = record.get("absent") or answered[0]
    name = record_path(path).name
    return Origin(address, record.get("time", ""), version, _request(record), name)


def _request(record):
    """How many rows came of what, in words; empty if the record does not say it."""
    asked = record["request"]
    queries = len(asked.get("queries", ())) or int("query" in asked)
    said = []
    if "rows" in record:
        of = "file" if "missing" in record else "row"
        said.append(f"{record['rows']:,} {of}{'' if record['rows'] == 1 else 's'}")
    if "rows_kept" in record and record["rows_kept"] != record.get("rows"):
        said.append(f"{record['rows_kept']:,} of them kept")
    if queries:
        said.append(f"{queries} {'query' if queries == 1 else 'queries'}")
    return ", ".join(said)
