"""Files of invented stars, in the forms of the surveys."""

import numpy as np
from astropy.io import fits

from mdwarfs.spectra.sdss_masks import BRIGHTSKY
from mdwarfs.spectra.spectrum import SPEED_OF_LIGHT

LOGLAM = 3.5523 + 1e-4 * np.arange(4648)
POTASSIUM, SODIUM = 7701.09, 8185.51
"""Laboratory wavelengths in vacuum [Angstrom]."""


def flux_with_lines(wavelength, v_rad):
    flux = np.full(len(wavelength), 50.0)
    for line in (POTASSIUM, SODIUM):
        line *= 1 + v_rad / SPEED_OF_LIGHT
        flux -= 20 * np.exp(-0.5 * ((wavelength - line) / 2.5) ** 2)
    return flux


def depth_centre(spectrum, line):
    """Centroid of an absorption line."""
    near = np.abs(spectrum.wavelength - line) < 12
    depth = 50 - spectrum.flux[near]
    return (depth * spectrum.wavelength[near]).sum() / depth.sum()


def write_spec(path, row, upper=True, and_mask=None, v_rad=0.0, name="SPALL"):
    wavelength = 10**LOGLAM
    columns = {
        "flux": flux_with_lines(wavelength, v_rad).astype("f4"),
        "loglam": LOGLAM.astype("f4"),
        "ivar": np.ones(len(LOGLAM), "f4"),
        "and_mask": np.zeros(len(LOGLAM), "i4") if and_mask is None else and_mask,
        "or_mask": np.full(len(LOGLAM), BRIGHTSKY, "i4"),
    }
    data = np.rec.fromarrays(
        list(columns.values()),
        names=[key.upper() if upper else key for key in columns],
    )
    table = np.rec.fromrecords([tuple(row.values())], names=list(row))
    hdus = [fits.PrimaryHDU(), fits.BinTableHDU(data, name="COADD")]
    fits.HDUList([*hdus, fits.BinTableHDU(table, name=name)]).writeto(path)


def write_lamost(path, redshift, v_rad=0.0, **header):
    wavelength = 10 ** (3.5682 + 1e-4 * np.arange(3909))
    flux = flux_with_lines(wavelength, v_rad)
    data = np.array(
        [flux, np.ones(3909), wavelength, np.zeros(3909), np.zeros(3909)], "f4"
    )
    data[3, 100] = 4
    data[4, 200] = 4
    hdu = fits.PrimaryHDU(data)
    hdu.header["Z"] = redshift
    for key, value in header.items():
        hdu.header[key] = value
    hdu.writeto(path)
