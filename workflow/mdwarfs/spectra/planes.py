"""Planes of a file of spectra of which rows are read as they are needed."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import BinaryIO

import numpy as np

from mdwarfs.errors import InputError

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


AnyPlane = np.ndarray | Plane | Derived
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
