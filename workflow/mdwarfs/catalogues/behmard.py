"""M dwarfs of Behmard+2025: the DR19 catalogue mdwarf_abundances."""

from astropy.table import Table

from mdwarfs.catalogues.best_spectra import best_spectra
from mdwarfs.catalogues.excerpt import Excerpt
from mdwarfs.catalogues.fits_rows import read_columns
from mdwarfs.catalogues.identifiers import identifiers
from mdwarfs.catalogues.nulls import clean_real, keep_physical
from mdwarfs.catalogues.raw_file import of_file
from mdwarfs.types import PathLike

REALS = {
    "teff": "Teff_cannon",
    "e_teff": "Teff_err",
    "feh": "fe_h_cannon",
    "e_feh": "fe_h_err",
}
COLUMNS = ["gaia_dr3_source_id", "name", "spec_chisq", *REALS.values()]
EXCERPT = Excerpt(
    hdu=1,
    columns=dict.fromkeys(COLUMNS, "real") | {"gaia_dr3_source_id": "id", "name": "id"},
    positive="name",
)


def read_behmard(path: PathLike) -> Table:
    """Stars with the labels of The Cannon, each once.

    Parameters
    ----------
    path
        `mdwarf_abundances-1.0.2.fits`.

    Returns
    -------
    table
        See `clean`.
    """
    with of_file(path):
        return clean(read_columns(path, 1, COLUMNS))


def clean(rows: Table) -> Table:
    """One row per SDSS identifier, that of the least chi-square of the fit.

    The catalogue gives no signal-to-noise ratio. Rows without an identifier are left
    out.

    Parameters
    ----------
    rows
        With `COLUMNS`.

    Returns
    -------
    stars
        source_id, sdss_id, teff, e_teff, feh, e_feh, n_spectra. `meta` counts N_ROWS
        and N_STARS, and what was made null (`nulls.keep_physical`).
    """
    columns = {"source_id": "gaia_dr3_source_id", "sdss_id": "name"}
    stars, lost = identifiers(rows, columns, keys=["sdss_id"])
    for name, column in REALS.items():
        stars[name] = clean_real(rows[column])
    nulled = keep_physical(stars, lost)
    known = stars["sdss_id"] > 0
    chi2 = clean_real(rows["spec_chisq"])[known]
    stars = best_spectra(stars[known], stars["sdss_id"][known], -chi2)
    stars.meta = {"N_ROWS": len(rows), "N_STARS": len(stars)} | nulled
    return stars
