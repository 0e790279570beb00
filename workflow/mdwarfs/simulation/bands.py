"""The absorption features of M dwarfs: molecular bands and atomic lines.

`bands.tsv` lists one feature a row: the species, the kind ("red" and "violet" are bands
degraded that way, "line" is an atomic line), the wavelength of the band head or of the
line in vacuum [Angstrom], the width (decay length of a band, Lorentz half width of a
line [Angstrom]), the natural logarithm of the optical depth at the head or in the core
for the reference labels below, and how much that grows per unit of 5040 K / Teff beyond
the growth of its species.

Band heads were identified with the lists of Kirkpatrick+1991 (ApJS 77, 417) and
Valenti+1998 (ApJ 498, 851), lines with the NIST Atomic Spectra Database; "metal" are
lines of other elements. Strengths, widths, temperature terms and small shifts of the
blended heads were fitted to the spectra of types K7 to M7 of Bochanski+2007 (AJ 133,
531) and Kesseli+2017 (ApJS 230, 16; the two bins next to solar metallicity), with the
temperatures of Pecaut & Mamajek (2013, ApJS 208, 9) for the types. The TiO bands of
6640-6920 A were kept narrow in the fit, so that the broad absorption from 6750 A on
is that of CaH: spectra of solar metallicity alone cannot tell the two apart. The two
bands beyond 9700 A, where those spectra end, were added by hand.

Those spectra say little about what metallicity and gravity do at a fixed temperature.
The exponents were chosen: TiO, VO and CaOH need two metals, atomic lines one, the
hydrides profit from the higher pressure of metal-poor atmospheres, and the alkalis and
hydrides from gravity. With them TiO against CaH changes with [Fe/H] as the index zeta
does (Lepine+2007; Mann+2013).
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from astropy.table import Table
from scipy.special import erfcx, wofz

TEFF_REF, LOGG_REF, FEH_REF, ALPHA_M_REF = 3500.0, 4.8, 0.0, 0.0
RESOLUTION = 2000.0
"""Wavelength over the full width at half maximum of an unresolved line."""
FWHM_PER_SIGMA = np.sqrt(8 * np.log(2))


@dataclass(frozen=True)
class Species:
    """How the optical depth of a molecule or an element depends on the labels.

    Attributes
    ----------
    theta, theta2
        Linear and quadratic coefficient of ln(optical depth) in theta, which is
        5040 K / Teff less its value for `TEFF_REF`. Fitted.
    feh, alpha_m, logg
        Change of log10(optical depth) per dex. Chosen.
    """

    theta: float
    theta2: float
    feh: float
    alpha_m: float
    logg: float


SPECIES = {
    # name: theta, theta2, feh, alpha_m, logg
    "TiO": Species(7.99, -7.69, 0.65, 0.80, 0.00),
    "VO": Species(5.32, -1.09, 0.60, 0.30, 0.00),
    "CaH": Species(3.27, -5.64, 0.05, 0.10, 0.40),
    "CaOH": Species(4.97, -1.23, 0.60, 0.70, 0.20),
    "FeH": Species(3.32, 0.68, 0.50, 0.00, 0.20),
    "MgH": Species(2.17, 0.80, 0.10, 0.20, 0.35),
    "Na": Species(0.39, -1.25, 0.50, 0.00, 0.35),
    "K": Species(3.32, 0.27, 0.50, 0.00, 0.30),
    "Ca": Species(-1.52, -3.06, 0.50, 0.40, 0.15),
    "CaII": Species(-2.19, -3.36, 0.45, 0.35, -0.20),
    "Fe": Species(-1.75, 2.47, 0.50, 0.00, 0.05),
    "Ti": Species(0.17, 0.01, 0.45, 0.35, 0.00),
    "metal": Species(-0.54, 2.47, 0.50, 0.00, 0.05),
    "Mg": Species(-2.65, 5.22, 0.40, 0.40, 0.20),
}


@cache
def features() -> Table:
    """The rows of `bands.tsv`.

    Returns
    -------
    table
        species, kind, wavelength, width, strength, slope.
    """
    text = (files("mdwarfs.simulation") / "bands.tsv").read_text("utf-8")
    return Table.read(text, format="ascii.tab", comment="#")


def profiles(wavelength: np.ndarray, rows: Table) -> np.ndarray:
    """Optical depth of features, in units of that at the head or in the core.

    A band is a step at its head and an exponential away from it, a line a Lorentz
    profile, both folded with the Gaussian profile of the spectrograph.

    Parameters
    ----------
    wavelength : shape (p,)
        In vacuum [Angstrom].
    rows : length k
        Of `features`.

    Returns
    -------
    shape (k, p)
    """
    kind = np.asarray(rows["kind"])[:, None]
    centre = np.asarray(rows["wavelength"], dtype=float)[:, None]
    width = np.asarray(rows["width"], dtype=float)[:, None]
    sigma = centre / RESOLUTION / FWHM_PER_SIGMA
    direction = np.where(kind == "violet", -1.0, 1.0)
    offset = direction * (wavelength - centre) / sigma
    return np.where(
        kind == "line", _line(offset, width / sigma), _band(offset, sigma / width)
    )


def optical_depths(
    rows: Table,
    teff: np.ndarray,
    logg: np.ndarray,
    feh: np.ndarray,
    alpha_m: np.ndarray,
) -> np.ndarray:
    """Optical depth at the head or in the core of every feature.

    Parameters
    ----------
    rows : length k
        Of `features`.
    teff, logg, feh, alpha_m : shape (n,)
        [K], [dex].

    Returns
    -------
    shape (n, k)
    """
    theta = 5040 / teff - 5040 / TEFF_REF
    kinds = [SPECIES[name] for name in rows["species"]]
    linear, square, of_feh, of_alpha, of_logg = np.array(
        [(s.theta, s.theta2, s.feh, s.alpha_m, s.logg) for s in kinds]
    ).T
    dex = (
        np.outer(feh - FEH_REF, of_feh)
        + np.outer(alpha_m - ALPHA_M_REF, of_alpha)
        + np.outer(logg - LOGG_REF, of_logg)
    )
    return np.exp(
        np.asarray(rows["strength"])
        + np.outer(theta, linear + np.asarray(rows["slope"]))
        + np.outer(theta**2, square)
        + np.log(10) * dex
    )


def pixels_of_profile(km_s_per_pixel: float) -> float:
    """Width (sigma) of the instrument's profile in pixels of constant velocity."""
    return 299792.458 / RESOLUTION / FWHM_PER_SIGMA / km_s_per_pixel


def _band(offset, decay):
    """A step with an exponential tail, folded with a Gaussian of unit width."""
    z = (decay - offset) / np.sqrt(2)
    # Of two forms of the same function each overflows where the other does not.
    head = np.exp(-0.5 * offset**2) * erfcx(np.maximum(z, -5)) / 2
    tail = np.exp(np.minimum(decay**2 / 2 - decay * offset, 0))
    return np.where(z > -5, head, tail)


def _line(offset, lorentz):
    """A Voigt profile with a Gaussian of unit width, 1 in its core."""
    core = wofz(1j * lorentz / np.sqrt(2)).real
    return wofz((offset + 1j * lorentz) / np.sqrt(2)).real / core
