"""Compare simulated spectra with those of real M dwarfs, type by type."""

import numpy as np
from astropy.table import Table

from mdwarfs.simulation import galaxy, stars, stellar_spectrum
from mdwarfs.spectra.templates import SOLAR, normalised
from mdwarfs.statistics import robust_std
from mdwarfs.tables.tabulate import annotate

# Temperature of a spectral type: Pecaut & Mamajek (2013, ApJS 208, 9), table 5 and its
# later additions [K].
TEFF_OF_TYPE = {
    "M0": 3850, "M1": 3660, "M2": 3560, "M3": 3430,
    "M4": 3210, "M5": 3060, "M6": 2810, "M7": 2680,
}  # fmt: skip
# Gravity of the main sequence, to which the model was fitted; near Mann+2015.
LOGG_AT_4000, LOGG_PER_KELVIN = 4.62, -0.52e-3


DESCRIBED = {
    "spt": ("", "Spectral type of the template"),
    "source": ("", "Set that the template is from"),
    "feh_low": ("dex", "Beginning of its bin of [Fe/H]"),
    "feh_high": ("dex", "End of its bin of [Fe/H]"),
    "teff": ("K", "Effective temperature of the simulated star: that of the type"),
    "feh": (
        "dex",
        "[Fe/H] of the simulated star: mean of the simulated disc in the bin",
    ),
    "alpha_m": ("dex", "[alpha/M] of the simulated star: mean at that [Fe/H]"),
    "correlation": ("", "Correlation of the two normalised spectra"),
    "limit": ("", "What the noise of the template alone would leave of one"),
}


SPECTRA = {
    "spt": ("", "Spectral type of the template"),
    "source": ("", "Set that the template is from"),
    "wavelength": ("Angstrom", "In vacuum"),
    "simulated": ("", "Normalised flux of the simulated star"),
    "template": ("", "Normalised flux of the template"),
}


def compare(
    templates: dict[str, np.ndarray],
    wave_min: float,
    wave_max: float,
    continuum: dict[str, float],
) -> dict[str, np.ndarray]:
    """Normalised template and simulated spectra of the same type and metallicity.

    A template is a mean of the stars in a bin of [Fe/H]. It is compared with the
    simulated star of the mean [Fe/H] and [alpha/M] that the simulated disc has in that
    bin: stars crowd at its end towards the sun's metallicity. Templates of a type
    outside M0-M7 are left out; so are those whose bin is open, except those of
    Bochanski+2007, which are taken for solar.

    Parameters
    ----------
    templates
        From `mdwarfs.spectra.templates.read`.
    wave_min, wave_max
        Range that is normalised and compared [Angstrom].
    continuum
        Settings of `mdwarfs.spectra.continuum.normalise`.

    Returns
    -------
    entries
        `wavelength` (p,), `simulated` and `template` (m, p; NaN where the template has
        no flux), and per row `source`, `spt`, `feh_low`, `feh_high`, `feh`, `alpha_m`,
        `teff`, `correlation` and `limit`, which noise alone would leave of one.
    """
    solar = templates["source"] == SOLAR
    low, high = (
        np.where(solar, 0.0, templates[name].astype(float))
        for name in ("feh_lo", "feh_hi")
    )
    used = np.isin(templates["spt"], list(TEFF_OF_TYPE)) & np.isfinite(low + high)
    solar, low, high = solar[used], low[used], high[used]
    inside = (templates["wave"] >= wave_min) & (templates["wave"] <= wave_max)
    wavelength = templates["wave"][inside].astype(float)
    spt = templates["spt"][used]
    feh = np.array(
        [0.0 if a == b else galaxy.mean_feh(a, b) for a, b in zip(low, high)]
    )
    alpha_m = np.where(solar, 0.0, stars.mean_alpha_m(feh))
    teff = np.array([TEFF_OF_TYPE[name] for name in spt], dtype=float)
    logg = LOGG_AT_4000 + LOGG_PER_KELVIN * (teff - 4000)
    still = np.zeros(len(teff))
    model = stellar_spectrum.spectra(wavelength, teff, logg, feh, alpha_m, still)
    real = templates["flux"][used][:, inside].astype(float)
    simulated = np.array([normalised(wavelength, row, continuum) for row in model])
    template = np.array([normalised(wavelength, row, continuum) for row in real])
    return {
        "wavelength": wavelength, "simulated": simulated, "template": template,
        "source": templates["source"][used], "spt": spt, "feh_low": low,
        "feh_high": high, "feh": feh, "alpha_m": alpha_m, "teff": teff,
        "correlation": np.array(list(map(_correlation, simulated, template))),
        "limit": np.array(list(map(_limit, template))),
    }  # fmt: skip


def table(compared: dict) -> Table:
    """The comparison in numbers: a row per template.

    Parameters
    ----------
    compared
        From `compare`.
    """
    return annotate(Table({name: compared[name] for name in DESCRIBED}), DESCRIBED)


def spectra(compared: dict) -> Table:
    """The spectra that were compared: a row per template, in the order of `table`.

    Parameters
    ----------
    compared
        From `compare`.

    Returns
    -------
    table
        `SPECTRA`; wavelength and fluxes are arrays of the same length in every row.
    """
    columns = {name: compared[name] for name in SPECTRA}
    columns["wavelength"] = np.tile(compared["wavelength"], (len(compared["spt"]), 1))
    return annotate(Table(columns), SPECTRA)


def _correlation(a, b):
    """Pearson's coefficient over the pixels that both have."""
    both = np.isfinite(a) & np.isfinite(b)
    return np.corrcoef(a[both], b[both])[0, 1]


def _limit(template):
    """Correlation of a noisy spectrum with itself without noise.

    The noise is that of second differences from pixel to pixel; what of these is the
    star's makes the limit too low.
    """
    curvature = np.diff(template, 2)
    noise = robust_std(curvature[np.isfinite(curvature)]) / np.sqrt(6)
    return np.sqrt(max(0.0, 1 - noise**2 / np.nanvar(template)))
