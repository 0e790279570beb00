"""The paper's own catalogue of FGK+M pairs, its Table 3 (NADC resource 101717).

How the file spells its columns is not known for sure: the paper prints their names in
a table of its own. Spellings that mean the same are taken as such, and each column of
the catalogue says which name it had in the file.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.catalogues.fits_rows import find_table, read_columns
from mdwarfs.catalogues.identifiers import identifiers
from mdwarfs.catalogues.nulls import clean_real, clean_text, keep_physical
from mdwarfs.catalogues.raw_file import of_file, open_raw
from mdwarfs.errors import InputError
from mdwarfs.labels import LABELS
from mdwarfs.tables import absent
from mdwarfs.tables.columns import meaning
from mdwarfs.tables.tabulate import annotate
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from astropy.io.fits import Header


logger = logging.getLogger(__name__)

# Our name: what the file may call it, as `plain` writes it. The first is the paper's.
IDENTIFIERS = {
    f"source_id{k}": (f"sourceid{k}", f"gaiasourceid{k}", f"gaiaid{k}",
                      f"gaiadr3sourceid{k}", f"dr3sourceid{k}")
    for k in (1, 2)
}  # fmt: skip
PLACES = {f"{name}{k}": (f"{name}{k}",) for name in ("ra", "dec") for k in (1, 2)}
QUANTITIES = {
    "feh": ("feh", "fehlamost", "fehfgk"),
    "feh_niu": ("fehniu", "niufeh", "fehniu2023", "fehcorr"),
    "teff": ("teff", "teffapogeenet", "teffapogee"),
    "logg": ("logg", "loggapogeenet", "loggapogee"),
    "alpha_m": ("alpham", "alphamaspcap", "alphamatm", "am"),
}
ERRORS = {
    f"e_{name}": tuple(
        form.format(spelling)
        for spelling in QUANTITIES[name]
        for form in ("e{}", "{}err", "err{}", "{}error", "sigma{}")
    )
    for name in QUANTITIES
    if not LABELS[name].scale_of
}
SNR = {"snr": ("snr", "snrboss", "bosssnr", "snmedianall", "sn")}
REALS = PLACES | QUANTITIES | ERRORS | SNR
ROLE = {"role": ("role", "set", "split", "sample", "dataset", "subset", "traintest")}
ROLES = ("train", "test")
DESCRIBED = {
    "row": ("", "Row of the archive's table, from 1 upwards; 0: it has none"),
}


def read_paper_pairs(path: PathLike) -> Table:
    """All rows of the paper's table.

    Parameters
    ----------
    path
        `LAMOST_FGK_BOSS_M_dwarfs.fits`, or the table without rows that stands for it
        where it could not be had.

    Returns
    -------
    table
        See `clean`. `meta` counts N_ROWS; where the table is not at hand, it says why
        (`mdwarfs.tables.absent`).

    Raises
    ------
    InputError
        If the file is no table, or lacks the pairs' identifiers.
    """
    header = header_of(path)
    reason = str(header.get(absent.KEYWORD, ""))
    names = [header[f"TTYPE{i + 1}"].strip() for i in range(header["TFIELDS"])]
    taken = choose(names, path)
    with of_file(path):
        pairs = clean(read_columns(path, 1, list(taken.values())), taken)
    pairs.meta["N_ROWS"] = len(pairs)
    return absent.note(pairs, reason)


def header_of(path: PathLike) -> Header:
    """Header of the file's table; raises InputError if there is none."""
    with open_raw(path) as stream:
        return find_table(path, stream, 1)


def choose(names: Sequence[str], path: PathLike = "the table") -> dict[str, str]:
    """Which columns of the file are which.

    Parameters
    ----------
    names
        The file's columns.
    path
        For the message.

    Returns
    -------
    taken
        The file's names by ours; columns that the file lacks are left out.

    Raises
    ------
    InputError
        If an identifier is missing: nothing can be matched then.
    """
    known = {plain(name): name for name in reversed(names)}
    taken = {}
    for ours, spellings in (IDENTIFIERS | REALS | ROLE).items():
        found = [known[spelling] for spelling in spellings if spelling in known]
        if found:
            taken[ours] = found[0]
    missing = [name for name in IDENTIFIERS if name not in taken]
    if missing:
        raise InputError(
            f"{path} lacks the column(s) {', '.join(missing)}; "
            f"it has {', '.join(names)}"
        )
    return taken


def plain(name: str) -> str:
    """A column's name without case, blanks, underscores and brackets."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def clean(rows: Table, taken: dict[str, str]) -> Table:
    """The pairs with nulls as nulls, in the file's order.

    Parameters
    ----------
    rows
        The file's columns.
    taken
        From `choose`.

    Returns
    -------
    pairs
        `row`, source_id1, source_id2 (0: none), ra1, dec1, ra2, dec2, feh, feh_niu,
        teff, logg, alpha_m, e_feh, e_teff, e_logg, e_alpha_m, snr, `role` ("train",
        "test" or, where the table does not say, empty). Columns that the file lacks
        are null, and `meta["LACKS"]` names them; each column says which name it had.
        `meta` also counts what was made null (`nulls.keep_physical`).
    """
    n = len(rows)
    pairs = annotate(Table({"row": np.arange(1, n + 1)}), DESCRIBED)
    found, lost = identifiers(rows, {name: taken[name] for name in IDENTIFIERS})
    for name in IDENTIFIERS:
        pairs[name] = found[name]
    for name in REALS:
        if name in taken:
            pairs[name] = clean_real(rows[taken[name]])
    nulled = keep_physical(pairs, lost)
    lacking = [name for name in REALS if name not in taken]
    for name in lacking:
        pairs[name] = np.full(n, np.nan)
    pairs["role"] = role_of(rows[taken["role"]] if "role" in taken else [""] * n)
    pairs = describe(pairs[["row", *IDENTIFIERS, *REALS, "role"]], taken)
    pairs.meta = nulled | ({"LACKS": ", ".join(lacking)} if lacking else {})
    logger.info(
        "columns taken: %s%s",
        ", ".join(f"{theirs} as {ours}" for ours, theirs in taken.items()),
        f"; not found: {', '.join(lacking)}" if lacking else "",
    )
    return pairs


def describe(pairs: Table, taken: dict[str, str]) -> Table:
    """Say of each column what it is, and which name it had in the file; in place."""
    for name in pairs.colnames:
        if name in taken:
            words = meaning(name)[1]
            pairs[name].info.description = f"{words} (in the file: {taken[name]})"
    return pairs


def role_of(values: ArrayLike) -> np.ndarray:
    """Training or test set from a column of texts that begin with either word."""
    values = clean_text(np.asarray(values, str)) if len(values) else np.array([], "U5")
    lower = np.char.lower(values)
    begins = [np.char.startswith(lower, role) for role in ROLES]
    return np.select(begins, ROLES, default="").astype("U5")
