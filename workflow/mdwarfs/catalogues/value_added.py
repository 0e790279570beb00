"""Value-added catalogues of M dwarfs in SDSS DR20: what they say of the BOSS stars.

`mdwarf-contin-standardization-1.0.0` (Medan, Way et al. 2025, AJ 170, 302) has a row
for every BOSS spectrum of an M dwarf whose pseudo-continuum was found, with the columns
of mwmAllVisit; among these are the labels of Zhang, Green & Rix 2023 (MNRAS 524, 1855),
from Gaia XP spectra, which are compared here. The continua themselves lie in another
file.

`mdwarf_active_params-1.0.0` has no labels: an equivalent width of H alpha, and numbers
called st and mc. Its data model gives columns and types alone, without units or
descriptions, so that they keep their names here and are quality columns, nothing more.
"""

import numpy as np
from astropy.table import Table

from mdwarfs.catalogues.best_spectra import best_spectra
from mdwarfs.catalogues.excerpt import Excerpt
from mdwarfs.catalogues.fits_rows import read_columns
from mdwarfs.catalogues.identifiers import identifiers
from mdwarfs.catalogues.nulls import cards, clean_real, is_fill, keep_physical
from mdwarfs.catalogues.raw_file import of_file
from mdwarfs.tables.tabulate import annotate
from mdwarfs.types import PathLike

XP_RELIABLE = 8
"""Least value of the XP labels' quality flags that is not reliable: bits 3 to 5 (of
chi-square, prior, parallax) are not set below it (Zhang+2023, section "basic
reliability cut"; zenodo.org/records/7811871)."""

# Our name: the catalogue's name (sdss/datamodel, mdwarf_contin_summary).
XP_LABELS = {
    "teff": "zgr_teff", "e_teff": "zgr_e_teff", "logg": "zgr_logg",
    "e_logg": "zgr_e_logg", "feh": "zgr_fe_h", "e_feh": "zgr_e_fe_h",
}  # fmt: skip
CONTIN = [
    "sdss_id", "gaia_dr3_source_id", "snr", "zwarning_flags", "zgr_quality_flags",
    *XP_LABELS.values(),
]  # fmt: skip
CONTIN_EXCERPT = Excerpt(
    hdu=1,
    columns=dict.fromkeys(CONTIN, "int")
    | dict.fromkeys(["snr", *XP_LABELS.values()], "real"),
    units={"zgr_teff": "K"},
    positive="sdss_id",
)
CONTIN_COLUMNS = {
    "zwarning_flags": ("", "Warnings of the BOSS pipeline for the best spectrum"),
    "xp_quality_flags": ("", "Quality flags of the labels from Gaia XP (Zhang+2023)"),
}

# sdss/datamodel, mdwarf_active_params.
ACTIVITY = {"ha_ew": "ha_ew", "spectral_type": "st", "mc": "mc"}
ACTIVE = ["sdssid", "gaiadr3_source", *ACTIVITY.values()]
ACTIVE_EXCERPT = Excerpt(
    hdu=1,
    columns=dict.fromkeys(ACTIVE, "real") | {"sdssid": "id", "gaiadr3_source": "id"},
    positive="sdssid",
)
ACTIVE_COLUMNS = {
    "ha_ew": ("", "Column ha_ew, which has no description: H alpha, by its name"),
    "spectral_type": ("", "Column st, which has no description: the type, by its name"),
    "mc": ("", "Column mc, which has no description"),
}


def read_contin(path: PathLike) -> Table:
    """M dwarfs with a pseudo-continuum, each once, with their labels from Gaia XP.

    Parameters
    ----------
    path
        `mdwarf-contin-standardization-1.0.0.fits`, or an excerpt of it.

    Returns
    -------
    stars
        sdss_id, source_id, snr, the labels of `XP_LABELS`, zwarning_flags,
        xp_quality_flags, n_spectra: those of the best spectrum. `meta` counts N_ROWS
        and N_STARS, and what was made null (`nulls.keep_physical`).
    """
    rows = read_columns(path, 1, CONTIN)
    columns = {"sdss_id": "sdss_id", "source_id": "gaia_dr3_source_id"}
    with of_file(path):
        spectra, lost = identifiers(rows, columns, keys=["sdss_id"])
    spectra["snr"] = clean_real(rows["snr"])
    for name, column in XP_LABELS.items():
        spectra[name] = clean_real(rows[column])
    spectra["zwarning_flags"] = np.maximum(rows["zwarning_flags"], 0)
    spectra["xp_quality_flags"] = np.maximum(rows["zgr_quality_flags"], 0)
    with of_file(path):
        nulled = keep_physical(spectra, lost)
    stars = one_per_star(spectra, spectra["snr"], CONTIN_COLUMNS)
    stars.meta = {"N_ROWS": rows.meta["N_ROWS"], "N_STARS": len(stars)} | nulled
    return stars


def read_active(path: PathLike) -> Table:
    """M dwarfs whose activity was measured, each once: the first of its rows.

    Parameters
    ----------
    path
        `mdwarf_active_params-1.0.0.fits`.

    Returns
    -------
    stars
        sdss_id, source_id, `ACTIVITY`, n_spectra. `meta` counts N_ROWS and N_STARS, and
        values that are no identifiers.
    """
    rows = read_columns(path, 1, ACTIVE)
    columns = {"sdss_id": "sdssid", "source_id": "gaiadr3_source"}
    with of_file(path):
        spectra, lost = identifiers(rows, columns, keys=["sdss_id"])
    for name, column in ACTIVITY.items():
        values = clean_real(rows[column])
        spectra[name] = np.where(is_fill(values), np.nan, values)  # NULLVAL is -9999
    stars = one_per_star(spectra, np.zeros(len(rows)), ACTIVE_COLUMNS)
    stars.meta = {"N_ROWS": rows.meta["N_ROWS"], "N_STARS": len(stars)} | cards(lost)
    return stars


def one_per_star(
    spectra: Table, quality: np.ndarray, columns: dict[str, tuple[str, str]]
) -> Table:
    """The best row of each SDSS identifier; rows without one are left out."""
    known = np.asarray(spectra["sdss_id"]) > 0
    stars = best_spectra(
        spectra[known], spectra["sdss_id"][known], np.asarray(quality)[known]
    )
    return annotate(stars, columns)
