"""LAMOST's low-resolution spectra, as DR7 has them: an image of five rows."""

import numpy as np

from mdwarfs.spectra.files import Content
from mdwarfs.spectra.spectrum import SPEED_OF_LIGHT, build

NAME = "lamost"
TITLE = "LAMOST DR7"

NULL = -9999
"""Of the header's Z, where the pipeline could not classify the star."""


def recognises(content: Content) -> bool:
    """Whether a file begins with an image of five rows."""
    if not content.hdus:
        return False
    header = content.hdus[0].header
    return header["NAXIS"] == 2 and header["NAXIS2"] == 5


def read(content: Content) -> list:
    """The spectrum.

    A pixel whose AND mask is set was bad in every exposure and is dropped. The SNR is
    that in i, where M dwarfs are bright.
    """
    header = content.hdus[0].header
    flux, ivar, wavelength, and_mask, _ = content.hdus[0].data
    redshift = header.get("Z", NULL)
    return [
        build(
            wavelength, flux, ivar, and_mask,
            at_rest=False,
            v_rad=redshift * SPEED_OF_LIGHT if redshift > -1 else np.nan,
            snr=header.get("SNRI", np.nan),
            star_class=header.get("CLASS", ""), subclass=header.get("SUBCLASS", ""),
        )
    ]  # fmt: skip
