"""Recognise the error messages that SkyServer sends in place of a table.

Its web service (sciserver/SkyServerWS) answers a query that fails with status 500 and
JSON whose ErrorMessage has SQL Server's own words. Its pages give HTML with status 200,
its procedure for SQL a table with the one column `error_message`. Proxies stand before
both.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from mdwarfs.archives.patience import Transient
from mdwarfs.archives.slices import TooMuch
from mdwarfs.archives.transfer import TRANSIENT, Missing, retry_after, without_markup
from mdwarfs.errors import InputError

if TYPE_CHECKING:
    from requests import Response


ERROR = re.compile(r"#?\s*errors?\b", re.I)
TIMED_OUT = re.compile(r"time[ -]?out|timed[ -]out|took too long|task was cancel", re.I)
TOO_MANY = re.compile(r"queries allowed per minute", re.I)
PASSING = re.compile(
    r"connection time[ -]?out|connection from the pool|network-related|deadlock|"
    r"not currently available|being recovered|shutdown is in progress",
    re.I,
)
"""Words of SQL Server's about itself and not about the query."""

GATEWAY = {408, 504, 524}  # a proxy has waited in vain
SOON = 20.0  # a proxy that gives up sooner has not waited for the query [s]
MINUTE = 60.0  # after which as many queries are allowed again [s]


def reject(answer: Response, elapsed: float) -> None:
    """Raise what an answer amounts to, unless it is a table.

    Parameters
    ----------
    elapsed
        Time that it took to come [s].

    Raises
    ------
    TooMuch
        If the query took too long, however that is said.
    Transient
        If the same query may be answered later.
    Missing
        If the service is not there.
    InputError
        In all other cases, with the service's own words.
    """
    status, said = answer.status_code, complaint(answer.text)
    if status == 200 and said is None:
        return
    words = f"status {status}, it says: {(said or without_markup(answer.text))[:500]}"
    wait = retry_after(answer.headers.get("Retry-After"))
    if status in (404, 410):
        raise Missing(words)
    if status in GATEWAY:
        raise TooMuch(words) if elapsed >= SOON else Transient(words, wait)
    if status in TRANSIENT - {500}:
        raise Transient(words, wait)
    if TOO_MANY.search(words):
        raise Transient(words, MINUTE)
    if PASSING.search(words):
        raise Transient(words)
    if TIMED_OUT.search(words):
        raise TooMuch(words)
    if status == 500 and not answer.text.lstrip().startswith("{"):
        raise Transient(words, wait)
    raise InputError(words)


def complaint(text: str) -> str | None:
    """What an answer says instead of a table; None if it is one."""
    start = text.lstrip()
    if not start:
        return "(nothing)"
    if start[0] in "{[":
        return message(start)
    if start[0] == "<" or ERROR.match(start):
        return without_markup(start)
    head, _, rows = without_name(start).partition("\n")
    if head.strip().strip('"').lower() == "error_message":
        return without_markup(rows)
    name = start.partition("\n")[0]
    in_words = any(
        words.search(f"{name} {head}") for words in (TIMED_OUT, TOO_MANY, PASSING)
    )
    return without_markup(start) if in_words else None


def without_name(text: str) -> str:
    """A table without the line that names it."""
    return text.partition("\n")[2] if text.startswith("#") else text


def message(text: str) -> str:
    """The words of an error in JSON."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    names = ("ErrorMessage", "Error Message", "error")
    for name in names if isinstance(found, dict) else ():
        if isinstance(found.get(name), str):
            return without_markup(found[name])
    return without_markup(text)
