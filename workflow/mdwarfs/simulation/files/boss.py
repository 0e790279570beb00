"""BOSS: the list of all spectra (spAll-lite) and the coadded spectra (mwmStar)."""

from __future__ import annotations

from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from mdwarfs.catalogues.releases import RELEASES
from mdwarfs.errors import InputError
from mdwarfs.simulation.files.columns.layout import read_layouts
from mdwarfs.simulation.files.fits_table import (
    empty,
    padded,
    primary_header,
    records,
    table_hdu,
    table_header,
    write_file,
)
from mdwarfs.spectra.readers import mwm_star
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from mdwarfs.simulation.instrument import Observation


# idlspec2d fills integers with -999 and reals with NaN; Astra, see get_fill_value in
# its products/utils.py (tag 0.6.0), integers with -1.
SPALL_NULLS = {"text": "", "int": -999, "float": np.nan, "bool": False, "bits": 0}
ASTRA_NULLS = {"text": "", "int": -1, "float": np.nan, "bool": False, "bits": 0}

N_PIXELS = 4648
LOGLAM_START, LOGLAM_STEP = 3.5523, 1e-4
WAVELENGTH = (10 ** (LOGLAM_START + LOGLAM_STEP * np.arange(N_PIXELS))).astype(">f4")
APOGEE_GRID = (4.179, 6e-6, 8575)


def write_spall(path: PathLike, columns: dict[str, ArrayLike]) -> None:
    """Write a BOSS list in the format of spAll-lite (idlspec2d v6_1_3, SDSS DR19).

    Parameters
    ----------
    path
        Such as `spAll-lite-v6_1_3.fits.gz`.
    columns : each of shape (n,)
        By the file's column names (`SDSS_ID`, `GAIA_ID`, `SN_MEDIAN_ALL`, ...).

    Raises
    ------
    InputError
        If a column is not in the format or does not fit its type.
    """
    (layout,) = read_layouts("spAll-lite")
    rows = records(layout, columns, SPALL_NULLS)
    write_file(path, [primary_header(), table_hdu(layout, rows)])


def spectrum_path(sdss_id: int, versions: dict) -> PurePosixPath:
    """Where a star's spectrum lies below the folder of spectra, as in the archive.

    Parameters
    ----------
    versions
        One of `mdwarfs.catalogues.releases.RELEASES`.
    """
    return mwm_star.path(sdss_id, versions["astra_boss"])


def write_spectrum(
    folder: PathLike,
    sdss_id: int,
    seen: Observation,
    snr: float,
    v_rad: float,
    versions: dict,
) -> None:
    """Write the spectrum of one star, seen at Apache Point in one visit.

    Parameters
    ----------
    folder
        Of spectra; the file lies at `spectrum_path` below it.
    seen
        The spectrum with its errors.
    snr, v_rad
        Signal-to-noise ratio and radial velocity [km/s], as the file gives them.
    versions
        One of `mdwarfs.catalogues.releases.RELEASES`.
    """
    columns = {
        "sdss_id": sdss_id, "release": "sdss5", "filetype": "mwmStar",
        "v_astra": versions["astra_boss"], "run2d": versions["run2d"],
        "telescope": "apo25m", "n_visits": 1, "n_good_visits": 1, "n_good_rvs": 1,
        "snr": snr, "v_rad": v_rad, "zwarning_flags": 0,
    }  # fmt: skip
    path = folder / spectrum_path(sdss_id, versions)
    write_mwm_star(path, columns, seen.flux, seen.ivar, seen.pixel_flags)


def write_mwm_star(
    path: PathLike,
    columns: dict[str, Any],
    flux: ArrayLike,
    ivar: ArrayLike,
    pixel_flags: ArrayLike,
) -> None:
    """Write the coadded BOSS spectrum of one star in the format of Astra's mwmStar.

    The spectrum goes into the HDU of BOSS at Apache Point; the three other
    instruments have no rows.

    Parameters
    ----------
    path
        See `spectrum_path`.
    columns
        By the file's column names (`sdss_id`, `snr`, `v_rad`, ...).
    flux, ivar, pixel_flags : shape (4648,)
        On the grid log10(wavelength / Angstrom) = 3.5523 + 1e-4 i (vacuum, rest
        frame). Flux in 1e-17 erg/s/cm2/Angstrom.

    Raises
    ------
    InputError
        If an array has another length, or a column is not in the format.
    """
    arrays = {"flux": flux, "ivar": ivar, "pixel_flags": pixel_flags}
    for name, values in arrays.items():
        if np.shape(values) != (N_PIXELS,):
            raise InputError(f"{name}: a BOSS spectrum has {N_PIXELS} pixels")
    layout = read_layouts("mwmStar")[0]
    row = records(layout, columns, ASTRA_NULLS)
    row["wavelength"] = WAVELENGTH
    for name, values in arrays.items():
        row[name] = values
    header, tail = star_template()
    version = columns.get("v_astra", RELEASES[19]["astra_boss"])
    cards = [("V_ASTRA", version), ("SDSS_ID", int(columns["sdss_id"]))]
    write_file(path, [primary_header(cards), header, padded(row), tail])


@cache
def star_template() -> tuple[bytes, bytes]:
    """The parts that all mwmStar files share: the header of HDU 1, and HDUs 2 to 4."""
    grids = [(LOGLAM_START, LOGLAM_STEP, N_PIXELS)] * 2 + [APOGEE_GRID] * 2
    boss, *others = [
        (layout, instrument_cards(layout.extname, grid))
        for layout, grid in zip(read_layouts("mwmStar"), grids)
    ]
    tail = b"".join(table_hdu(layout, empty(layout), cards) for layout, cards in others)
    return table_header(boss[0], 1, boss[1]), tail


def instrument_cards(extname: str, grid: tuple[float, float, int]) -> list:
    """Header cards of one instrument: its name and its logarithmic grid."""
    instrument, observatory = extname.split("/")
    start, step, n_pixels = grid
    return [
        ("CRVAL", start),
        ("CDELT", step),
        ("CTYPE", "LOG-LINEAR"),
        ("CUNIT", "Angstrom (Vacuum)"),
        ("CRPIX", 1),
        ("DC-FLAG", 1),
        ("NPIXELS", n_pixels),
        ("INSTRMNT", instrument),
        ("OBSRVTRY", observatory),
    ]
