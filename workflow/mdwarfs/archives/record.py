"""The record beside a raw file: where it came from, and when."""

import json
import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from mdwarfs import tables
from mdwarfs.archives.integrity import digest
from mdwarfs.errors import InputError
from mdwarfs.types import PathLike

logger = logging.getLogger(__name__)

BY_HAND = "by hand"


class Asked(Protocol):
    """A service that answers queries: what messages call it, and its address."""

    archive: str
    url: str


def record_path(path: PathLike) -> Path:
    """Where the record of a raw file lies: `<path>.json`."""
    return Path(f"{path}.json")


def read_record(path: PathLike) -> dict:
    """The record of a raw file; empty if there is none."""
    try:
        return json.loads(record_path(path).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def write_record(path: PathLike, facts: dict) -> dict:
    """Write the record of a raw file, with its size, checksum and the time.

    Parameters
    ----------
    path
        The raw file.
    facts
        `request`, addresses, query texts, ETag, rows, columns: what is known of it.

    Returns
    -------
    record
        What was written.
    """
    record = facts | {
        "file": Path(path).name,
        "bytes": Path(path).stat().st_size,
        "sha256": digest(path),
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    tables.write_text(record_path(path), json.dumps(record, indent=1) + "\n")
    return record


def is_current(path: PathLike, request: dict) -> bool:
    """Whether a raw file is there, unchanged, and the answer to the same request."""
    record = read_record(path)
    return (
        Path(path).exists()
        and record.get("request") == request
        and record.get("sha256") == digest(path)
    )


def deliver(path: PathLike, request: dict, accept: Callable, obtain: Callable) -> dict:
    """Give a raw file: the one that is there, or a new one.

    One that an earlier run brought is used if it is the answer to the same request and
    unchanged. One that somebody put there is verified, and used as it is.

    Parameters
    ----------
    path
        The raw file; its record goes to `<path>.json`.
    request
        What is asked for; a change of it brings the file anew.
    accept
        Verifies the file that is at `path`; returns what it found (dict), or raises
        `InputError`.
    obtain
        Brings the file to `path`; returns what is known of it (dict).

    Returns
    -------
    entries
        The record.

    Raises
    ------
    InputError
        If the file does not come, or the one that is there is not right.
    """
    if is_current(path, request):
        return read_record(path)
    if Path(path).exists() and read_record(path).get("url", BY_HAND) == BY_HAND:
        try:
            facts = {"url": BY_HAND} | accept()
        except InputError as error:
            raise InputError(
                f"{path}, which was put there by hand, is not the right file: {error}. "
                "Put the right one there, or delete it to have it fetched."
            ) from error
        logger.info("%s was put there by hand; it is right", path)
    else:
        facts = obtain()
    return write_record(path, {"request": request} | facts)


def deliver_answer(
    path: PathLike, service: Asked, request: dict, accept: Callable, ask: Callable
) -> dict:
    """Give a raw file that is made of answers to queries; see `deliver`.

    Parameters
    ----------
    path, request, accept
        See `deliver`.
    service
        Whose answers they are.
    ask
        Takes a folder, in which answers are kept until the file is there, so that an
        interrupted run goes on where it stopped; writes the file, and returns what is
        known of it (dict).

    Returns
    -------
    entries
        The record.

    Raises
    ------
    InputError
        Naming archive, file and remedy.
    """
    folder = Path(f"{path}.parts")

    def obtain():
        with asked_of(service, path):
            facts = ask(folder)
        shutil.rmtree(folder)
        return {"url": service.url} | facts

    return deliver(path, request, accept, obtain)


@contextmanager
def asked_of(service: Asked, path: PathLike) -> Iterator[None]:
    """Say of a failure which archive failed, for which file, and what can be done.

    Parameters
    ----------
    service
        Whose answers they are.
    path
        The raw file.
    """
    try:
        yield
    except InputError as error:
        raise InputError(
            f"{service.archive} ({service.url}) did not give {Path(path).name}:\n"
            f"  {error}\n"
            f"  Run again later: what has come is kept in {path}.parts (delete that to "
            "ask for all anew). Or choose route: download for it, if it has that. "
            f"Or put a file fetched by hand at {path}: it is then verified and used."
        ) from error
