"""The BOSS list: M-type stars of spAll-lite (SDSS DR19 and DR20)."""

import numpy as np
from astropy.table import Column, Table

from mdwarfs.catalogues import gaia_names
from mdwarfs.catalogues.best_spectra import best_spectra
from mdwarfs.catalogues.fits_rows import read_columns
from mdwarfs.catalogues.identifiers import identifiers
from mdwarfs.catalogues.nulls import clean_real, clean_text, keep_physical
from mdwarfs.catalogues.raw_file import of_file
from mdwarfs.errors import InputError
from mdwarfs.tables.tabulate import annotate
from mdwarfs.types import PathLike

COLUMNS = [
    "SDSS_ID", "GAIA_ID", "CATALOGID", "FIELD", "MJD", "SPEC_FILE", "OBS", "CLASS",
    "SUBCLASS", "SN_MEDIAN_ALL", "ZWARNING", "RACAT", "DECCAT",
]  # fmt: skip
DESCRIBED = {
    "catalogid": ("", "SDSS-V catalogue identifier of the BOSS target"),
    "field": ("", "SDSS-V field (plate in the plate era)"),
    "mjd": ("d", "Modified Julian Date of the observation"),
    "spec_file": ("", "BOSS spectrum file, as named in spAll"),
    "obs": ("", "Observatory: APO or LCO"),
    "class": ("", "Class given by the survey's own pipeline"),
    "subclass": ("", "Subclass given by the survey's own pipeline"),
    "zwarning": ("", "BOSS pipeline warning bits; 0 is good"),
}


def read_boss(
    path: PathLike, boss: dict[str, str], names: Table | None = None
) -> Table:
    """The stars that the BOSS pipeline classifies as M type, each once.

    Parameters
    ----------
    path
        `spAll-lite-v6_1_3.fits.gz`, or another version, or `spAll`.
    boss
        `class` and `subclass`: CLASS, and the first letters of SUBCLASS, of the
        wanted spectra. The luminosity class says nothing: all but one of the twelve
        M templates are giants, and dwarfs are matched by them.
    names
        Gaia DR3 source of each SDSS identifier, see `mdwarfs.catalogues.gaia_names`,
        for a release whose list does not say of which release its identifiers are.
        Default: the list's own, which are of DR2.

    Returns
    -------
    stars
        See `clean` and, where there are names,
        `mdwarfs.catalogues.gaia_names.identify`; `meta` counts N_ROWS (spectra),
        N_CLASS (of the class), N_MTYPE (of the subclass too) and N_STARS.

    Raises
    ------
    InputError
        If no spectrum is of class and subclass.
    """
    rows = read_columns(path, 1, COLUMNS, keep=lambda rows: is_of_class(rows, boss))
    m_type = rows[is_m_type(rows, boss)]
    if not len(m_type):
        raise InputError(
            f"{path}: of {rows.meta['N_ROWS']:,} spectra, "
            f"{rows.meta.get('N_CLASS', len(rows)):,} are of CLASS {boss['class']}, "
            f"none of those of SUBCLASS {boss['subclass']}. See section boss of the "
            "configuration"
        )
    with of_file(path):
        stars = clean(m_type)
    if names is not None:
        stars = gaia_names.identify(stars, names)
    stars.meta |= {
        "N_ROWS": rows.meta["N_ROWS"],
        "N_CLASS": rows.meta.get("N_CLASS", len(rows)),
        "N_MTYPE": len(m_type),
        "N_STARS": len(stars),
    }
    return stars


def is_of_class(rows: Table, boss: dict[str, str]) -> np.ndarray:
    """Whether each row is of the wanted CLASS."""
    return np.asarray(rows["CLASS"] == boss["class"])


def is_m_type(rows: Table, boss: dict[str, str]) -> Column:
    """Whether each row is of the wanted CLASS and SUBCLASS."""
    return is_of_class(rows, boss) & np.char.startswith(
        rows["SUBCLASS"], boss["subclass"]
    )


def clean(rows: Table) -> Table:
    """One row per star (SDSS_ID), that of the largest SN_MEDIAN_ALL.

    A spectrum without SDSS_ID counts as a star of its own. `n_spectra` counts the
    spectra of the star among the given rows.

    Parameters
    ----------
    rows
        With `COLUMNS`.

    Returns
    -------
    table
        sdss_id, gaia_dr2_source_id, catalogid, field, mjd, spec_file, obs, class,
        subclass, snr, zwarning, ra, dec, n_spectra. `meta` says what was made null
        (`nulls.keep_physical`).
    """
    columns = {
        "sdss_id": "SDSS_ID", "gaia_dr2_source_id": "GAIA_ID",
        "catalogid": "CATALOGID", "field": "FIELD", "mjd": "MJD",
    }  # fmt: skip
    found, lost = identifiers(rows, columns)
    sdss_id = np.asarray(found["sdss_id"])
    star = np.where(sdss_id > 0, sdss_id, -1 - np.arange(len(rows)))
    stars = Table(
        {
            **{name: found[name] for name in columns},
            "spec_file": clean_text(rows["SPEC_FILE"]),
            "obs": clean_text(rows["OBS"]),
            "class": clean_text(rows["CLASS"]),
            "subclass": clean_text(rows["SUBCLASS"]),
            "snr": clean_real(rows["SN_MEDIAN_ALL"]),
            "zwarning": rows["ZWARNING"],
            "ra": clean_real(rows["RACAT"]),
            "dec": clean_real(rows["DECCAT"]),
        }
    )
    stars.meta = keep_physical(annotate(stars, DESCRIBED), lost)
    return best_spectra(stars, star, stars["snr"])
