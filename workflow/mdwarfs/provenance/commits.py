"""The commits of the code that made a run: several if it was continued later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from mdwarfs.software import CODE, NO_PRODUCT

DIGITS = 10
"""Of a commit, in sentences; records have it in full."""


class Commit(NamedTuple):
    """A state of the code, and how many steps are of it.

    Attributes
    ----------
    commit
        In full; None where it is not known.
    date
        When it was made, ISO 8601; empty where that is not known.
    steps
        How many.
    changed
        Files that were not as in that commit, and can change a product.
    """

    commit: str | None
    date: str
    steps: int
    changed: tuple[str, ...]


def changed(code: Mapping) -> list[str]:
    """The changed files of a step's code that can change a product."""
    return [path for path in code["changed"] if can_change(path)]


def can_change(path: str) -> bool:
    """Whether a file of the checkout can change a product."""
    inside = [path == x or path.startswith(f"{x}/") for x in CODE]
    return any(inside) and not any(path.startswith(f"{x}/") for x in NO_PRODUCT)


def commits(codes: Iterable[Mapping]) -> list[Commit]:
    """The commits of some steps, those of most steps first.

    Parameters
    ----------
    codes
        What the record of each step says of its code.
    """
    found: dict[tuple, int] = {}
    for code in codes:
        key = code["commit"], (code.get("date") or "")[:19], tuple(changed(code))
        found[key] = found.get(key, 0) + 1
    order = sorted(found, key=lambda x: (-found[x], x[1], str(x)))
    return [Commit(x[0], x[1], found[x], x[2]) for x in order]


def words(codes: Iterable[Mapping]) -> str:
    """How many commits the steps are of, and which."""
    found = commits(codes)
    count = len({x.commit for x in found})
    steps = _counted(sum(x.steps for x in found))
    of = "one commit" if count == 1 else f"{count} commits"
    several = len(found) > 1
    told = [_told(x) + (f" ({_counted(x.steps)})" if several else "") for x in found]
    if not any(x.commit or x.changed for x in found):
        return f"{steps}; the commit of their code is not known"
    return f"{steps} of {of}: {'; '.join(told)}"


def _counted(steps):
    return f"{steps} step{'s' * (steps != 1)}"


def _told(one):
    said = one.commit[:DIGITS] if one.commit else "not known"
    said += f" of {one.date[:10]}" if one.date else ""
    return said + (f", changed in {', '.join(one.changed)}" if one.changed else "")
