"""Questions about the numbers of a run on given spectra, which has no ledger."""

from __future__ import annotations

import numpy as np
from astropy.table import Row

from mdwarfs import tables
from mdwarfs.provenance.answer import Answer, row_numbers, words_of
from mdwarfs.provenance.history import History
from mdwarfs.tables.markdown import number

NUMBERS = "audit/numbers.ecsv"
MOST = 12
"""Numbers that one answer tells; of more, how many there are."""
SHORT = {"std": ("standard", "deviation")}
"""Words of questions that stand for others."""


def number_of_given(history: History, question: str) -> Answer | None:
    """The numbers whose quantity, method or catalogue, and label have all the words.

    Returns
    -------
    answer
        None if the run has no such table, or no number is called so.
    """
    if not (history.folder / NUMBERS).is_file():
        return None
    table = tables.read(history.folder / NUMBERS)
    asked = {x for word in words_of(question) for x in SHORT.get(word, (word,))}
    found = [row for row in table if asked <= set(words_of(_called(row)))]
    if not found:
        return None
    told = [_line(row) for row in found[:MOST]]
    if len(found) > MOST:
        told.append(f"and {len(found) - MOST} more: say more of what the number is")
    maker = history.makers.get(NUMBERS)
    read = {x["path"] for x in history.inputs(maker)} if maker else set()
    products = list(dict.fromkeys(str(row["product"]) for row in found))
    # The step that writes the table writes one of these products too.
    through = {NUMBERS: products} if set(products) <= read else {}
    places = {NUMBERS: row_numbers(row.index for row in found[:MOST])}
    return Answer(question, told, [NUMBERS], places, through)


def _called(row):
    return f"{row['quantity']} {row['of']} {row['label']}"


def _line(row: Row) -> str:
    """A number in a line, with what it is of and where it stands."""
    of = ", ".join(str(row[x]) for x in ("of", "label") if row[x])
    error = number(row["error"], row["error"]) if np.isfinite(row["error"]) else ""
    said = number(row["value"], row["error"]) + (f" ± {error}" if error else "")
    said += f" {row['unit']}" if row["unit"] else ""
    return (
        f"{row['quantity']}{f' ({of})' if of else ''}: {said}, {row['n']} stars; "
        f"{row['status']}, in {row['product']}"
    )
