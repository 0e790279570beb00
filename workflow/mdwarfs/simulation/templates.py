"""Holding simulated spectra against the spectra of real M dwarfs, type by type."""

import zipfile

import numpy as np

from mdwarfs.errors import InputError
from mdwarfs.simulation import stellar_spectrum
from mdwarfs.spectra.continuum import normalise

# Temperature of a spectral type: Pecaut & Mamajek (2013, ApJS 208, 9), table 5 and its
# later additions [K].
TEFF_OF_TYPE = {
    "M0": 3850, "M1": 3660, "M2": 3560, "M3": 3430,
    "M4": 3210, "M5": 3060, "M6": 2810, "M7": 2680,
}  # fmt: skip
# Gravity of the main sequence, to which the model was fitted; near Mann+2015.
LOGG_AT_4000, LOGG_PER_KELVIN = 4.62, -0.52e-3

SOLAR = "bochanski2007_sdss"  # means of nearby stars; their [Fe/H] is not stated
COLUMNS = ("wave", "flux", "source", "spt", "feh")


def read(path):
    """Read a file of template spectra.

    Parameters
    ----------
    path : path-like
        An .npz with `wave` (p,) [Angstrom, vacuum], `flux` (n, p), NaN where there
        is none, and for each template `source`, `spt` (M0...) and `feh` [dex], NaN if
        it is not known.

    Returns
    -------
    dict of ndarray

    Raises
    ------
    InputError
        If the file is missing, is no such file or lacks an array.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in COLUMNS}
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(f"{path} is not a file of templates: {error}") from error


def compare(templates, wave_min, wave_max, continuum):
    """Normalised template and simulated spectra of the same type and metallicity.

    Templates of a type outside M0-M7 are left out; so are those without [Fe/H],
    except those of Bochanski+2007, which are taken for solar.

    Parameters
    ----------
    templates : dict
        From `read`.
    wave_min, wave_max : float
        Range that is normalised and compared [Angstrom].
    continuum : dict
        Settings of `mdwarfs.spectra.continuum.normalise`.

    Returns
    -------
    dict
        `wavelength` (p,), `simulated` and `template` (m, p; NaN where the template has
        no flux), and per row `source`, `spt`, `feh`, `teff`, `correlation`.
    """
    solar = templates["source"] == SOLAR
    feh = np.where(solar, 0.0, templates["feh"])
    used = np.isin(templates["spt"], list(TEFF_OF_TYPE)) & np.isfinite(feh)
    inside = (templates["wave"] >= wave_min) & (templates["wave"] <= wave_max)
    wavelength = templates["wave"][inside].astype(float)
    spt, feh = templates["spt"][used], feh[used]
    teff = np.array([TEFF_OF_TYPE[name] for name in spt], dtype=float)
    logg = LOGG_AT_4000 + LOGG_PER_KELVIN * (teff - 4000)
    still = np.zeros(len(teff))
    model = stellar_spectrum.spectra(wavelength, teff, logg, feh, still, still)
    real = templates["flux"][used][:, inside].astype(float)
    simulated = np.array([_normalised(wavelength, row, continuum) for row in model])
    template = np.array([_normalised(wavelength, row, continuum) for row in real])
    return {
        "wavelength": wavelength, "simulated": simulated, "template": template,
        "source": templates["source"][used], "spt": spt, "feh": feh, "teff": teff,
        "correlation": np.array(list(map(_correlation, simulated, template))),
    }  # fmt: skip


def _normalised(wavelength, flux, continuum):
    """Normalise a spectrum without noise; NaN where it has no flux."""
    good = np.isfinite(flux)
    ivar = np.where(good, (1e3 / np.nanmedian(flux)) ** 2, 0.0)
    flux, ivar, _ = normalise(wavelength, np.where(good, flux, 0.0), ivar, continuum)
    return np.where(ivar > 0, flux, np.nan)


def _correlation(a, b):
    """Pearson's coefficient over the pixels that both have."""
    both = np.isfinite(a) & np.isfinite(b)
    return np.corrcoef(a[both], b[both])[0, 1]
