"""Tables of a spectrum: FITS, ECSV and CSV, with columns of any usual names.

A row per pixel is one spectrum; columns of arrays have a spectrum in each row. Needed
are wavelengths with their unit and medium, flux, and its error, variance or inverse
variance (`mdwarfs.spectra.table_columns`, `mdwarfs.spectra.medium`; docs/formats.md).
Nothing is guessed: a file that does not say the unit or the medium is refused.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from astropy import units as u
from astropy.io import fits
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.literature import air
from mdwarfs.spectra.files import Content
from mdwarfs.spectra.medium import find_medium, logical_value
from mdwarfs.spectra.spectrum import (
    SPEED_OF_LIGHT,
    V_LARGEST,
    Spectrum,
    build_spectrum,
    finite_number,
)
from mdwarfs.spectra.table_columns import (
    NAMES,
    Column,
    has_spectrum,
    in_angstrom,
    per_wavelength,
    renamed,
    role,
)

NAME = "table"
TITLE = "tables (FITS, ECSV, CSV) of wavelength, flux and error"
RANK = 1

ECSV = b"# %ECSV"
ALL_NAMES = {name for names in NAMES.values() for name in names}

LISTED = 8
"""Columns that a message names at most."""

FILL = (-9999.0, -999.0, 9999.0)
"""Numbers by which a header says the same."""

SNR_LARGEST = 1e5

LARGEST_TEXT = 2**25
"""Of a text that is taken for a table [bytes]."""

NOTHING = ("", "nan", "null", "none", "unknown", "n/a", "-", "--")
"""Words by which a header says that it does not know a number."""

SAID = re.compile(r"#\s*([\w-]+)\s*[:=]\s*(.+)")
"""Line at the beginning of a CSV file that says something of the spectrum."""


def recognises(content: Content) -> bool:
    """Whether a file is ECSV, or has a table with columns of wavelengths and flux."""
    if content.hdus:
        return table_of(content.hdus) is not None
    if not 0 < len(content.data) <= LARGEST_TEXT:
        return False
    if content.data.startswith(ECSV):
        return True
    return has_spectrum([Column(name, np.zeros(0)) for name in csv_names(content.data)])


def read(content: Content) -> list[Spectrum]:
    """The spectra.

    The velocity is `v_rad` (in km/s, if it is a number without a unit) or `redshift` of
    the header, `e_v_rad` its error,
    `snr` the signal-to-noise ratio; with `at_rest` (`ATREST`) true the wavelengths are
    at rest.
    """
    if content.hdus:
        hdu = table_of(content.hdus)
        require_one(hdu.columns.names)
        columns = fits_columns(hdu, with_values=True)
        headers = (content.hdus[0].header, hdu.header)
        about = {k.lower(): v for header in headers for k, v in header.items()}
    else:
        if not content.data.startswith(ECSV):
            require_one(csv_names(content.data))
        table = ecsv(content) if content.data.startswith(ECSV) else csv(content)
        columns = columns_of(table)
        about = {str(key).lower(): value for key, value in table.meta.items()}
    if not has_spectrum(columns):
        names = ", ".join(column.name for column in columns[:LISTED])
        raise InputError(
            f"has no columns of wavelengths and flux among {names} (docs/formats.md "
            "has the names that are known)"
        )
    return spectra_of(columns, about)


def require_one(names: Sequence[str]) -> None:
    """Raise InputError if two columns that are of a spectrum have one name."""
    names = [name.strip().lower() for name in names]
    for name in dict.fromkeys(names):
        if names.count(name) > 1 and Column(name, np.zeros(0)).base in ALL_NAMES:
            raise InputError(
                f"has {names.count(name)} columns {name}: which is meant is not clear; "
                "give them different names"
            )


def table_of(hdus: fits.HDUList) -> fits.BinTableHDU | fits.TableHDU | None:
    """The first table of a FITS file that has wavelengths and flux."""
    for hdu in hdus:
        if isinstance(hdu, fits.BinTableHDU | fits.TableHDU):
            if has_spectrum(fits_columns(hdu)):
                return hdu
    return None


def fits_columns(
    hdu: fits.BinTableHDU | fits.TableHDU, with_values: bool = False
) -> list[Column]:
    """Columns of a FITS table; without values where only names are of interest."""
    none = np.zeros(0)
    return [
        Column(
            column.name,
            known(even(hdu.data[column.name]), column.null) if with_values else none,
            str(column.unit or ""),
            str(hdu.header.get(f"TUCD{k}", "")),
        )
        for k, column in enumerate(hdu.columns, start=1)
    ]


def even(values: np.ndarray) -> np.ndarray:
    """Values of a column; arrays of variable length, if all are of one, as a plane."""
    return np.stack(values) if values.dtype == object else values


def known(values: np.ndarray, null: int | None) -> np.ndarray:
    """Values of a column, NaN where they are the null that its header declares."""
    if null is None or values.dtype.kind not in "iu":
        return values
    return np.where(values == null, np.nan, values)


def ecsv(content: Content) -> Table:
    """An ECSV table."""
    return Table.read(text_of(content.data).splitlines(), format="ascii.ecsv")


def csv(content: Content) -> Table:
    """A CSV table; its meta is what lines before the names of the columns say."""
    text = text_of(content.data)
    table = Table.read(text.splitlines(), format="ascii.csv", comment="#")
    head = (line for line in text.splitlines() if line.startswith("#"))
    table.meta = {m[1]: m[2].strip() for line in head if (m := SAID.match(line))}
    return table


def csv_names(data: bytes) -> list[str]:
    """Names in the first line of a CSV file that is no comment; none of other files."""
    try:
        lines = text_of(data).splitlines()
    except UnicodeDecodeError:
        return []
    first = next((line for line in lines if line and not line.startswith("#")), "")
    return [name.strip().strip('"') for name in first.split(",")]


def text_of(data: bytes) -> str:
    """A text in UTF-8, with or without its mark."""
    return data.decode("utf-8-sig")


def columns_of(table: Table) -> list[Column]:
    """Columns of a table; what is masked is NaN, or "" if it is text."""
    columns = []
    for column in table.itercols():
        values = column
        if hasattr(column, "filled"):
            if column.dtype.kind in "iuf":
                values = column.astype(float).filled(np.nan)
            else:
                values = column.filled("" if column.dtype.kind in "US" else None)
        ucd = str(column.info.meta.get("ucd", "")) if column.info.meta else ""
        unit = "" if column.info.unit is None else str(column.info.unit)
        columns.append(Column(column.info.name, np.asarray(values), unit, ucd))
    return columns


def spectra_of(columns: Sequence[Column], about: Mapping[str, Any]) -> list[Spectrum]:
    """The spectra of a table.

    Parameters
    ----------
    columns
        Of the table.
    about
        What its header says, by keys in lower case.

    Raises
    ------
    InputError
        If a column is not there, or unit or medium of the wavelengths are not said.
    """
    flux, pixels = role(columns, "flux"), role(columns, "wavelength")
    log = pixels is None
    pixels = role(columns, "loglam") if log else pixels
    pixels = renamed(pixels, str(about.get("waveunit", "")))
    wavelength = in_angstrom(pixels, log)
    if find_medium(about, pixels.medium) == "air":
        wavelength = air.to_vacuum(wavelength)
    values = np.asarray(flux.values, float)
    with np.errstate(all="ignore"):
        ivar = inverse_variance(columns, flux, wavelength)
        values = values * per_wavelength(flux, wavelength, flux)
    mask = role(columns, "mask")
    flagged = np.zeros(np.shape(values)) if mask is None else np.asarray(mask.values)
    common = about_star(about)
    if values.ndim == 1:
        return [one(wavelength, values, ivar, flagged, common)]
    if values.ndim != 2:
        raise InputError(f"its column {flux.name} has {values.ndim} dimensions")
    names = role(columns, "name")
    wavelength = np.broadcast_to(wavelength, values.shape)
    return [
        one(
            wavelength[row], values[row], ivar[row], flagged[row],
            common | {"name": "" if names is None else str(names.values[row]).strip()},
        )
        for row in range(len(values))
    ]  # fmt: skip


def inverse_variance(
    columns: Sequence[Column], flux: Column, wavelength: np.ndarray
) -> np.ndarray:
    """Inverse variances of the flux, by whichever column of errors there is."""
    for what, power in (("ivar", 1.0), ("error", -2.0), ("variance", -1.0)):
        column = role(columns, what)
        if column is None:
            continue
        values = np.asarray(column.values, float)
        if values.size and not (np.isfinite(values) & (values > 0)).any():
            raise InputError(
                f"its column {column.name} ({what}) has no value above 0: pixels where "
                "it is 0, negative or not a number are bad, which is all of them"
            )
        if what == "error":
            values = values * per_wavelength(column, wavelength, flux)
            return np.where(values > 0, values**power, 0.0)
        scale = per_wavelength(flux, wavelength, flux)
        return np.where(values > 0, values**power / scale**2, 0.0)
    usual = ", ".join(NAMES[what][0] for what in ("error", "variance", "ivar"))
    raise InputError(
        f"has no column of errors of its flux ({usual}; docs/formats.md has all names)"
    )


def one(
    wavelength: np.ndarray,
    flux: np.ndarray,
    ivar: np.ndarray,
    flagged: np.ndarray,
    about: dict,
) -> Spectrum:
    """A spectrum, turned round if its wavelengths fall."""
    planes = wavelength, flux, ivar, flagged
    if len(wavelength) > 1 and (np.diff(wavelength) < 0).all():
        planes = tuple(plane[::-1] for plane in planes)
    return build_spectrum(*planes, **about)


def about_star(about: Mapping[str, Any]) -> dict:
    """What a header says of a star: attributes of `Spectrum`."""
    v_rad, redshift = velocity(about.get("v_rad")), number(about, "redshift")
    known = {
        "at_rest": logical_value(about.get("at_rest", about.get("atrest", False))),
        "v_rad": redshift * SPEED_OF_LIGHT if np.isnan(v_rad) else v_rad,
        "e_v_rad": about.get("e_v_rad"),
        "snr": ratio(about),
    }
    if (said := about.get("simulatd", about.get("simulated"))) is not None:
        known["simulated"] = logical_value(said)
    return known


def velocity(said: Any) -> float:
    """A velocity that a header says, with or without a unit [km/s]; NaN if it has none.

    Raises
    ------
    InputError
        If it says something that is no velocity.
    """
    if is_nothing(said):
        return np.nan
    try:
        if isinstance(said, bool | np.bool_):
            raise TypeError("a truth value")
        quantity = u.Quantity(said)
        bare = quantity.unit == u.dimensionless_unscaled
        found = finite_number(quantity.value if bare else quantity.to_value(u.km / u.s))
        if np.isnan(found):
            raise ValueError("not finite")
    except (TypeError, ValueError) as error:
        raise InputError(
            f"says V_RAD {said!r}, which is no velocity: a number is wanted [km/s], or "
            "one with a unit; leave it out if it is not known"
        ) from error
    if found in FILL:
        return np.nan
    if abs(found) <= V_LARGEST:
        return found
    small = bare and abs(found) / 1e3 <= V_LARGEST
    hint = f"; is it in m/s? Write '{said} m/s'" if small else ""
    raise InputError(
        f"says V_RAD {said!r}, which is no velocity of a star (beyond {V_LARGEST:g} "
        f"km/s){hint}; leave it out if it is not known"
    )


def ratio(about: Mapping[str, Any]) -> float:
    """The signal-to-noise ratio that a header says; NaN if it says nothing.

    Raises
    ------
    InputError
        If it says something that is none.
    """
    snr = number(about, "snr")
    if snr in FILL or np.isnan(snr):
        return np.nan
    if not 0 < snr <= SNR_LARGEST:
        raise InputError(
            f"says SNR {about['snr']!r}, which is no signal-to-noise ratio (above 0, "
            f"at most {SNR_LARGEST:g}): leave it out if it is not known, and it is "
            "found from flux and errors"
        )
    return snr


def number(about: Mapping[str, Any], key: str) -> float:
    """A number that a header says; NaN if it says nothing.

    Raises
    ------
    InputError
        If it says something else.
    """
    said = about.get(key)
    if is_nothing(said):
        return np.nan
    try:
        found = finite_number(float(said))
        if np.isnan(found):
            raise ValueError("not finite")
        return found
    except (TypeError, ValueError) as error:
        raise InputError(
            f"says {key.upper()} {said!r}, which is no number: leave it out if it is "
            "not known"
        ) from error


def is_nothing(said: Any) -> bool:
    """Whether a header says nothing: no such key, no value, or a word for none."""
    if said is None or isinstance(said, fits.card.Undefined) or said is np.ma.masked:
        return True
    return str(said).strip().lower() in NOTHING
