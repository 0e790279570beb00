"""The Gaia DR3 source of each SDSS identifier, as Astra gives it.

GAIA_ID of the BOSS list of SDSS DR20 (idlspec2d v6_2_1) is an identifier of DR3 for
some stars and, where the target came by way of TIC v8, one of DR2 for others; nothing
says which. The two releases number sources alike, so that a number of the one may be
another star in the other: no number of the list is believed. Astra's table of results
for BOSS has a row for every star that has a coadded spectrum, analysed or not, with its
DR3 source.
"""

import logging

import numpy as np
from astropy.table import Table

from mdwarfs.catalogues.fits_rows import read_columns
from mdwarfs.catalogues.identifiers import identifiers
from mdwarfs.catalogues.raw_file import of_file
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import annotate
from mdwarfs.types import PathLike

logger = logging.getLogger(__name__)

BOSS_HDU = 1
COLUMNS = ["sdss_id", "gaia_dr3_source_id"]
NO_ENTRY, NO_SOURCE, SEVERAL = "no Astra entry", "no Gaia source", "two Gaia sources"
DESCRIBED = {
    "gaia_dr3_source_id": ("", "Gaia DR3 source that Astra gives for the sdss_id"),
    "gaia_reason": ("", "Why Astra gives no Gaia source; empty if it gives one"),
}
COUNTS = {NO_ENTRY: "N_NOASTR", NO_SOURCE: "N_NOGAIA", SEVERAL: "N_2GAIA"}
"""Header keywords that count the stars of each reason."""


def read_gaia_names(path: PathLike) -> Table:
    """SDSS identifiers and their Gaia DR3 sources, from an Astra summary of BOSS.

    Parameters
    ----------
    path
        `astraAllStarSlam-0.8.1.fits.gz`, or an excerpt of it.

    Returns
    -------
    table
        See `clean`.
    """
    rows = read_columns(path, BOSS_HDU, COLUMNS)
    with of_file(path):
        return clean(rows)


def clean(rows: Table) -> Table:
    """One row per SDSS identifier.

    Parameters
    ----------
    rows
        With `COLUMNS`; nulls are <= 0.

    Returns
    -------
    names
        sdss_id, gaia_dr3_source_id (0 if there is none, or if the rows of the star
        disagree), gaia_reason (`NO_SOURCE` or `SEVERAL` then).
    """
    columns = {name: name for name in COLUMNS}
    ids = np.stack(list(identifiers(rows, columns, keys=["sdss_id"])[0].itercols()))
    pairs = np.unique(ids[:, ids[0] > 0], axis=1)
    named = pairs[:, pairs[1] > 0]
    stars, first, number = np.unique(named[0], return_index=True, return_counts=True)
    every = np.unique(pairs[0])
    place = match(every, stars)
    found = lookup(Table({"source": named[1][first], "number": number}), place)
    alone = (place >= 0) & (np.asarray(found["number"]) == 1)
    names = Table({"sdss_id": every})
    names["gaia_dr3_source_id"] = np.where(alone, found["source"], 0)
    names["gaia_reason"] = np.select(
        [alone, place >= 0], ["", SEVERAL], default=NO_SOURCE
    )
    return names


def identify(stars: Table, names: Table) -> Table:
    """Put the Gaia DR3 source of each star beside it, or the reason why there is none.

    Parameters
    ----------
    stars
        `sdss_id`, and `gaia_dr2_source_id`: GAIA_ID of the list, which is left out.
    names
        From `clean`.

    Returns
    -------
    identified
        The stars with gaia_dr3_source_id and gaia_reason. `meta` counts the stars of
        each reason (`COUNTS`), and as N_LISTED those whose listed identifier is
        Astra's, for what that is worth.
    """
    index = match(stars["sdss_id"], names["sdss_id"])
    found = lookup(names, index)
    listed = np.asarray(stars["gaia_dr2_source_id"])
    identified = stars.copy()
    identified.remove_column("gaia_dr2_source_id")
    source = np.where(index >= 0, found["gaia_dr3_source_id"], 0)
    reason = np.where(index >= 0, found["gaia_reason"], NO_ENTRY)
    identified["gaia_dr3_source_id"], identified["gaia_reason"] = source, reason
    annotate(identified, DESCRIBED)
    for words, keyword in COUNTS.items():
        identified.meta[keyword] = int(np.sum(reason == words))
    same = int(np.sum((source > 0) & (source == listed)))
    identified.meta["N_LISTED"] = same
    logger.info(
        "%d of %d stars have a Gaia DR3 source by Astra; the BOSS list names it for %d",
        np.sum(source > 0), len(stars), same,
    )  # fmt: skip
    return identified
