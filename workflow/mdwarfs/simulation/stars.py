"""Simulated stars without a place: labels, structure, absolute magnitudes."""

import numpy as np
from astropy.table import Table

from mdwarfs.simulation import main_sequence
from mdwarfs.simulation.streams import redraw

# Metallicity (scale of Niu+2023): the thin disc and a few per cent of thick disc.
FEH_RANGE = (-0.92, 0.50)
THIN, THICK, THICK_FRACTION = (-0.01, 0.20), (-0.40, 0.15), 0.025
# Temperatures: about 1 % of the M dwarfs lie outside 3100-3900 K, as in Table 1.
M_TEFF, M_TEFF_RANGE, TAIL_FRACTION = (3480.0, 150.0), (2900.0, 4200.0), 0.006
FGK_TEFF, FGK_TEFF_RANGE = (5550.0, 560.0), (4250.0, 6750.0)
LOGG_SCATTER, LOGG_RANGE = 0.045, (4.40, 5.10)
COLOUR_SCATTER, MAGNITUDE_SCATTER = 0.03, 0.06  # of the main sequence [mag]

MAGNITUDES = ("g", "bp", "rp", "j", "h", "ks")


def m_dwarfs(kind, n, rng, feh_niu=None, alpha_m=None, teff=None):
    """Draw M dwarfs.

    Parameters
    ----------
    kind : str
        What the truth table calls them.
    n : int
    rng : numpy.random.Generator
    feh_niu, alpha_m : ndarray of float, shape (n,), optional
        Abundances, where they are those of a companion [dex].
    teff : ndarray of float, shape (n,), optional
        [K]

    Returns
    -------
    astropy.table.Table
        `kind`, `injected` (empty), `teff`, `logg`, `feh_niu`, `alpha_m`, `mass`,
        `radius`, `halpha_ew` (emission, Angstrom), `m_g` to `m_ks`.
    """
    if feh_niu is None:
        feh_niu, alpha_m = _abundances(n, rng)
    if teff is None:
        teff = redraw(n, lambda k: _m_teff(k, rng), M_TEFF_RANGE)
    colour = COLOUR_SCATTER * redraw(n, rng.standard_normal, (-2, 2))
    magnitudes = main_sequence.m_dwarf(teff, feh_niu, colour)
    mass, radius, logg = main_sequence.m_dwarf_structure(magnitudes.ks)
    logg = np.clip(logg + rng.normal(0, LOGG_SCATTER, n), *LOGG_RANGE)
    active = rng.random(n) < 0.55 / (1 + np.exp((np.asarray(teff) - 3250) / 90))
    stars = _table(kind, magnitudes, teff, logg, feh_niu, alpha_m, mass, radius)
    stars["halpha_ew"] = np.where(active, rng.lognormal(np.log(3.0), 0.5, n), 0.0)
    brighten(stars, MAGNITUDE_SCATTER * redraw(n, rng.standard_normal, (-2, 2)))
    return stars


def fgk_dwarfs(kind, n, rng, feh_niu=None, alpha_m=None, teff=None):
    """Draw F, G and K dwarfs; as `m_dwarfs`."""
    if feh_niu is None:
        feh_niu, alpha_m = _abundances(n, rng)
    if teff is None:
        teff = redraw(n, lambda k: rng.normal(*FGK_TEFF, k), FGK_TEFF_RANGE)
    magnitudes = main_sequence.fgk_dwarf(teff, feh_niu)
    mass, radius, logg = main_sequence.fgk_dwarf_structure(teff, feh_niu)
    logg = logg + rng.normal(0, 0.03, n)
    stars = _table(kind, magnitudes, teff, logg, feh_niu, alpha_m, mass, radius)
    stars["halpha_ew"] = 0.0
    return stars


def brighten(stars, magnitude):
    """Make stars brighter in all bands, in place, by so many magnitudes."""
    for band in MAGNITUDES:
        stars[f"m_{band}"] -= magnitude


def _m_teff(n, rng):
    """Temperatures of M dwarfs, with a few anywhere in the range [K]."""
    anywhere = rng.random(n) < TAIL_FRACTION
    return np.where(anywhere, rng.uniform(*M_TEFF_RANGE, n), rng.normal(*M_TEFF, n))


def _abundances(n, rng):
    """[Fe/H] on the scale of Niu+2023, and [alpha/M], which falls with it."""

    def disc(k):
        thick = rng.random(k) < THICK_FRACTION
        return np.where(thick, rng.normal(*THICK, k), rng.normal(*THIN, k))

    feh = redraw(n, disc, FEH_RANGE)
    alpha = 0.02 - 0.14 * feh + rng.normal(0, 0.035, n)
    return feh, np.clip(alpha, -0.15, 0.35)


def _table(kind, magnitudes, teff, logg, feh_niu, alpha_m, mass, radius):
    """Stars without a place."""
    stars = Table()
    stars["kind"] = np.full(len(teff), kind, "U16")
    stars["injected"] = np.full(len(teff), "", "U16")
    stars["teff"], stars["logg"] = np.asarray(teff), logg
    stars["feh_niu"], stars["alpha_m"] = np.asarray(feh_niu), np.asarray(alpha_m)
    stars["mass"], stars["radius"] = mass, radius
    for band in MAGNITUDES:
        stars[f"m_{band}"] = getattr(magnitudes, band)
    return stars
