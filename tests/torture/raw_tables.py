"""Damaged raw files: refused, as they were, changed, or an error that explains nothing?

What a checksum would notice, a reader cannot: a bit that makes another number of one
leaves a sound table. Such tables are counted as changed.
"""

from __future__ import annotations

import gzip
import warnings
from pathlib import Path
from pkgutil import resolve_name

import numpy as np
from astropy.table import Table
from astropy.utils.exceptions import AstropyWarning

from mdwarfs.catalogues import registry
from mdwarfs.catalogues.releases import RELEASES
from mdwarfs.errors import InputError
from tests.torture.mutate import OF_BYTES

RELEASE = 19


def torture(raw: Path, folder: Path, n: int, seed: int) -> list[tuple[str, str, str]]:
    """Read n mutations of a run's raw files, as their catalogues do.

    Returns
    -------
    entries
        Of each: kind of mutation, outcome and, if it is wrong, what is.
    """
    rng = np.random.default_rng(seed)
    sound = []
    for entry in registry.CATALOGUES:
        path = raw / entry.raw.path.format(**RELEASES[RELEASE])
        if path.exists() and not entry.raw.release:
            table = resolve_name(entry.reader)(path, **entry.arguments)
            sound.append((entry, path, table))
    assert sound, f"{raw} has no raw files"
    found = []
    for k in range(n):
        entry, path, table = sound[k % len(sound)]
        mutate = OF_BYTES[int(rng.integers(len(OF_BYTES)))]
        data = path.read_bytes()
        packed = data.startswith(b"\x1f\x8b")
        if packed and rng.random() < 0.5:  # damaged before it was packed
            data = gzip.compress(mutate(gzip.decompress(data), rng), 1)
        else:
            data = mutate(data, rng)
        damaged = folder / path.name
        damaged.write_bytes(data)
        kind = mutate.__name__
        found.append((kind, *outcome(entry, damaged, table)))
    return found


def outcome(entry: registry.Catalogue, path: Path, sound: Table) -> tuple[str, str]:
    """What a catalogue makes of a damaged file, beside that of the sound one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", AstropyWarning)
            table = resolve_name(entry.reader)(path, **entry.arguments)
    except InputError as error:
        if path.name in str(error):
            return "refused", ""
        return "wrong", f"{entry.name}: the file is not named: {error}"
    except Exception as error:
        return "wrong", f"{entry.name}: {type(error).__name__}: {error}"
    return ("harmless" if same(table, sound) else "changed"), ""


def same(table: Table, sound: Table) -> bool:
    """Whether two tables have the same rows, nulls included."""
    if table.colnames != sound.colnames or len(table) != len(sound):
        return False
    return all(
        np.array_equal(
            np.asarray(table[x]), np.asarray(sound[x]),
            equal_nan=table[x].dtype.kind == "f",
        )
        for x in table.colnames
    )  # fmt: skip
