"""How much two values may differ and still be the same."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
import yaml

from mdwarfs.errors import InputError
from mdwarfs.types import PathLike

DEFAULT = Path(__file__).with_name("tolerances.yaml")


@dataclass(frozen=True)
class Tolerance:
    """An entry of a file of tolerances, see tolerances.yaml.

    Attributes
    ----------
    product, column
        Patterns of names.
    unit
        As astropy writes it; None for any.
    absolute, relative
        A difference of both together is allowed.
    ignored
        Whether the column is not compared at all.
    """

    product: str = "*"
    column: str = "*"
    unit: str | None = None
    absolute: float = 0.0
    relative: float = 0.0
    ignored: bool = False

    def fits(self, product: str, column: str, unit: str) -> bool:
        """Whether the entry is about a column of a product."""
        return (
            fnmatchcase(product, self.product)
            and fnmatchcase(column, self.column)
            and self.unit in (None, unit)
        )

    def exceeded(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Where two values differ by more; NaN and NaN do not, NaN and a number do."""
        with np.errstate(invalid="ignore"):
            largest = np.maximum(np.abs(first), np.abs(second))
            apart = np.abs(first - second) > self.absolute + self.relative * largest
        both = np.isfinite(first) & np.isfinite(second)
        same = (first == second) | (np.isnan(first) & np.isnan(second))
        return np.where(both, apart, ~same)


def read(path: PathLike | None = None) -> list[Tolerance]:
    """The default entries, after those of a file.

    Raises
    ------
    InputError
        If the file cannot be read, or has an entry that is none.
    """
    entries = []
    for file in [path, DEFAULT] if path is not None else [DEFAULT]:
        try:
            found = yaml.safe_load(Path(file).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise InputError(f"{file} cannot be read as tolerances: {error}") from error
        if not isinstance(found, list):
            raise InputError(f"{file}: tolerances are a list of entries")
        entries += [entry(one, f"{file}, entry {n}") for n, one in enumerate(found, 1)]
    return entries


def entry(said: object, where: str) -> Tolerance:
    """One entry of a file.

    Raises
    ------
    InputError
        If it is no mapping, has a key that is none, or a value of the wrong type.
    """
    known = {field.name: field.default for field in fields(Tolerance)}
    if not isinstance(said, dict) or not said.keys() <= known.keys():
        raise InputError(f"{where}: {said} has other keys than {', '.join(known)}")
    for key in ("absolute", "relative"):
        value = said.get(key, 0.0)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
            raise InputError(f"{where}: {key} is {value!r}, not a number from 0 up")
    for key in ("product", "column", "unit"):
        if not isinstance(said.get(key, ""), str):
            raise InputError(f"{where}: {key} is {said[key]!r}, not a text")
    if not isinstance(said.get("ignored", False), bool):
        raise InputError(f"{where}: ignored is {said['ignored']!r}, not true or false")
    return Tolerance(**said)


def tolerance_of(
    entries: Sequence[Tolerance], product: str, column: str, unit: str
) -> Tolerance:
    """The first entry that is about a column; nothing is allowed if there is none."""
    for one in entries:
        if one.fits(product, column, unit):
            return one
    return Tolerance()
