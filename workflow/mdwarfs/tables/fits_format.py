"""How a column of a FITS binary table is stored, from its format."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

DTYPES = {
    "B": "u1",
    "L": "i1",
    "I": ">i2",
    "J": ">i4",
    "K": ">i8",
    "E": ">f4",
    "D": ">f8",
}
# Complex numbers and the descriptors of arrays of variable length (FITS standard 4.0,
# table 18) are counted, not read.
WIDTHS = {"C": 8, "M": 16, "P": 8, "Q": 16}


@dataclass(frozen=True)
class Column:
    """One column of a FITS binary table.

    Attributes
    ----------
    name, format, unit
        As in TTYPE, TFORM, TUNIT; the unit is empty where the column has none.
    """

    name: str
    format: str
    unit: str = ""

    @property
    def code(self) -> str:
        """The letter of the format, such as A for text."""
        return self.format.lstrip("0123456789")[0]

    @property
    def repeat(self) -> int:
        """Number of characters or elements."""
        return int(re.match(r"\d*", self.format)[0] or 1)

    @property
    def width(self) -> int:
        """Bytes of one cell."""
        if self.code == "X":
            return (self.repeat + 7) // 8
        if self.code in WIDTHS:
            return self.repeat * WIDTHS[self.code]
        return self.dtype.itemsize

    @property
    def dtype(self) -> np.dtype:
        """The bytes of one cell, as a numpy type.

        Raises
        ------
        ValueError
            If the format is none of A, L, B, I, J, K, E, D.
        """
        if self.code == "A":
            return np.dtype(f"S{self.repeat}")
        if self.code not in DTYPES:
            raise ValueError(f"column {self.name}: no type for format {self.format}")
        if self.repeat == 1:
            return np.dtype(DTYPES[self.code])
        return np.dtype((DTYPES[self.code], (self.repeat,)))


def row_type(columns: Sequence[Column], chosen: Mapping[str, int]) -> np.dtype:
    """Some columns in the bytes of a row, as a numpy type of the whole row.

    Parameters
    ----------
    columns
        All of the table, in their order.
    chosen
        Place of each column that is to be read, by the name that it gets.

    Raises
    ------
    ValueError
        If the format of one of these is none that is read as it is.
    IndexError
        If a format is none at all.
    """
    *offsets, width = np.cumsum([0] + [column.width for column in columns])
    return np.dtype(
        {
            "names": list(chosen),
            "formats": [columns[i].dtype for i in chosen.values()],
            "offsets": [int(offsets[i]) for i in chosen.values()],
            "itemsize": int(width),
        }
    )
