"""Wide binaries of El-Badry, Rix & Heintz (2021), all_columns_catalog."""

from astropy.table import Table

from mdwarfs.catalogues import gaia_columns
from mdwarfs.catalogues.fits_rows import read_columns
from mdwarfs.catalogues.identifiers import identifiers
from mdwarfs.catalogues.nulls import clean_real, clean_text, keep_physical
from mdwarfs.catalogues.raw_file import of_file
from mdwarfs.tables.tabulate import annotate
from mdwarfs.types import PathLike

COMPONENT = [
    "ra", "dec", "parallax", "parallax_error", "ruwe", "phot_g_mean_mag",
    "phot_bp_mean_mag", "phot_rp_mean_mag",
]  # fmt: skip
COLUMNS = [
    *(f"{name}{i}" for name in ["source_id", *COMPONENT] for i in (1, 2)),
    "sep_AU",
    "binary_type",
    "R_chance_align",
]
DESCRIBED = gaia_columns.DESCRIBED | {
    "sep_au": ("AU", "Projected separation of the pair"),
    "binary_type": ("", "Type of the pair: MSMS, WDMS and the like"),
    "R_chance_align": ("", "Probability-like ratio of a chance alignment"),
}


def read_wide_binaries(path: PathLike) -> Table:
    """All pairs of the catalogue, the columns that the workflow uses.

    Parameters
    ----------
    path
        `all_columns_catalog.fits.gz` (Zenodo 4435257).

    Returns
    -------
    pairs
        See `clean`; `meta["N_ROWS"]` counts the pairs.
    """
    rows = read_columns(path, 1, COLUMNS)
    with of_file(path):
        pairs = clean(rows)
    pairs.meta["N_ROWS"] = rows.meta["N_ROWS"]
    return pairs


def clean(rows: Table) -> Table:
    """Pairs with nulls as nulls: the file has 1e20 for a missing real.

    Parameters
    ----------
    rows
        With `COLUMNS`.

    Returns
    -------
    pairs
        source_id1, source_id2, then the columns of `COMPONENT` for 1 and 2, sep_au,
        binary_type, R_chance_align. Component 1 is the brighter in G. `meta` says what
        was made null (`nulls.keep_physical`).
    """
    names = "source_id1", "source_id2"
    pairs, lost = identifiers(rows, dict(zip(names, names)), keys=names)
    for name in COMPONENT:
        for i in (1, 2):
            pairs[f"{name}{i}"] = clean_real(rows[f"{name}{i}"])
    pairs["sep_au"] = clean_real(rows["sep_AU"])
    pairs["binary_type"] = clean_text(rows["binary_type"])
    pairs["R_chance_align"] = clean_real(rows["R_chance_align"])
    pairs.meta = keep_physical(annotate(pairs, DESCRIBED), lost)
    return pairs
