"""Spectra and labels of invented stars: a table and files, as a user has them."""

from functools import cache

import numpy as np
from astropy.io import fits
from astropy.table import Table

from mdwarfs.spectra.spectrum import SPEED_OF_LIGHT

NAMES = ("feh", "teff", "logg")
WAVELENGTH = 10 ** (3.5682 + 1e-4 * np.arange(3909))


def labels_of(n, seed=5):
    """Labels of n M dwarfs: shape (n, 3)."""
    rng = np.random.default_rng(seed)
    return rng.uniform([-0.4, 3300, 4.6], [0.3, 3800, 4.9], (n, 3))


def flux_of(labels, wavelength):
    """Bands and lines whose depths follow from the labels: shape (n_pix,)."""
    feh, teff, logg = (labels - [0, 3500, 4.75]) / [0.3, 300, 0.1]
    flux = 1000 * (wavelength / 7000) ** 1.5
    for head in (6150, 6650, 7050, 8430):
        depth = 0.3 - 0.08 * teff
        flux *= 1 - depth * (wavelength > head) * np.exp(-(wavelength - head) / 120)
    lines = np.random.default_rng(3)
    for number, centre in enumerate(lines.uniform(5900, 9050, 80)):
        slope = 0.05 * (feh if number % 2 else logg)
        depth = np.clip(lines.uniform(0.08, 0.25) + slope, 0, 0.6)
        flux *= 1 - depth * np.exp(-0.5 * ((wavelength - centre) / 6) ** 2)
    return flux


@cache  # the same stars are observed in many tests
def moving(labels, v_rad):
    """Flux of a star at the wavelengths of a file."""
    return flux_of(np.array(labels), WAVELENGTH / (1 + v_rad / SPEED_OF_LIGHT))


def observe(path, labels, v_rad, seed, redshift=None, saturated=False):
    """Write the spectrum of a star as a file of LAMOST's."""
    flux = moving(tuple(labels), v_rad)
    flux = flux + np.random.default_rng(seed).normal(0, 10, len(flux))
    ivar = np.full(len(flux), 0.01)
    if saturated:
        ivar[2400:3200] = 0
    masks = np.zeros((2, len(flux)))
    hdu = fits.PrimaryHDU(np.vstack([flux, ivar, WAVELENGTH, masks]).astype("f4"))
    hdu.header["Z"] = v_rad / SPEED_OF_LIGHT if redshift is None else redshift
    path.parent.mkdir(parents=True, exist_ok=True)
    hdu.writeto(path, overwrite=True)


def write_sample(folder, n, seed=5):
    """stars.csv and spectra/ of n stars; the temperature is given in kK."""
    labels, rng = labels_of(n, seed), np.random.default_rng(seed)
    rows = []
    for k, (feh, teff, logg) in enumerate(labels):
        v_rad = rng.uniform(-60, 60)
        observe(folder / "spectra" / f"{k}.fits", labels[k], v_rad, seed + k)
        rows.append((f"{k}.fits", f"Star {k}", 70.0 + k, teff / 1000, logg, feh, 0.05))
    names = ["filename", "name", "SN", "Teff", "log g", "[Fe/H]", "e_feh"]
    table = Table(rows=rows, names=names)
    table.write(folder / "stars.csv", format="ascii.csv", overwrite=True)
    return table


COLUMNS = {
    "file": "filename",
    "id": "name",
    "snr": "SN",
    "teff": {"name": "Teff", "unit": "kK", "missing": -99},
    "logg": "log g",
    "feh": {"name": "[Fe/H]", "error": "e_feh"},
}
"""The section files.columns for it."""
