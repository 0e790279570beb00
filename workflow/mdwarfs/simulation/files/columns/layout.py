"""Column lists of FITS tables, as the archives publish them.

A list is a file of tab-separated values beside this module: number and name of the
HDU, column, FITS format, unit. Its first lines say where it comes from.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from mdwarfs.tables.fits_format import Column

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Layout:
    """One table HDU: its name (EXTNAME, may be empty) and its columns."""

    extname: str
    columns: tuple

    @property
    def names(self) -> list[str]:
        """Names of the columns, in order."""
        return [column.name for column in self.columns]

    @cached_property
    def dtype(self) -> np.dtype:
        """The bytes of one row, as a numpy type."""
        return np.dtype([(column.name, column.dtype) for column in self.columns])


@cache
def read_layouts(name: str) -> tuple[Layout, ...]:
    """The table HDUs of a file format.

    Parameters
    ----------
    name
        Name of a column list beside this module, such as "spAll-lite".

    Returns
    -------
    entries
        In the order of the HDUs; the first is HDU 1.
    """
    text = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    hdus = {}
    for line in lines[1:]:
        hdu, extname, column, form, unit = line.split("\t")
        hdus.setdefault((hdu, extname), []).append(Column(column, form, unit))
    return tuple(Layout(extname, tuple(cols)) for (_, extname), cols in hdus.items())
