"""What columns of tables mean: the names that many stages share, and derived names.

Whoever makes a column says what it is: each reader and stage has its own `COLUMNS`,
which `mdwarfs.tables.tabulate.annotate` attaches. Here are the names alone that are
made, or handed on without their column, in many places; an edit here concerns every
rule.

A trailing 1 or 2 is the component of a pair, as in El-Badry+2021 (`source_id1`,
`ruwe2`); a leading `e_` is a standard uncertainty in the unit of what follows,
`formal_e_` and `sigma_` the formal and the calibrated one where there are several; a
trailing `_ref` is the value of another source that a label is compared with.
"""

import re

from astropy.table import Column, Table
from astropy.units import UnitBase

from mdwarfs.errors import InputError
from mdwarfs.labels import LABELS
from mdwarfs.types import PathLike

UnitLike = str | UnitBase

VOCABULARY = {
    # identifiers
    "sdss_id": ("", "SDSS-V unique identifier"),
    "source_id": ("", "Gaia DR3 source identifier"),
    "gaia_dr2_source_id": ("", "Gaia DR2 source identifier"),
    # positions
    "ra": ("deg", "Right ascension (ICRS)"),
    "dec": ("deg", "Declination (ICRS)"),
    # spectra
    "snr": ("", "Signal-to-noise ratio of the spectrum, per pixel"),
    # stellar labels
    **{label.name: (label.unit, label.text) for label in LABELS.values()},
    "raw_teff": ("K", "Effective temperature before calibration (ASPCAP)"),
    "raw_logg": ("dex", "Surface gravity before calibration (ASPCAP)"),
    "m_h": ("dex", "[M/H]"),
    "mass": ("solMass", "Stellar mass"),
    "radius": ("solRad", "Stellar radius"),
    "m_ks": ("mag", "Absolute 2MASS Ks magnitude"),
    "teff_fgk": ("K", "Effective temperature of the FGK primary (LAMOST)"),
    "release": ("", "Data release of the APOGEE reduction"),
    "result_flags": ("", "Flag bits of the pipeline that gave the labels"),
    "calibrated_flags": ("", "ASPCAP calibration flag bits"),
    "flag_bad": ("", "The pipeline's own verdict that the result is bad"),
    "flag_warn": ("", "The pipeline's own warning"),
    # bookkeeping
    "reason": ("", "Why the row lacks what it lacks; empty if it lacks nothing"),
    "status": ("", "'ok', or what went wrong"),
    "role": ("", "train or test"),
}


# Prefixes of uncertainties, whose unit is that of what follows.
ERROR, FORMAL, CALIBRATED = "e_", "formal_e_", "sigma_"
PREFIXES = {
    ERROR: "Uncertainty (1 sigma) of",
    FORMAL: "Formal uncertainty (1 sigma) of",
    CALIBRATED: "Calibrated uncertainty (1 sigma) of",
}
# The uncertainties that the catalogue gives of each label, by the prefix of the column.
UNCERTAINTIES = {"formal": FORMAL, "power law": ERROR, "calibrated": CALIBRATED}


def meaning(
    name: str, columns: dict[str, tuple[UnitLike, str]] = VOCABULARY
) -> tuple[UnitLike, str] | None:
    """Unit and description of a column, if its name or what it derives from is known.

    Parameters
    ----------
    name
        Such as "teff", "e_teff", "ruwe2".
    columns
        Unit ("" if there is none) and description by name. Default: the names that
        all stages share.

    Returns
    -------
    entries
        (unit, description).
    """
    if name in columns:
        return columns[name]
    for prefix, what in PREFIXES.items():
        if name.startswith(prefix):
            inner = meaning(name.removeprefix(prefix), columns)
            return inner and (inner[0], f"{what}: {inner[1]}")
    if name.endswith("_ref"):
        inner = meaning(name.removesuffix("_ref"), columns)
        return inner and (inner[0], f"Reference value of: {inner[1]}")
    component = component_of(name)
    if component:
        inner = meaning(component[0], columns)
        return inner and (inner[0], f"{inner[1]}; component {component[1]}")
    return None


def component_of(name: str) -> tuple[str, str] | None:
    """A pair's column as the column of a star, and which star; None if it is none.

    Parameters
    ----------
    name
        Such as "ruwe2", which gives ("ruwe", "2").
    """
    found = re.fullmatch(r"(.+?)([12])", name)
    return found and found.groups()


def describe(table: Table, product: PathLike = "the table") -> Table:
    """Describe the columns of shared names that say nothing of themselves; in place.

    Parameters
    ----------
    product
        What the table is, for the message.

    Returns
    -------
    table
        The same table.

    Raises
    ------
    InputError
        If a column is left without a description.
    """
    for name in table.colnames:
        known = meaning(name)
        if known is not None:
            complete(table[name], *known)
        if not table[name].info.description:
            raise InputError(
                f"{product}: column {name!r} has no description. The stage that makes "
                "the column says its unit and meaning (its COLUMNS and "
                "mdwarfs.tables.tabulate.annotate)"
            )
    return table


def complete(column: Column, unit: UnitLike, description: str) -> None:
    """Give a column the unit and the description that it lacks; in place."""
    info = column.info
    info.description = info.description or description
    if unit and info.unit is None:
        info.unit = unit
