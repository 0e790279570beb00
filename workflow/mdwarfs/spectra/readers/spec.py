"""spec-*.fits: the coadded spectrum of a star by BOSS and SDSS, from SDSS-I to V."""

import numpy as np
from astropy.io import fits

from mdwarfs.spectra.files import Content
from mdwarfs.spectra.sdss_masks import BRIGHTSKY
from mdwarfs.spectra.spectrum import SPEED_OF_LIGHT, build

NAME = "spec"
TITLE = "spec of BOSS and SDSS"

XCSAO_RXC_MIN = 6
"""Least correlation coefficient of a velocity that Astra 0.6.0 accepts."""

ZWARNING = ~16
"""Bits of ZWARNING with which a redshift is not taken: all but MANY_OUTLIERS, which
spectra of high signal-to-noise have as well (sdss.org, algorithms/bitmasks)."""


def recognises(content: Content) -> bool:
    """Whether the first table of a file has the columns flux, loglam and ivar."""
    for hdu in content.hdus[1:]:
        if isinstance(hdu, fits.BinTableHDU):
            columns = {name.lower() for name in hdu.columns.names}
            return {"flux", "loglam", "ivar"} <= columns
    return False


def read(content: Content) -> list:
    """The coadded spectrum.

    The velocity is that of the XCSAO cross-correlation where there is a good one,
    otherwise the redshift of the best stellar template, unless a warning is set.
    """
    hdus = content.hdus
    coadd = next(hdu.data for hdu in hdus[1:] if isinstance(hdu, fits.BinTableHDU))
    names = {name.lower() for name in coadd.names}
    flagged = coadd["and_mask"] & BRIGHTSKY if "and_mask" in names else 0
    row = next((hdu.data[0] for hdu in hdus if hdu.name in ("SPALL", "SPECOBJ")), None)
    known = set(row.array.names) if row is not None else set()

    def value(name, default=np.nan):
        return row[name] if name in known else default

    star_class = str(value("CLASS", "")).strip()
    v_rad = np.nan
    if value("XCSAO_RXC") > XCSAO_RXC_MIN:
        v_rad = value("XCSAO_RV")
    elif star_class == "STAR" and not int(value("ZWARNING", 0)) & ZWARNING:
        v_rad = value("Z") * SPEED_OF_LIGHT
    return [
        build(
            10 ** coadd["loglam"].astype(float), coadd["flux"], coadd["ivar"], flagged,
            at_rest=False, v_rad=v_rad, snr=value("SN_MEDIAN_ALL"),
            star_class=star_class, subclass=str(value("SUBCLASS", "")).strip(),
        )
    ]  # fmt: skip
