"""spSpec of SDSS DR1 to DR7: an image of five rows, with wavelengths of the header.

The rows are flux, flux less continuum, standard deviation, AND mask and OR mask; the
wavelengths are in vacuum and heliocentric (SDSS DR7, data model of spSpec).
"""

import numpy as np

from mdwarfs.spectra.files import Content
from mdwarfs.spectra.five_rows import (
    image_of,
    is_sdss,
    require_positive,
    third_is_wavelength,
    wavelengths,
)
from mdwarfs.spectra.sdss_masks import BRIGHTSKY
from mdwarfs.spectra.spectrum import (
    SPEED_OF_LIGHT,
    Spectrum,
    build_spectrum,
    finite_number,
)

NAME = "spSpec"
TITLE = "spSpec of SDSS DR7"

STARS = (1, 6)
"""SPEC_CLN of a star, and of one of late type (SDSS DR7, SpecClass)."""


def recognises(content: Content) -> bool:
    """Whether a file begins with such an image of SDSS."""
    image = image_of(content)
    if image is None or not {"COEFF0", "COEFF1"} <= set(image.header):
        return False
    return is_sdss(image.header) and not third_is_wavelength(image)


def read(content: Content) -> list[Spectrum]:
    """The spectrum; the velocity is the redshift, where the star is classed as one.

    The SNR is that in i, where M dwarfs are bright.
    """
    image = content.hdus[0]
    header = image.header
    flux, _, error, and_mask, _ = np.asarray(image.data, float)
    require_positive(error, "standard deviations")
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        ivar = np.where(error > 0, error**-2.0, 0)
        flagged = np.nan_to_num(and_mask).astype(np.int64) & BRIGHTSKY
    star = header.get("SPEC_CLN") in STARS
    velocity = finite_number(header.get("Z")) * SPEED_OF_LIGHT
    uncertainty = finite_number(header.get("Z_ERR")) * SPEED_OF_LIGHT
    return [
        build_spectrum(
            wavelengths(header, len(flux)), flux, ivar, flagged,
            at_rest=False,
            v_rad=velocity if star else np.nan,
            e_v_rad=uncertainty if star and uncertainty > 0 else np.nan,
            snr=header.get("SN_I", np.nan),
            star_class="STAR" if star else "",
        )
    ]  # fmt: skip
