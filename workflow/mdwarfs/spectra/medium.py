"""Whether wavelengths are in air or in vacuum, as a file declares it."""

from collections.abc import Mapping
from typing import Any

from mdwarfs.errors import InputError

KEYS = ("airorvac", "medium")
"""Of a header, in lower case, with the value air, vac or vacuum (the first is IRAF's).
Some surveys say instead VACUUM = T or F."""

AXES = {"AWAV": "air", "WAVE": "vacuum"}
"""CTYPE of a wavelength axis (FITS standard 4.0, table 25)."""

HOW = (
    "name the column wavelength_air or wavelength_vacuum, or give the header "
    "AIRORVAC = 'air' or 'vac' (of ECSV: meta, of CSV: a line `# AIRORVAC: air`)"
)


def find_medium(about: Mapping[str, Any], named: str = "", axis: str = "") -> str:
    """The medium of wavelengths.

    Parameters
    ----------
    about
        What the header says, by keys in lower case.
    named
        The medium in the name or unit of their column; "" if it has none.
    axis
        CTYPE of their axis.

    Returns
    -------
    text
        "air" or "vacuum".

    Raises
    ------
    InputError
        If nothing declares it, or two declarations differ.
    """
    said = {named} if named else set()
    for key in KEYS:
        if key in about:
            said.add(word(about[key]))
    if "vacuum" in about:
        said.add("vacuum" if logical_value(about["vacuum"]) else "air")
    if not said and axis.strip().upper()[:4] in AXES:
        said.add(AXES[axis.strip().upper()[:4]])
    if not said:
        raise InputError(
            f"does not say whether its wavelengths are in air or in vacuum: {HOW}"
        )
    if len(said) > 1:
        raise InputError("says both that its wavelengths are in air and in vacuum")
    return said.pop()


def word(value: Any) -> str:
    """What is said of a medium, as "air" or "vacuum"."""
    text = str(value).strip().lower()
    if text.startswith("vac"):
        return "vacuum"
    if text != "air":
        raise InputError(f"says that its wavelengths are in {value!r}: {HOW}")
    return text


def logical_value(value: Any) -> bool:
    """A logical value of a header, which text formats write as a word."""
    return str(value).strip().lower() in ("true", "t", "1", "yes")
