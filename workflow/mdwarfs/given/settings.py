"""The section `files` of a configuration, with its defaults."""

from __future__ import annotations

from collections.abc import Callable
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

KEY = "source_id"
"""Column by which stars are matched with those of others, if no other is named."""

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

AVAILABLE = ("snr", "v_rad", "v_rad_file", "n_good", "good_fraction", "correlation")
"""What the spectra tell: a cut can ask for it, beside the columns of the table."""


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


def asked_columns(columns: dict) -> dict[str, str]:
    """Columns of the table that `files.columns` asks for, by the key that does.

    Parameters
    ----------
    columns
        The section.
    """
    found = {}
    for name, column in ((name, Column.of(said)) for name, said in columns.items()):
        found[f"files.columns.{name}"] = column.name
        if column.error is not None:
            found[f"files.columns.{name}.error"] = column.error
    return found


def asked_of_others(name: str, entry: dict) -> dict[str, str]:
    """Columns that an entry of `files.compared` asks for, by the key that does.

    Parameters
    ----------
    name
        Whose labels they are.
    entry
        What the section says of them.
    """
    said = {"key": KEY} | {x: c for x, c in entry.items() if x == "key" or x in LABELS}
    return {f"files.compared.{name}.{x}": column for x, column in said.items()}


def vectors(array: dict) -> dict[str, Column]:
    """What `files.array` names, by its keys: arrays, or vector columns of the table.

    Wavelengths that are counted from a start are no array.
    """
    names = {
        key: Column.of(array[key]) for key in ("flux", "error", "ivar") if key in array
    }
    wave = array["wavelength"]
    if isinstance(wave, str) or "start" not in wave:
        names["wavelength"] = Column.of(wave)
    return names


def tables_asked(files: dict, places: dict, located: Callable) -> dict:
    """Every table that a run reads, with the columns that it asks of it.

    Parameters
    ----------
    files
        The section of the configuration, complete.
    places
        From `paths`.
    located
        From a path of the configuration to where that is.

    Returns
    -------
    entries
        By path; columns by the keys that ask for them.
    """
    found = {places["table"]: asked_columns(files["columns"])}
    if files["array"] and places["array"] is None:
        found[places["table"]] |= {
            f"files.array.{key}": column.name
            for key, column in vectors(files["array"]).items()
        }
    for name, entry in files["compared"].items():
        if "table" in entry:
            columns = found.setdefault(located(entry["table"]), {})
            columns |= asked_of_others(name, entry)
    return found


def with_defaults(files: dict) -> dict:
    """The section with what it leaves to the defaults."""
    return DEFAULTS | files


def cross_validated(files: dict) -> bool:
    """Whether every labelled star is a test star: folds, or leave-one-out."""
    return with_defaults(files)["validation"] != SPLIT


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
    files = with_defaults(files)
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
