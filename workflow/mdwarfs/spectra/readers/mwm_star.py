"""mwmStar of Astra (SDSS-V): the stack of all BOSS spectra of a star, at rest."""

import re
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from astropy.io import fits

from mdwarfs.errors import InputError
from mdwarfs.spectra.files import Content
from mdwarfs.spectra.sdss_masks import BRIGHTSKY, warnings_of
from mdwarfs.spectra.spectrum import Spectrum, build_spectrum
from mdwarfs.spectra.stored_columns import columns_of
from mdwarfs.spectra.table_columns import lower_names

NAME = "mwmStar"
TITLE = "mwmStar of Astra"

OBSERVATORIES = ("BOSS/APO", "BOSS/LCO")

COLUMNS = (
    "wavelength", "flux", "ivar", "pixel_flags", "v_rad", "e_v_rad", "snr",
    "zwarning_flags",
)  # fmt: skip
"""What is read of a spectrum; some files lack the sixth, or the last."""

FILE_NAME = re.compile(r"mwm(Star|Visit)-.+-(?P<sdss_id>\d+)\.fits")


def path(sdss_id: int, version: str) -> PurePosixPath:
    """Where the SDSS archive (SAS) keeps the file of a star.

    Parameters
    ----------
    version
        Of Astra, such as "0.6.0".

    Returns
    -------
    pure posix path
        `star/34/56/mwmStar-0.6.0-123456.fits` for 123456, below
        `astra/<version>/spectra` (sdss/tree, dr19.cfg, and sdss_access: two levels of
        folders, of the last digits).
    """
    sdss_id = int(sdss_id)
    groups = f"{sdss_id // 100 % 100:02d}", f"{sdss_id % 100:02d}"
    return PurePosixPath("star", *groups, file_name(sdss_id, version))


def file_name(sdss_id: int, version: str) -> str:
    """Name of the file of a star."""
    return f"mwmStar-{version}-{sdss_id}.fits"


def boss_tables(content: Content) -> list[fits.BinTableHDU]:
    """The extensions of BOSS spectra, of which some may have no rows."""
    return [hdu for hdu in content.hdus if hdu.name in OBSERVATORIES]


def has_visits(content: Content) -> bool:
    """Whether the rows of a file of Astra are visits: they have a date of their own."""
    tables = [hdu for hdu in boss_tables(content) if hdu.header["NAXIS2"]]
    return any("mjd" in lower_names(hdu) for hdu in tables)


def recognises(content: Content) -> bool:
    """Whether a file has an extension of one of the observatories, and no visits."""
    return bool(boss_tables(content)) and not has_visits(content)


def read(content: Content) -> list[Spectrum]:
    """The BOSS stack of the observatory with the larger SNR.

    Its `pixel_flags` join the OR masks of all exposures, and exposures in which a
    pixel was bad have no weight in the stack; so BRIGHTSKY alone is used, which is a
    matter of the wavelength and the star rather than of one exposure.
    """
    check_name(content)
    tables = boss_tables(content)
    rows = [row for hdu in tables for row in rows_of(content, hdu)]
    if not rows:
        raise InputError("holds no BOSS spectrum, the extensions are empty")
    row = max(rows, key=lambda row: np.nan_to_num(row["snr"], nan=-np.inf))
    return [
        build_spectrum(
            row["wavelength"], row["flux"], row["ivar"], bright_sky(row["pixel_flags"]),
            at_rest=True, v_rad=row["v_rad"], snr=row["snr"],
            e_v_rad=row.get("e_v_rad", np.nan),
            zwarning=warnings_of(row, "zwarning_flags", row),
        )
    ]  # fmt: skip


def rows_of(content: Content, hdu: fits.BinTableHDU) -> list[dict[str, Any]]:
    """What the rows of a table say, by `COLUMNS`."""
    n_rows = hdu.header["NAXIS2"]
    columns = columns_of(content, hdu, COLUMNS) if n_rows else {}
    return [
        {name: column[k] for name, column in columns.items()} for k in range(n_rows)
    ]


def bright_sky(pixel_flags: np.ndarray) -> np.ndarray:
    """The bit BRIGHTSKY of masks, which Astra may store as reals: int, shape (n,)."""
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(pixel_flags).astype(np.int64) & BRIGHTSKY


def check_name(content: Content) -> None:
    """Raise InputError if a file's name says one star, and its header another."""
    match = FILE_NAME.fullmatch(content.name)
    said = content.hdus[0].header.get("SDSS_ID")
    if match and isinstance(said, int) and said != int(match["sdss_id"]):
        raise InputError(
            f"its name says the star of SDSS_ID {match['sdss_id']}, its header that of "
            f"{said}"
        )
