"""Columns of tables of spectra: what their names, units and UCDs say they are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from astropy import units
from astropy.io import fits

from mdwarfs.errors import InputError

NAMES = {
    "wavelength": ("wavelength", "wavelengths", "wave", "waves", "lambda", "lam", "wl"),
    "loglam": ("loglam", "log_lambda", "log_wavelength", "log_wave"),
    "flux": ("flux", "fluxes", "flam", "f_lambda", "flux_lambda", "flux_density"),
    "error": (
        "error", "err", "sigma", "e_flux", "eflux", "flux_err", "flux_error", "fluxerr",
        "err_flux", "uncertainty", "flux_uncertainty", "stddev", "std", "noise",
    ),
    "ivar": ("ivar", "flux_ivar", "inverse_variance", "invvar"),
    "variance": ("variance", "var", "flux_variance", "flux_var"),
    "mask": ("mask", "and_mask", "andmask", "flag", "flags", "qual", "quality", "bad"),
    "name": ("name", "id", "object", "star", "source_id", "target", "targetid"),
}  # fmt: skip
"""What a column is to what it may be called, the first that is there being taken; in
lower case, without medium and unit."""

UCDS = {
    "em.wl": "wavelength",
    "phot.flux.density": "flux",
    "stat.error;phot.flux.density": "error",
    "meta.code.qual": "mask",
}
"""IVOA's words for contents of columns (UCD1+, version 1.6), which go before names."""

MEDIA = {"air": "air", "vac": "vacuum", "vacuum": "vacuum"}

ANGSTROM = {
    "angstrom": 1.0, "angstroms": 1.0, "ang": 1.0, "aa": 1.0, "a": 1.0, "\u00e5": 1.0,
    "nm": 10.0, "nanometer": 10.0, "nanometers": 10.0,
    "um": 1e4, "\u00b5m": 1e4, "\u03bcm": 1e4, "micron": 1e4, "microns": 1e4,
    "micrometer": 1e4, "micrometers": 1e4,
    "m": 1e10,
}  # fmt: skip
"""Units of wavelength [Angstrom], as they are written; in lower case."""

BRACKETS = r"[\[(]([^\])]*)[\])]"

REFERENCE = 5000.0
"""Wavelength at which a flux per frequency keeps its value [Angstrom]."""


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name
        As the table has it.
    values
        Shape (n,), or (spectra, n).
    unit
        As the table says it, or its name if the table does not; "" if neither does.
    ucd
        See `UCDS`.
    """

    name: str
    values: np.ndarray
    unit: str = ""
    ucd: str = ""

    @property
    def base(self) -> str:
        """The name in lower case, without medium and unit."""
        return dissected(self.name)[0]

    @property
    def medium(self) -> str:
        """The medium that name or unit say: "air", "vacuum" or ""."""
        in_unit = re.search(r"\((air|vac(uum)?)\)", self.unit.lower())
        return dissected(self.name)[1] or (MEDIA[in_unit[1]] if in_unit else "")

    @property
    def known_unit(self) -> str:
        """The unit of the table or of the name, in lower case; "" if there is none."""
        unit = re.sub(r"\((air|vac(uum)?)\)", "", self.unit.lower()).strip()
        return unit or dissected(self.name)[2]


def lower_names(hdu: object) -> set[str]:
    """Names of a table's columns in lower case; none if the part is no binary table.

    They are those of the header: astropy takes far longer to make its columns.
    """
    if not isinstance(hdu, fits.BinTableHDU):
        return set()
    keys = [f"TTYPE{k}" for k in range(1, hdu.header["TFIELDS"] + 1)]
    return {str(hdu.header.get(key, "")).strip().lower() for key in keys}


def dissected(name: str) -> tuple[str, str, str]:
    """A column's name, the medium and the unit in it, as in `wavelength_air_nm`.

    The unit may also stand in brackets, as in `wavelength [nm]`.
    """
    name, unit, medium = name.strip().lower(), "", ""
    for said in re.findall(BRACKETS, name):
        medium = medium or MEDIA.get(said.strip(), "")
        unit = unit or (said.strip() if said.strip() not in MEDIA else "")
    name = re.sub(BRACKETS, "", name).strip(" _")
    if name == "awav":  # FITS standard 4.0, table 25: wavelength in air
        return "wavelength", "air", unit
    parts = re.split(r"[ _]+", name)
    for part in parts[1:]:
        medium = medium or MEDIA.get(part, "")
        if len(part) > 1 and part in ANGSTROM:
            unit = unit or part
    kept = [parts[0]]
    kept += [p for p in parts[1:] if p not in MEDIA and p != unit]
    return "_".join(kept), medium, unit


def role(columns: Sequence[Column], what: str) -> Column | None:
    """The column that is something of `NAMES`; None if there is none."""
    for column in columns:
        words = column.ucd.lower().replace(" ", "")
        if UCDS.get(words.split(";")[0] if what == "wavelength" else words) == what:
            return column
    for name in NAMES[what]:
        for column in columns:
            if column.base == name:
                return column
    return None


def has_spectrum(columns: Sequence[Column]) -> bool:
    """Whether there are columns of wavelengths and flux."""
    found = [role(columns, what) for what in ("wavelength", "loglam", "flux")]
    return bool((found[0] or found[1]) and found[2])


def in_angstrom(column: Column, log: bool) -> np.ndarray:
    """Wavelengths [Angstrom]: shape of the column's values.

    Parameters
    ----------
    log
        Whether the values are their decimal logarithms.

    Raises
    ------
    InputError
        If the unit is not said or not known.
    """
    said = column.known_unit
    if log:
        said = re.sub(r"^log(10)?\(?|\)$", "", said)
        said = "angstrom" if said.startswith("ang") else said
    if said in ("", "dex", "dimensionless"):
        name = "_".join(filter(None, (column.base, column.medium)))  # not to be lost
        raise InputError(
            f"does not say the unit of its wavelengths: give the column {column.name} "
            "a unit, or give the header WAVEUNIT (of CSV: a line `# WAVEUNIT: nm`), or "
            f"name it {name}_angstrom, _nm or _micron"
        )
    factor = ANGSTROM.get(said)
    if factor is None:
        try:
            factor = units.Unit(column.unit).to(units.AA)
        except (ValueError, TypeError, units.UnitsError):
            raise InputError(
                f"has wavelengths in {column.unit or said}, which is no known unit of "
                "wavelength: use Angstrom, nm or micron"
            ) from None
    values = np.asarray(column.values, float)
    with np.errstate(over="ignore", invalid="ignore"):
        return (10.0**values if log else values) * factor


def per_wavelength(
    column: Column, wavelength: np.ndarray, flux: Column
) -> np.ndarray | float:
    """What brings a flux, or its error, to one scale of flux per wavelength.

    Parameters
    ----------
    column
        The flux, or its error.
    wavelength
        [Angstrom].
    flux
        The flux; an error that has another unit is converted to its unit.

    Returns
    -------
    factor
        Shape of `wavelength` or ().

    Raises
    ------
    InputError
        If the unit is one of magnitudes or does not go with that of the flux.
    """
    unit, of_flux = (units.Unit(x.unit, parse_strict="silent") for x in (column, flux))
    if isinstance(of_flux, units.function.FunctionUnitBase) or str(of_flux) == "mag":
        raise InputError(
            f"has its flux in {flux.unit}: a flux per wavelength is needed"
        )
    scale = 1.0
    if column.unit and flux.unit and unit != of_flux:
        try:
            scale = unit.to(of_flux)
        except (ValueError, TypeError, AttributeError, units.UnitsError):
            raise InputError(
                f"has {column.name} in {column.unit} and {flux.name} in {flux.unit}, "
                "which do not go together"
            ) from None
    if is_per_frequency(of_flux):
        return scale * (REFERENCE / wavelength) ** 2
    return scale


def is_per_frequency(unit: units.UnitBase) -> bool:
    """Whether a unit is one of flux per frequency, as Jy."""
    try:
        return bool(unit.is_equivalent(units.Jy))
    except (AttributeError, TypeError):
        return False


def renamed(column: Column, unit: str) -> Column:
    """The column with a unit, if it has none."""
    return column if column.known_unit else replace(column, unit=unit)
