"""mwmStar of Astra (SDSS-V): the stack of all BOSS spectra of a star, at rest."""

from pathlib import PurePosixPath

import numpy as np

from mdwarfs.errors import InputError
from mdwarfs.spectra.files import Content
from mdwarfs.spectra.sdss_masks import BRIGHTSKY
from mdwarfs.spectra.spectrum import build

NAME = "mwmStar"
TITLE = "mwmStar of Astra"

OBSERVATORIES = ("BOSS/APO", "BOSS/LCO")


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


def recognises(content: Content) -> bool:
    """Whether a file has an extension of one of the observatories."""
    return any(hdu.name in OBSERVATORIES for hdu in content.hdus)


def read(content: Content) -> list:
    """The BOSS stack of the observatory with the larger SNR.

    Its `pixel_flags` join the OR masks of all exposures, and exposures in which a
    pixel was bad have no weight in the stack; so BRIGHTSKY alone is used, which is a
    matter of the wavelength and the star rather than of one exposure.
    """
    boss = [hdu for hdu in content.hdus if hdu.name in OBSERVATORIES]
    # A table of no rows takes as long to make as one of many: do not touch its data.
    rows = [row for hdu in boss if hdu.header["NAXIS2"] for row in hdu.data]
    if not rows:
        raise InputError("holds no BOSS spectrum, the extensions are empty")
    row = max(rows, key=lambda row: np.nan_to_num(row["snr"], nan=-np.inf))
    flagged = np.nan_to_num(row["pixel_flags"]).astype(np.int64) & BRIGHTSKY
    return [
        build(
            row["wavelength"], row["flux"], row["ivar"], flagged,
            at_rest=True, v_rad=row["v_rad"], snr=row["snr"],
        )
    ]  # fmt: skip
