"""Ask a TAP service whether it is out of service."""

import re
from datetime import UTC, datetime

from mdwarfs.archives.certificates import Session
from mdwarfs.archives.patience import Deadline, Limits
from mdwarfs.archives.transfer import cap_answers, retry_after, without_markup

AVAILABLE = re.compile(r"<(?:\w+:)?available>\s*(\w+)", re.IGNORECASE)
BACK_AT = re.compile(r"<(?:\w+:)?backAt>\s*([^<\s]+)", re.IGNORECASE)


def unavailable(url: str, limits: Limits) -> tuple[str, float]:
    """What a TAP service says of itself, if it is out of service.

    Each has the resource `availability` (IVOA, VOSI 1.1, section 5). In maintenance, it
    says false there, or there is a page of maintenance in its place.

    Parameters
    ----------
    url
        Address of the service.

    Returns
    -------
    words
        Empty if it is available, or cannot be asked.
    wait
        The time until it will be back [s]; 0 if it does not say.
    """
    try:
        with Session() as session:
            cap_answers(session, limits, Deadline(limits.stall))  # it is short
            answer = session.get(f"{url}/availability", timeout=limits.timeout)
    except (ValueError, OSError):
        return "", 0.0
    text = answer.text
    available = AVAILABLE.search(text)
    if available is not None and available[1].lower() in ("true", "1"):
        return "", 0.0
    if available is None and not re.search("maintenance|unavailable", text, re.I):
        return "", 0.0
    wait = retry_after(answer.headers.get("Retry-After"))
    if back := BACK_AT.search(text):
        wait = max(wait, seconds_until(back[1]))
    return without_markup(text)[:300], wait


def seconds_until(when: str) -> float:
    """Seconds until a time in ISO 8601 (UTC unless it says otherwise), at least 0."""
    try:
        time = datetime.fromisoformat(when)
    except ValueError:
        return 0.0
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    return max((time - datetime.now(UTC)).total_seconds(), 0.0)
