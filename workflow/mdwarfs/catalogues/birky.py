"""M dwarfs of Birky+2020 (ApJ 892, 31), Table 6, as the authors published it."""

import io

import numpy as np
import pandas as pd
from astropy.table import Table

from mdwarfs.catalogues.best_spectra import best_spectra
from mdwarfs.catalogues.nulls import clean_real, clean_text, keep_physical
from mdwarfs.catalogues.raw_file import AGAIN, of_file, open_raw
from mdwarfs.errors import InputError
from mdwarfs.tables.tabulate import annotate
from mdwarfs.types import PathLike

PREFIX = "2M"  # of an APOGEE identifier that is a 2MASS designation
REALS = {"teff": "TEFF", "feh": "FE_H", "parallax": "PLX", "snr_apogee": "SNR"}
DESCRIBED = {
    "tmass_designation": ("", "2MASS designation, without a prefix"),
    "parallax": ("mas", "Gaia DR3 parallax"),
    "snr_apogee": ("", "Signal-to-noise ratio of the APOGEE spectrum"),
}
COLUMNS = ["APOGEE_ID", *REALS.values()]


def read_birky(path: PathLike) -> Table:
    """Stars with the labels of The Cannon, each once.

    Parameters
    ----------
    path
        `Table6_full_sample.csv.gz`, gzipped or not.

    Returns
    -------
    table
        See `clean`.

    Raises
    ------
    InputError
        If the file is not the table, or lacks a column.
    """
    with open_raw(path) as stream:
        content = stream.read()
        if not content.endswith(b"\n"):  # a cut line would pass for one with nulls
            raise InputError(f"{path} ends within a line; {AGAIN}")
        try:
            rows = pd.read_csv(io.BytesIO(content), dtype={"APOGEE_ID": str})
        except (ValueError, UnicodeDecodeError) as error:
            raise InputError(f"{path} is not a table: {error}; {AGAIN}") from error
    missing = [name for name in COLUMNS if name not in rows]
    if missing:
        raise InputError(f"{path} lacks the column(s) {', '.join(missing)}")
    with of_file(path):
        return clean(rows)


def clean(rows: pd.DataFrame) -> Table:
    """One row per 2MASS source, that of the largest signal-to-noise ratio.

    The file's GAIA_ID has been through a float and identifies nothing; the APOGEE
    identifier is the 2MASS designation after "2M". Other identifiers are left out.

    Parameters
    ----------
    rows
        The authors' columns.

    Returns
    -------
    stars
        tmass_designation, teff, feh, parallax, snr_apogee, n_spectra. `meta` counts
        N_ROWS, N_NOT2M (identifiers of another kind) and N_STARS, and what was made
        null (`nulls.keep_physical`).
    """
    apogee_id = clean_text(rows["APOGEE_ID"].fillna("").to_numpy(str))
    of_2mass = np.char.startswith(apogee_id, PREFIX)
    if len(rows) and not of_2mass.any():
        raise InputError(
            f"none of {len(rows)} values of APOGEE_ID begins with {PREFIX}, as that of "
            f"a 2MASS source does; the first is {str(apogee_id[0])!r}"
        )
    stars = Table({"tmass_designation": [name[len(PREFIX) :] for name in apogee_id]})
    for name, column in REALS.items():
        stars[name] = clean_real(rows[column].to_numpy(float))
    nulled = keep_physical(annotate(stars, DESCRIBED))
    stars = stars[of_2mass]
    stars = best_spectra(stars, stars["tmass_designation"], stars["snr_apogee"])
    stars.meta = {
        "N_ROWS": len(rows),
        "N_NOT2M": int((~of_2mass).sum()),
        "N_STARS": len(stars),
    } | nulled
    return stars
