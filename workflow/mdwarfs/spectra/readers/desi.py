"""DESI's coadded spectra of many stars, in up to three arms (B, R and Z).

The extensions X_WAVELENGTH, X_FLUX, X_IVAR and X_MASK of each arm X have a row per
star; the table FIBERMAP says which (desidatamodel, coadd). The wavelengths are in
vacuum and barycentric. Redshifts are another file, so that no velocity is known.
"""

import numpy as np
from astropy.io import fits

from mdwarfs.errors import InputError
from mdwarfs.spectra.arms import join
from mdwarfs.spectra.files import Content
from mdwarfs.spectra.spectrum import Spectrum, build_spectrum

NAME = "desi"
TITLE = "coadds of DESI"

WAVELENGTH = "_WAVELENGTH"


def arms_of(hdus: fits.HDUList) -> list[str]:
    """Names of the arms of which there are wavelengths, flux and inverse variance."""
    names = {hdu.name for hdu in hdus}
    arms = [n.removesuffix(WAVELENGTH) for n in names if n.endswith(WAVELENGTH)]
    return sorted(arm for arm in arms if {f"{arm}_FLUX", f"{arm}_IVAR"} <= names)


def recognises(content: Content) -> bool:
    """Whether a file has a FIBERMAP and the extensions of an arm."""
    hdus = content.hdus
    return any(hdu.name == "FIBERMAP" for hdu in hdus) and bool(arms_of(hdus))


def read(content: Content) -> list[Spectrum]:
    """A spectrum for each row, named by its TARGETID, with the arms joined.

    Pixels whose mask is set are dropped. The SNRs of DESI are those of single arms, so
    that there is none.
    """
    hdus = content.hdus
    names = [str(target) for target in hdus["FIBERMAP"].data["TARGETID"]]
    arms = [planes_of(hdus, arm, len(names)) for arm in arms_of(hdus)]
    spectra = []
    for row, name in enumerate(names):
        joined = join([(wave, flux[row], ivar[row]) for wave, flux, ivar in arms])
        spectra.append(build_spectrum(*joined, at_rest=False, name=name))
    return spectra


def planes_of(
    hdus: fits.HDUList, arm: str, n: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Wavelengths of an arm, and flux and inverse variance of its `n` rows."""
    wavelength = np.asarray(hdus[arm + WAVELENGTH].data, float)
    planes = [hdus[f"{arm}_{plane}"].data for plane in ("FLUX", "IVAR")]
    if f"{arm}_MASK" in hdus:
        planes.append(hdus[f"{arm}_MASK"].data)
    for plane in planes:
        if plane is None or plane.shape != (n, len(wavelength)):
            raise InputError(
                f"its arm {arm} has {len(wavelength)} wavelengths and its FIBERMAP {n} "
                f"rows, but its planes the shapes {[np.shape(p) for p in planes]}"
            )
    flux, ivar, *mask = planes
    good = np.isfinite(flux) & np.isfinite(ivar) & (ivar > 0)
    if mask:
        good &= mask[0] == 0
    if not (np.isfinite(wavelength).all() and (np.diff(wavelength) > 0).all()):
        raise InputError(f"the wavelengths of its arm {arm} do not rise")
    return wavelength, np.where(good, flux, 0.0), np.where(good, ivar, 0.0)
