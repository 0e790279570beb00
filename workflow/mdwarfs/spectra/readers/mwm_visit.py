"""mwmVisit of Astra (SDSS-V): the BOSS spectra of the visits of a star.

A row of a table for each visit. The wavelengths are those of a logarithmic grid in
vacuum that the header gives. Visits that are in the star's stack (`in_stack`) have been
shifted to rest by their velocity, the others are as they were observed (sdss/astra
0.6.0, products/boss.py).
"""

import numpy as np
from astropy.io import fits

from mdwarfs.errors import InputError
from mdwarfs.spectra.files import Content
from mdwarfs.spectra.readers.mwm_star import (
    boss_tables,
    bright_sky,
    check_name,
    has_visits,
)
from mdwarfs.spectra.readers.spec import XCSAO_RXC_MIN
from mdwarfs.spectra.sdss_masks import warnings_of
from mdwarfs.spectra.spectrum import Spectrum, build_spectrum, finite_number

NAME = "mwmVisit"
TITLE = "mwmVisit of Astra"


def recognises(content: Content) -> bool:
    """Whether a file has BOSS spectra of visits."""
    return has_visits(content)


def read(content: Content) -> list[Spectrum]:
    """A spectrum for each visit, named by observatory and date (`APO-59900`).

    Of visits that are not at rest the velocity is known where Astra believes it. As in
    the stack, of the pixel flags BRIGHTSKY alone is used.
    """
    check_name(content)
    spectra = [
        visit(row, hdu)
        for hdu in boss_tables(content)
        if hdu.header["NAXIS2"]
        for row in hdu.data
    ]
    if not spectra:
        raise InputError("holds no BOSS spectrum, the extensions are empty")
    return spectra


def visit(row: fits.FITS_record, hdu: fits.BinTableHDU) -> Spectrum:
    """The spectrum of a row."""
    known = set(row.array.names)
    at_rest = bool(row["in_stack"]) if "in_stack" in known else False
    v_rad = finite_number(row["xcsao_v_rad"])
    if "xcsao_rxc" in known and not at_rest and not row["xcsao_rxc"] > XCSAO_RXC_MIN:
        v_rad = np.nan
    error = finite_number(row["xcsao_e_v_rad"]) if "xcsao_e_v_rad" in known else np.nan
    return build_spectrum(
        wavelengths(row, hdu.header, known), row["flux"], row["ivar"],
        bright_sky(row["pixel_flags"]),
        at_rest=at_rest, v_rad=v_rad, snr=row["snr"],
        e_v_rad=error if np.isfinite(v_rad) else np.nan,
        zwarning=warnings_of(row, "zwarning_flags", known),
        name=f"{hdu.name.removeprefix('BOSS/')}-{row['mjd']}",
    )  # fmt: skip


def wavelengths(row: fits.FITS_record, header: fits.Header, known: set) -> np.ndarray:
    """Wavelengths in vacuum [Angstrom]: of the row, or else the header's grid."""
    if "wavelength" in known:
        return row["wavelength"]
    kind = str(header.get("CTYPE", "LOG-LINEAR")).strip()
    if kind != "LOG-LINEAR":
        raise InputError(f"its wavelengths are of the unknown kind {kind} (CTYPE)")
    pixel = np.arange(len(row["flux"])) + 1 - header.get("CRPIX", 1)
    with np.errstate(over="ignore"):
        return 10.0 ** (header["CRVAL"] + header["CDELT"] * pixel)
