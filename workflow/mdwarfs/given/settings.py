"""The section `files` of a configuration: what it says, and what it need not say."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from mdwarfs.labels import LABELS
from mdwarfs.types import PathLike

FILE, OTHERS, REST = "file", "others", "rest"
"""Ways to the velocity of a spectrum, see `mdwarfs.given.spectra`."""

SPLIT, LEAVE_ONE_OUT = "split", "leave-one-out"
"""Ways to a test, beside a number of folds."""

DEFAULTS = {
    "folder": None,
    "array": None,
    "select": [],
    "cuts": [],
    "velocity": FILE,
    "validation": SPLIT,
    "compared": {},
    "simulated": False,
    "fetch": None,
}

READ = ("columns", "array", "select", "cuts", "velocity", "validation")
"""What the reading of a sample depends on, beside the paths."""

RAW = "{raw}"
"""Stands in paths for the folder of what was fetched."""

TEXTS = ("file", "row", "id", "role")
NUMBERS = ("snr", "v_rad", *LABELS)
KNOWN = ("source_id", *TEXTS, *NUMBERS)
"""Columns of a table that mean something here; others are kept as they are."""

MADE = (
    "sdss_id", "star_id", "fold", "v_rad_file", "correlation", "n_good",
    "good_fraction", "labelled", "reason", "status",
)  # fmt: skip
"""Columns that are made here: no column of a table can be called so."""

AVAILABLE = ("n_good", "good_fraction", "correlation")
"""Those of them that a cut can ask for, beside the columns of the table."""


class Column(NamedTuple):
    """A column of a table, as the configuration names it.

    Attributes
    ----------
    name
        In the table.
    unit
        Of its values; None: the table says so, or it is ours.
    error
        The column of its errors, if there is one.
    missing
        The value that means none, if there is one.
    """

    name: str
    unit: str | None = None
    error: str | None = None
    missing: float | str | None = None

    @classmethod
    def of(cls, said: str | dict) -> Column:
        """From what the configuration says of a column: its name, or more."""
        return cls(said) if isinstance(said, str) else cls(**said)


def complete(files: dict) -> dict:
    """The section with what it leaves to the defaults."""
    return DEFAULTS | files


def cross_validated(files: dict) -> bool:
    """Whether every labelled star is a test star: folds, or leave-one-out."""
    return complete(files)["validation"] != SPLIT


def located(path: PathLike, raw: PathLike, root: PathLike) -> str:
    """A path of the configuration: below the working directory, or the checkout.

    Parameters
    ----------
    path
        {raw} stands for the folder `raw`.
    raw
        Of what was fetched.
    root
        The checkout, where the path is looked for if it is not below the working
        directory.

    Returns
    -------
    text
        Below the working directory, where it is in neither place.
    """
    if RAW in str(path):
        return str(path).replace(RAW, str(raw))
    beside = Path(root) / path
    return str(beside if not Path(path).exists() and beside.exists() else path)


def paths(files: dict, raw: PathLike, root: PathLike) -> dict:
    """The paths of a run: of its table, the folder of its spectra, and their array.

    Parameters
    ----------
    files
        The section of the configuration.
    raw, root
        See `located`.

    Returns
    -------
    entries
        `table`; `folder`; `array`, or None if there is none of its own.
    """
    files = complete(files)
    table = located(files["table"], raw, root)
    folder = files["folder"]
    if folder is None:
        folder = str(raw) if files["fetch"] else str(Path(table).parent)
    array = (files["array"] or {}).get("file")
    return {
        "table": table,
        "folder": located(folder, raw, root),
        "array": array and located(array, raw, root),
    }
