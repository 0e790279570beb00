"""What a question about a run is about, and the words in which it is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Answer:
    """What was asked for, and where to begin with its history.

    Attributes
    ----------
    question
        As it was asked.
    words
        What it is about, a line each.
    products
        Files that hold the answer, as records call them.
    places
        By file: where in it the answer stands (a row, a column).
    through
        By file: those of the inputs of its step from which the answer was taken, where
        the step reads more than that (as the audit does).
    """

    question: str
    words: list[str]
    products: list[str]
    places: dict[str, str] = field(default_factory=dict)
    through: dict[str, list[str]] = field(default_factory=dict)


def words_of(text: str) -> list[str]:
    """The words of a question or of a name, in small letters."""
    return re.findall(r"[^\s,;()]+", str(text).lower()) or [""]


def row_numbers(places: Iterable[int]) -> str:
    """Rows in words, counted from 1."""
    numbers = [x + 1 for x in places]
    if len(numbers) == 1:
        return f"row {numbers[0]}"
    return f"rows {', '.join(map(str, numbers))}"
