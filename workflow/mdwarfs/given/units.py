"""Convert the units of the columns of a given table to ours.

A logarithm has a unit inside it, as log(m/s2), and a magnitude is a logarithm of
another kind. astropy's `dex` and `mag` are units to multiply with, which these are not.
"""

from __future__ import annotations

import re
import warnings
from typing import NamedTuple

import astropy.units as u
import numpy as np
from astropy.units.function import FunctionUnitBase

from mdwarfs.errors import InputError

LOGARITHM = re.compile(
    r"(?:dex|log(?:10|_10)?)\s*[(\[]?(?P<inner>[^()\[\]]*)[)\]]?"
    r"|\[(?P<cds>[^()\[\]]*)\]",
    re.IGNORECASE,
)
"""A unit of a logarithm, as tables have it: dex, log(cm.s**-2), [cm/s2], [Sun]."""

INSIDE = {"logg": "cm / s2", "raw_logg": "cm / s2"}
"""What the logarithm is of, by label; of all others it is a ratio."""

RATIOS = {"", "-", "---", "1", "sun", "solar", "h", "fe/h", "m/h", "[fe/h]"}
SPELLINGS = {"cgs": "cm / s2", "si": "m / s2"}
DEX = "dex"


class Conversion(NamedTuple):
    """What brings a value to our unit: value * factor + offset."""

    factor: float = 1.0
    offset: float = 0.0

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """The values in our unit; they themselves if they are."""
        if self == Conversion():
            return values
        return values * self.factor + self.offset


def conversion(unit: str, ours: str, name: str) -> Conversion:
    """What brings a column of a unit to the one that it has here.

    Parameters
    ----------
    unit
        As a table or a configuration has it; empty: it is ours.
    ours
        Empty: any will do.
    name
        Our name of the column, such as "logg", "e_logg", "v_rad".

    Raises
    ------
    InputError
        If it cannot be. The message begins with the unit.
    """
    if not unit or not ours or unit == ours:
        return Conversion()
    if ours == DEX:
        return of_logarithm(unit, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", u.UnitsWarning)
            found = u.Unit(unit)
            if isinstance(found, FunctionUnitBase):
                raise u.UnitConversionError
            return Conversion(float(found.to(u.Unit(ours))))
    except (ValueError, TypeError, u.UnitConversionError) as error:
        raise InputError(
            f"its unit {unit!r} cannot be converted to {ours}: give the right one as "
            "`unit` of the column"
        ) from error


def of_logarithm(unit: str, name: str) -> Conversion:
    """The same of a logarithm; of an error there is nothing to add."""
    match = LOGARITHM.fullmatch(unit.strip())
    of, is_error = INSIDE.get(name.removeprefix("e_")), name.startswith("e_")
    if match:
        inner = (match["inner"] or match["cds"] or "").strip()
        if inner.lower() in ("", "-") or (of is None and inner.lower() in RATIOS):
            return Conversion()
        factor = of and ratio(SPELLINGS.get(inner.lower(), inner), of)
        if factor:
            return Conversion(1.0, 0.0 if is_error else float(np.log10(factor)))
    example = f"log({of.replace(' ', '')}), log(m/s2) or dex" if of else "dex"
    raise InputError(
        f"its unit {unit!r} is not that of a decimal logarithm"
        + (f" of {of}" if of else " of a ratio")
        + f": give the right one as `unit` of the column ({example}), or convert it"
    )


def ratio(unit: str, ours: str) -> float | None:
    """A unit in ours, however it is spelt; None if it is of another kind."""
    for form in (None, "cds", "vounit"):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", u.UnitsWarning)
                return float(u.Unit(unit, format=form).to(u.Unit(ours)))
        except (ValueError, TypeError, u.UnitConversionError):
            continue
    return None
