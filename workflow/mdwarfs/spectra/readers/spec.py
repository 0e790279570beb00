"""spec-*.fits: the coadded spectrum of a star by BOSS and SDSS, from SDSS-I to V.

Plates and robots, lite and full, daily, epoch and all-epoch coadds have the same first
table. What the pipeline knows of the star is a table of one row, SPALL or SPECOBJ,
which some files lack.
"""

import numpy as np
from astropy.io import fits

from mdwarfs.spectra.files import Content
from mdwarfs.spectra.sdss_masks import BRIGHTSKY, warnings_of
from mdwarfs.spectra.spectrum import (
    SPEED_OF_LIGHT,
    Spectrum,
    build_spectrum,
    finite_number,
)
from mdwarfs.spectra.table_columns import lower_names

NAME = "spec"
TITLE = "spec of BOSS and SDSS"

XCSAO_RXC_MIN = 6
"""Least correlation coefficient of a velocity that Astra 0.6.0 accepts."""

ABOUT = ("SPALL", "SPECOBJ")
"""Tables of the pipeline's results."""

ZWARNING = ~16
"""Bits of ZWARNING with which a redshift is not taken: all but MANY_OUTLIERS, which
spectra of high signal-to-noise have as well (sdss.org, algorithms/bitmasks)."""


def recognises(content: Content) -> bool:
    """Whether the first table of a file has the columns flux, loglam and ivar.

    LAMOST's arms have them too, by other names of their extensions.
    """
    for hdu in content.hdus[1:]:
        if isinstance(hdu, fits.BinTableHDU):
            own = not hdu.name.startswith(("COADD_", "B-", "R-"))
            return own and {"flux", "loglam", "ivar"} <= lower_names(hdu)
    return False


def read(content: Content) -> list[Spectrum]:
    """The coadded spectrum.

    The velocity is that of the XCSAO cross-correlation where there is a good one,
    otherwise the redshift of the best stellar template, unless a warning is set.
    """
    coadd = next(h.data for h in content.hdus[1:] if isinstance(h, fits.BinTableHDU))
    names = {name.lower() for name in coadd.names}
    flagged = coadd["and_mask"] & BRIGHTSKY if "and_mask" in names else 0
    row = about(content.hdus)
    known = {name.upper() for name in row.array.names} if row is not None else set()

    def value(name, default=np.nan):
        return row[name] if name in known else default

    star_class = str(value("CLASS", "")).strip()
    zwarning = warnings_of(row, "ZWARNING", known)
    v_rad = e_v_rad = np.nan
    if value("XCSAO_RXC") > XCSAO_RXC_MIN:
        v_rad, e_v_rad = value("XCSAO_RV"), finite_number(value("XCSAO_ERV"))
    elif star_class == "STAR" and not (zwarning or 0) & ZWARNING:
        v_rad = finite_number(value("Z")) * SPEED_OF_LIGHT
        e_v_rad = finite_number(value("Z_ERR")) * SPEED_OF_LIGHT
    with np.errstate(over="ignore"):
        wavelength = 10 ** coadd["loglam"].astype(float)
    return [
        build_spectrum(
            wavelength, coadd["flux"], coadd["ivar"], flagged,
            at_rest=False, v_rad=v_rad, snr=value("SN_MEDIAN_ALL"),
            e_v_rad=e_v_rad if e_v_rad > 0 else np.nan,  # the pipeline's nulls are not
            zwarning=zwarning,
            star_class=star_class, subclass=str(value("SUBCLASS", "")).strip(),
        )
    ]  # fmt: skip


def about(hdus: fits.HDUList) -> fits.FITS_record | None:
    """The row of the pipeline's results; None if the file has none."""
    for hdu in hdus:
        if hdu.name in ABOUT and hdu.header["NAXIS2"]:
            return hdu.data[0]
    return None
