"""Gaia DR3 and 2MASS rows of the BOSS stars, as the Gaia archive returns them."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from astropy.io.votable import parse
from astropy.io.votable.exceptions import VOWarning
from astropy.table import Table

from mdwarfs.catalogues import gaia_columns
from mdwarfs.catalogues.identifiers import identifiers
from mdwarfs.catalogues.nulls import clean_real, clean_text, keep_physical
from mdwarfs.catalogues.raw_file import AGAIN, of_file, open_raw
from mdwarfs.errors import InputError
from mdwarfs.tables.tabulate import annotate
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from astropy.io.votable.tree import VOTableFile


REALS = [
    "ra", "dec", "parallax", "parallax_error", "pmra", "pmdec", "ruwe",
    "phot_g_mean_mag", "phot_bp_mean_mag", "phot_rp_mean_mag",
    "phot_bp_rp_excess_factor",
]  # fmt: skip
TMASS = ["j_m", "j_msigcom", "h_m", "h_msigcom", "ks_m", "ks_msigcom"]
NEIGHBOUR = ["dr2_source_id", "angular_distance", "magnitude_difference", "source_id"]
COLUMNS = [*NEIGHBOUR, *REALS, "tmass_designation", *TMASS, "ph_qual"]
DESCRIBED = gaia_columns.DESCRIBED | {
    "pmra": ("mas / yr", "Proper motion in right ascension, times cos(dec)"),
    "pmdec": ("mas / yr", "Proper motion in declination"),
    "phot_bp_rp_excess_factor": ("", "Gaia BP/RP excess factor"),
    "tmass_designation": ("", "2MASS designation, without a prefix"),
    "j_m": ("mag", "2MASS J magnitude (Vega)"),
    "j_msigcom": ("mag", "Uncertainty of the 2MASS J magnitude"),
    "h_m": ("mag", "2MASS H magnitude (Vega)"),
    "h_msigcom": ("mag", "Uncertainty of the 2MASS H magnitude"),
    "ks_m": ("mag", "2MASS Ks magnitude (Vega)"),
    "ks_msigcom": ("mag", "Uncertainty of the 2MASS Ks magnitude"),
    "ph_qual": ("", "2MASS photometric quality flags of J, H, Ks"),
}


def read_gaia(path: PathLike, release: Literal[2, 3] = 2) -> Table:
    """The Gaia DR3 source, with 2MASS, of each identifier that was asked for.

    Parameters
    ----------
    path
        Result of the upload query (VOTable, gzipped or not).
    release
        Gaia release of the identifiers that were uploaded. Those of DR3 are the sources
        themselves, and the table has no gaia_dr2_source_id then.

    Returns
    -------
    stars
        See `clean`; `meta` counts N_ROWS (pairs of DR2 source and DR3 neighbour) and
        N_STARS.
    """
    with of_file(path):
        stars = clean(read_votable(path, COLUMNS))
    if release == 3:
        check_sources(path, stars)
        stars.remove_column("gaia_dr2_source_id")
    return stars


def check_sources(path: PathLike, stars: Table) -> None:
    """Raise InputError unless each identifier that was asked for is its own source."""
    other = np.sum(stars["gaia_dr2_source_id"] != stars["source_id"])
    if other:
        raise InputError(
            f"{path}: {other} of {len(stars)} identifiers are not the source that was "
            f"found for them; it answers a query by identifiers of Gaia DR2; {AGAIN}"
        )


def clean(rows: Table) -> Table:
    """One row per DR2 identifier: its nearest DR3 neighbour.

    Of several neighbours the one of least angular distance is taken, then the one of
    least absolute magnitude difference, then that of the smallest identifier. Of
    several rows of a neighbour, which differ in 2MASS alone, one with a designation is
    taken, then that of the smallest errors of its magnitudes. What ties even then is
    settled by all its values, so that the order of the rows does not matter.

    Parameters
    ----------
    rows
        With `COLUMNS`; nulls masked.

    Returns
    -------
    stars
        gaia_dr2_source_id and the other columns of `COLUMNS` but the first three.
        `meta` counts N_ROWS and N_STARS, and what was made null
        (`nulls.keep_physical`).
    """
    columns = {"gaia_dr2_source_id": "dr2_source_id", "source_id": "source_id"}
    stars, lost = identifiers(rows, columns, keys=columns)
    for name in REALS:
        stars[name] = clean_real(rows[name])
    stars["tmass_designation"] = clean_text(rows["tmass_designation"])
    for name in TMASS:
        stars[name] = clean_real(rows[name])
    stars["ph_qual"] = clean_text(rows["ph_qual"])
    nulled = keep_physical(annotate(stars, DESCRIBED), lost)
    errors = [stars[name] for name in TMASS if name.endswith("msigcom")]
    keys = [
        stars["gaia_dr2_source_id"],
        clean_real(rows["angular_distance"]),
        np.abs(clean_real(rows["magnitude_difference"])),
        stars["source_id"],
        stars["tmass_designation"] == "",
        *errors,
        *(stars[name] for name in stars.colnames),
    ]
    # The first key counts most; lexsort wants it last. Nulls sort after values.
    stars = stars[np.lexsort([np.asarray(key) for key in reversed(keys)])]
    known = (stars["gaia_dr2_source_id"] > 0) & (stars["source_id"] > 0)
    stars = stars[known]
    _, first = np.unique(stars["gaia_dr2_source_id"], return_index=True)
    stars = stars[first]
    stars.meta = {"N_ROWS": len(rows), "N_STARS": len(stars)} | nulled
    return stars


def read_votable(path: PathLike, columns: Sequence[str]) -> Table:
    """Columns of a TAP result, nulls masked.

    Parameters
    ----------
    path
        A VOTable, gzipped or not.
    columns
        Upper and lower case are the same.

    Raises
    ------
    InputError
        If the file is no VOTable, if the server reports an error or that it cut the
        result, or if a column is missing.
    """
    with open_raw(path) as stream:
        content = io.BytesIO(stream.read())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", VOWarning)
            votable = parse(content, verify="ignore")
            check_status(path, votable)
            found = votable.get_first_table().to_table(use_names_over_ids=True)
    except (ValueError, IndexError, TypeError, OSError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path} is not a VOTable: {error}; {AGAIN}") from error
    known = {name.lower(): name for name in found.colnames}
    missing = [name for name in columns if name.lower() not in known]
    if missing:
        raise InputError(f"{path} lacks the column(s) {', '.join(missing)}")
    return Table({name: found[known[name.lower()]] for name in columns}, copy=False)


def check_status(path: PathLike, votable: VOTableFile) -> None:
    """Raise InputError unless the server says that the result is whole."""
    for resource in votable.resources:
        for info in resource.infos:
            if info.name == "QUERY_STATUS" and info.value != "OK":
                why = (info.content or "").strip()
                raise InputError(f"{path}: the server says {info.value} {why}; {AGAIN}")
