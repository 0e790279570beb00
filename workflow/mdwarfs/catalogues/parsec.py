"""PARSEC isochrones, as the CMD web server of Padova writes them."""

import numpy as np
from astropy.table import Table

from mdwarfs.catalogues.nulls import clean_real
from mdwarfs.catalogues.raw_file import AGAIN, open_raw
from mdwarfs.errors import InputError
from mdwarfs.tables.tabulate import annotate
from mdwarfs.types import PathLike

COLUMNS = {
    "m_h": "MH", "log_age": "logAge", "mini": "Mini", "mass": "Mass",
    "log_te": "logTe", "logg": "logg", "label": "label",
    "m_g": "Gmag", "m_bp": "G_BPmag", "m_rp": "G_RPmag",
}  # fmt: skip
DESCRIBED = {
    "log_age": ("", "log10 of the age in years"),
    "log_te": ("", "log10 of the effective temperature in K"),
    "label": ("", "PARSEC evolutionary stage: 0 pre-main sequence, 1 main sequence"),
    "mini": ("solMass", "Initial mass"),
    "m_g": ("mag", "Absolute Gaia G magnitude"),
    "m_bp": ("mag", "Absolute Gaia BP magnitude"),
    "m_rp": ("mag", "Absolute Gaia RP magnitude"),
}
END = "#isochrone terminated"
NO_MAGNITUDE = 99.0  # 99.999 pads what a track does not reach
MAIN_SEQUENCE = 1  # label; 0 is the pre-main sequence
TOLERANCE = 0.01  # of [M/H] and log age, which the server rounds [dex]


def read_parsec(path: PathLike, isochrones: dict) -> Table:
    """The wanted isochrones, up to the end of the main sequence.

    Parameters
    ----------
    path
        Output of the CMD server in the Gaia EDR3 bands, gzipped or not.
    isochrones
        `log_age` (log10 of years) and `mh` (list of [M/H]) of the wanted isochrones.

    Returns
    -------
    table
        The columns of `COLUMNS`; m_h and log_age are exactly those asked for.

    Raises
    ------
    InputError
        If the file lacks one of the isochrones.
    """
    rows = read_output(path)
    rows = rows[rows["label"] <= MAIN_SEQUENCE]
    of_age = np.abs(rows["log_age"] - isochrones["log_age"]) < TOLERANCE
    chosen = np.full(len(rows), np.nan)
    for m_h in isochrones["mh"]:
        wanted = of_age & (np.abs(rows["m_h"] - m_h) < TOLERANCE)
        if not wanted.any():
            raise InputError(
                f"{path} has no isochrone of [M/H] = {m_h} and log age "
                f"{isochrones['log_age']}; ask the CMD server for it"
            )
        chosen[wanted] = m_h
    rows["m_h"], rows["log_age"] = chosen, isochrones["log_age"]
    return annotate(rows[np.isfinite(chosen)], DESCRIBED)


def read_output(path: PathLike) -> Table:
    """All rows of an output of the CMD server.

    Versions differ in their columns (3.6 may leave out those of evolved stars); the
    header line of the file decides.

    Returns
    -------
    table
        The columns of `COLUMNS`; magnitudes of 99 and more are NaN.

    Raises
    ------
    InputError
        If the output is not complete, or lacks a column.
    """
    with open_raw(path) as stream:
        lines = stream.read().decode("ascii", "replace").splitlines()
    if not lines or lines[-1].strip() != END:
        raise InputError(f"{path} does not end in '{END}'; {AGAIN}")
    headers = {
        tuple(line[1:].split()) for line in lines if line[1:].split()[:1] == ["Zini"]
    }
    if len(headers) != 1:
        raise InputError(
            f"{path} has {len(headers)} different lists of columns, not one"
        )
    names = list(headers.pop())
    missing = [name for name in COLUMNS.values() if name not in names]
    if missing:
        raise InputError(f"{path} lacks the column(s) {', '.join(missing)}")
    data = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    try:
        values = np.array(data, float)
        columns = {new: values[:, names.index(old)] for new, old in COLUMNS.items()}
    except (ValueError, IndexError) as error:
        raise InputError(f"{path}: a row does not fit the columns; {AGAIN}") from error
    table = Table(columns)
    table["label"] = table["label"].astype(int)
    for name in ("m_g", "m_bp", "m_rp"):
        magnitudes = clean_real(table[name])
        table[name] = np.where(magnitudes < NO_MAGNITUDE, magnitudes, np.nan)
    return table
