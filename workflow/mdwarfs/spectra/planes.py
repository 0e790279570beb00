"""Planes of a file of spectra, whose rows are read as they are needed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

import numpy as np
from numpy.typing import ArrayLike

from mdwarfs.errors import InputError
from mdwarfs.types import PathLike

AT_ONCE = 2**28  # bytes that the system is asked for; it gives no more than 2 GiB


class Plane:
    """A two-dimensional image of an open FITS file, of which rows are read.

    Nothing else of the image is in memory, and threads may read at the same time.

    Parameters
    ----------
    file
        Opened for reading in binary mode; it has to stay open.
    offset
        Where the data begin [bytes].
    shape
        Rows and columns; the pixels are big-endian float32.
    """

    dtype = np.dtype(np.float32)

    def __init__(self, file: BinaryIO, offset: int, shape: tuple[int, ...]) -> None:
        self._file, self._offset, self.shape = file, offset, tuple(shape)

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, rows):
        """Rows by a slice, a mask or their indices, as an ndarray of float32.

        Raises
        ------
        InputError
            If the file ends before they do.
        """
        rows = np.arange(len(self))[rows]
        runs = np.split(rows, np.flatnonzero(np.diff(rows) != 1) + 1)
        data = b"".join(self._read(run) for run in runs if len(run))
        return np.frombuffer(data, ">f4").reshape(-1, self.shape[1]).astype(self.dtype)

    def _read(self, run):
        """The bytes of consecutive rows."""
        size = 4 * self.shape[1]
        start, left, parts = self._offset + int(run[0]) * size, len(run) * size, []
        while left:
            part = os.pread(self._file.fileno(), min(left, AT_ONCE), start)
            if not part:
                raise InputError(f"{self._file.name} ends too early: make it anew")
            parts.append(part)
            start, left = start + len(part), left - len(part)
        return b"".join(parts)


class InMemory:
    """Flux, ivar and continuum that are collected star by star, in memory."""

    def __init__(self, rows: int, columns: int) -> None:
        self._planes = np.empty((3, rows, columns), np.float32)

    def put(self, row: int, values: ArrayLike) -> None:
        """Write a row of all three, of shape (3, columns) or (3, 1)."""
        self._planes[:, row] = values

    def planes(self) -> list[AnyPlane]:
        """What was put, plane by plane."""
        return list(self._planes)


class Spool:
    """The same, in a temporary file, of which nothing is in memory.

    Parameters
    ----------
    file
        Opened for reading and writing in binary mode; it has to stay open.
    """

    def __init__(self, file: BinaryIO, rows: int, columns: int) -> None:
        self._file, self._shape = file, (rows, columns)

    def put(self, row: int, values: ArrayLike) -> None:
        """Write a row of all three, of shape (3, columns) or (3, 1)."""
        rows, columns = self._shape
        for number, value in enumerate(values):
            data = np.broadcast_to(np.asarray(value, ">f4"), columns).tobytes()
            place = 4 * columns * (number * rows + row)
            while data:
                written = os.pwrite(self._file.fileno(), data, place)
                data, place = data[written:], place + written

    def planes(self) -> list[AnyPlane]:
        """What was put, plane by plane."""
        rows, columns = self._shape
        size = 4 * rows * columns
        return [Plane(self._file, n * size, self._shape) for n in range(3)]


@contextmanager
def spool(folder: PathLike, rows: int, columns: int) -> Iterator[Spool]:
    """Give a place on disk for the planes of a set that is being made.

    Parameters
    ----------
    folder
        Where the file lies, which has no name and is gone with the process; it takes
        12 bytes per row and column.
    """
    Path(folder).mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=folder) as file:
        yield Spool(file, rows, columns)


class Derived:
    """A plane whose rows are computed from those of others, as they are needed."""

    dtype = Plane.dtype

    def __init__(self, function: Callable, planes: Sequence[AnyPlane]) -> None:
        self._function, self._planes, self.shape = function, planes, planes[0].shape

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, rows):
        """Rows by a slice, a mask or their indices, as an ndarray of float32."""
        return self._function(*(plane[rows] for plane in self._planes))


class Stacked:
    """Planes of equal width, one after the other."""

    dtype = Plane.dtype

    def __init__(self, planes: Sequence[AnyPlane]) -> None:
        self._planes = planes
        self._ends = np.cumsum([len(plane) for plane in planes])
        self.shape = (int(self._ends[-1]), planes[0].shape[1])

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, rows):
        """Rows by a slice, a mask or their indices, as an ndarray of float32."""
        rows = np.arange(len(self))[rows]
        found = np.empty((len(rows), self.shape[1]), self.dtype)
        owner = np.searchsorted(self._ends, rows, side="right")
        for number in np.unique(owner):
            plane, here = self._planes[number], owner == number
            found[here] = plane[rows[here] - self._ends[number] + len(plane)]
        return found


class Chosen:
    """Some rows of a plane, in a given order, read as they are needed."""

    dtype = Plane.dtype

    def __init__(self, plane: AnyPlane, rows: np.ndarray) -> None:
        self._plane, self._rows = plane, rows
        self.shape = (len(rows), plane.shape[1])

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, rows):
        """Rows by a slice, a mask or their indices, as an ndarray of float32."""
        return self._plane[self._rows[rows]]


AnyPlane = np.ndarray | Plane | Derived | Stacked | Chosen
"""What rows of spectra may be read from."""


def combine(function: Callable, *planes: AnyPlane) -> Derived | np.ndarray:
    """A plane that is a function of others, computed now if they are in memory.

    Parameters
    ----------
    function
        From arrays (n, n_pix) to such an array, row by row.
    """
    if all(isinstance(plane, np.ndarray) for plane in planes):
        return function(*planes)
    return Derived(function, planes)
