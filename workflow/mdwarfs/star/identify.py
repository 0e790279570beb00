"""Find a star of a run by any of its names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from pathlib import PurePath

import numpy as np
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.tables.matching import match

NAMES = {
    "source_id": "Gaia DR3",
    "sdss_id": "SDSS",
    "id": "id",
    "file": "file",
    "spec_file": "BOSS file",
    "name": "name",
    "tmass_designation": "2MASS J",
    "designation": "designation",
    "gaia_dr2_source_id": "Gaia DR2",
    "catalogid": "SDSS catalogid",
    "obsid": "LAMOST obsid",
}
"""Columns that name a star, and what the name is called. A text that is a name of one
star by an earlier column is not looked for in a later one."""
FILES = "file", "spec_file"
"""Of these the last part of the path is a name as well."""
PREFIXES = re.compile(r"^(gaia\s*dr[23]|2mass|sdss|lamost)\s*j?\s*", re.IGNORECASE)
LIKE = 5
"""Names that are suggested for one that is not known, at most."""
ENDS = 5
"""Letters at its beginning or end that a name that is suggested has in common, where
there are too many to compare with all."""
MANY = 20_000


def names_of(source_id: np.ndarray, tables: list[Table]) -> dict[str, np.ndarray]:
    """What stars are called.

    Parameters
    ----------
    source_id : int, shape (n,)
        Of the stars.
    tables
        With `source_id` and any of `NAMES`. What an earlier one says is taken.

    Returns
    -------
    entries
        Texts of shape (n,) by the names of the columns, in the order of `NAMES`; ""
        where a star has none.
    """
    found: dict[str, np.ndarray] = {}
    for table in tables:
        rows = match(source_id, table["source_id"])
        for column in NAMES:
            if column in found or column not in table.colnames:
                continue
            texts = np.asarray(table[column]).astype(str)
            if table[column].dtype.kind in "iu":
                texts = np.where(np.asarray(table[column]) > 0, texts, "")
            texts = np.where(rows >= 0, texts[rows], "") if len(texts) else rows * [""]
            if (texts != "").any():
                found[column] = texts
    return {column: found[column] for column in NAMES if column in found}


def find_star(text: str, names: Mapping[str, np.ndarray], where: str) -> int:
    """The row of the star of a name.

    Parameters
    ----------
    text
        A name by any of the columns. Of an identifier that is a number the survey may
        stand before it ("Gaia DR3 1234"), of a file the folders may be left out.
    names
        As `names_of` gives them.
    where
        What has these stars, for the message.

    Raises
    ------
    InputError
        If no star has that name, with those that are like it; or several.
    """
    wanted = written(text)
    if not wanted:
        raise InputError("the name of a star is empty")
    for column, texts in names.items():
        for made in (written, *([last] if column in FILES else [])):
            given = made(text)
            rows = [row for row, own in enumerate(texts) if own and made(own) == given]
            if len(rows) == 1:
                return rows[0]
            if rows:
                first = next(iter(names))
                few = ", ".join(str(names[first][row]) for row in rows[:LIKE])
                raise InputError(
                    f"{text} is the {NAMES[column]} of {len(rows)} stars of {where}: "
                    f"choose by {NAMES[first]}, which is {few}"
                    + (", ..." if len(rows) > LIKE else "")
                )
    like = suggestions(wanted, names)
    raise InputError(
        f"{text} is neither a file nor a star of {where}"
        + (f". Similar: {', '.join(like)}" if like else "")
        + f". Stars are known by {', '.join(NAMES[column] for column in names)}"
    )


def written(text: str) -> str:
    """A name without what may be written in one way or another."""
    text = re.sub(r"\s+", " ", str(text).strip()).lower()
    return PREFIXES.sub("", text) or text


def last(path: str) -> str:
    """A path without its folders, as `written`."""
    return written(PurePath(path.replace("\\", "/")).name)


def suggestions(wanted: str, names: Mapping[str, np.ndarray]) -> list:
    """Names that are most like one that is not known, with what they are called."""
    said: dict[str, str] = {}
    for column, texts in names.items():
        made = last if column in FILES else written
        for own in texts:
            if own:
                said.setdefault(made(own), f"{NAMES[column]} {PurePath(own).name}")
    if len(said) > MANY:
        start, end = wanted[:ENDS], wanted[-ENDS:]
        said = {x: s for x, s in said.items() if x.startswith(start) or x.endswith(end)}
    return [said[x] for x in difflib.get_close_matches(wanted, said, LIKE, 0.75)]
