"""LAMOST DR11: parameters of A, F, G, K stars, and of M dwarfs and giants."""

from collections.abc import Mapping

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.catalogues.best_spectra import best_spectra
from mdwarfs.catalogues.fits_rows import read_columns
from mdwarfs.catalogues.identifiers import Count, identifiers
from mdwarfs.catalogues.nulls import (
    cards,
    clean_real,
    clean_text,
    from_cards,
    keep_physical,
)
from mdwarfs.catalogues.raw_file import of_file
from mdwarfs.tables.tabulate import annotate
from mdwarfs.types import PathLike

GAIA = "gaia_source_id"
COMMON = ["obsid", GAIA, "snrg", "subclass"]
LABELS = {
    "fgk": {
        "teff": "teff", "e_teff": "teff_err", "logg": "logg", "e_logg": "logg_err",
        "feh": "feh", "e_feh": "feh_err",
    },
    "m": {
        "teff": "teff", "e_teff": "teff_err", "logg": "logg", "e_logg": "logg_err",
        "m_h": "m_h", "e_m_h": "m_h_err",
    },
}  # fmt: skip
DESCRIBED = {
    "obsid": ("", "LAMOST observation identifier"),
    "snrg": ("", "Signal-to-noise ratio of the LAMOST spectrum in g"),
    "subclass": ("", "Subclass given by the survey's own pipeline"),
}


def read_lamost(path: PathLike, kind: str, stars: ArrayLike | None = None) -> Table:
    """Stars of one of the two catalogues, each once.

    Parameters
    ----------
    path
        `dr11_v2.0_LRS_stellar.fits.gz` or `dr11_v2.0_LRS_mstellar.fits.gz`.
    kind
        "fgk" for the first, "m" for the second.
    stars : of int
        Gaia DR3 identifiers outside which no spectrum is read: the first catalogue has
        eight million. Default: all spectra.

    Returns
    -------
    found
        See `clean`; `meta` counts also N_ROWS, the spectra in the file, whose N_BADID
        it has. N_NOID is of the stars alone: an excerpt has lost the other rows.
    """
    names = [*COMMON, *LABELS[kind].values()]
    keep = None if stars is None else OfStars(stars)
    with of_file(path):
        rows = read_columns(path, 1, names, keep)
        found = clean(rows, kind)
        if keep is not None:
            found.meta |= keep.note(found.meta)
    found.meta["N_ROWS"] = rows.meta["N_ROWS"]
    return found


class OfStars:
    """Choose the spectra of some stars, block by block, and count identifiers.

    Parameters
    ----------
    stars : of int
        Gaia DR3 identifiers.
    """

    def __init__(self, stars: ArrayLike) -> None:
        self.stars = np.unique(stars)
        self.count = Count("source_id", GAIA)

    def __call__(self, rows: Table) -> np.ndarray:
        """Whether each spectrum is of one of the stars."""
        source_id = self.count.see(rows[GAIA])
        if not len(self.stars):
            return np.zeros(len(source_id), bool)
        place = np.searchsorted(self.stars, source_id)
        return self.stars[np.minimum(place, len(self.stars) - 1)] == source_id

    def note(self, meta: Mapping) -> dict:
        """Entries about the spectra whose identifier is no number, of the whole file.

        Parameters
        ----------
        meta
            Of the stars that were chosen, see `clean`.

        Raises
        ------
        InputError
            If these are too many, or no spectrum has an identifier.
        """
        lost = self.count.lost()
        self.count.require()
        return {"N_BADID": self.count.bad} | cards([*lost, *from_cards(meta)])


def clean(rows: Table, kind: str) -> Table:
    """One row per Gaia DR3 source, of the largest snrg; of equals, the smallest obsid.

    Spectra without a Gaia identifier are left out: nothing can be matched to them.

    Parameters
    ----------
    rows
        With the columns `COMMON` and those of `LABELS[kind]`.
    kind
        "fgk" or "m".

    Returns
    -------
    stars
        source_id, obsid, snrg, teff, e_teff, logg, e_logg, feh, e_feh (or m_h,
        e_m_h), subclass, n_spectra. `meta` counts N_STARS and the spectra left out:
        N_NOID without an identifier, N_BADID with one that is not a number; and what
        was made null (`nulls.keep_physical`).
    """
    spectra, lost = identifiers(rows, {"source_id": GAIA}, keys=["source_id"])
    n_bad = sum(found.n for found in lost)
    spectra["obsid"] = rows["obsid"]
    spectra["snrg"] = clean_real(rows["snrg"])
    for name, column in LABELS[kind].items():
        spectra[name] = clean_real(rows[column])
    spectra["subclass"] = clean_text(rows["subclass"])
    nulled = keep_physical(annotate(spectra, DESCRIBED), lost)
    known = np.asarray(spectra["source_id"]) > 0
    n_null = int(np.sum(~known)) - n_bad
    spectra = spectra[known]
    spectra.sort("obsid")  # of equal snrg, the first in any order of the archive
    stars = best_spectra(spectra, spectra["source_id"], spectra["snrg"])
    counts = {"N_NOID": n_null, "N_BADID": n_bad, "N_STARS": len(stars)}
    stars.meta = counts | nulled
    return stars
