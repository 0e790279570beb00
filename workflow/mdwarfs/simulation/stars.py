"""Simulated stars without a place: labels, structure, absolute magnitudes."""

import numpy as np
from astropy.table import Table
from scipy.stats import norm

from mdwarfs.labels import LABELS
from mdwarfs.simulation import main_sequence
from mdwarfs.simulation.streams import redraw

# Metallicity (scale of Niu+2023): the thin disc and a few per cent of thick disc.
THIN, THICK, THICK_FRACTION = (-0.01, 0.20), (-0.40, 0.15), 0.02
M_TEFF = (3480.0, 142.0)
# Of all but a few stars, and of all. The few, half of them at either end, are those
# beyond the usable range of Table 1; they crowd at the ends of the full range, which a
# training sample of 870 would else not reach.
FEH_CORE, FEH_RANGE = (-0.47, 0.44), (-0.90, 0.54)
M_TEFF_CORE, M_TEFF_RANGE = (3130.0, 3880.0), (2900.0, 4200.0)
FEH_TAILS, M_TEFF_TAILS = 0.014, 0.013  # shares of the stars
# No M dwarf is both so cool and so metal-rich as to come within the errors of
# measurement of criterion 3: it is put as far on the warm side of the mean.
RED_EDGE_TEFF, RED_EDGE_FEH = 3200.0, 0.25
FGK_TEFF, FGK_TEFF_RANGE = (5550.0, 560.0), (4250.0, 6750.0)
LOGG_SCATTER, LOGG_RANGE = 0.035, (4.40, 5.10)
# Beyond the core of Teff, log g differs from the sequence's by up to so much [dex].
LOGG_OF_COOL, LOGG_OF_HOT = 0.12, -0.30
COLOUR_SCATTER, MAGNITUDE_SCATTER = 0.03, 0.06  # of the main sequence [mag]

ABUNDANCES = tuple(x for x in LABELS if LABELS[x].abundance and x != "feh")
"""What a star has in common with its companion; `feh` follows from `feh_niu`."""
MAGNITUDES = ("g", "bp", "rp", "j", "h", "ks")


def m_dwarfs(
    kind: str,
    n: int,
    rng: np.random.Generator,
    abundances: Table | dict[str, np.ndarray] | None = None,
    teff: np.ndarray | None = None,
) -> Table:
    """Draw M dwarfs.

    Parameters
    ----------
    kind
        What the truth table calls them.
    abundances
        `ABUNDANCES`, where they are given, as by a table of companions [dex].
    teff : [K], shape (n,)

    Returns
    -------
    stars
        `kind`, `injected` (empty), `teff`, `logg`, `ABUNDANCES`, `mass`, `radius`,
        `halpha_ew` (emission, Angstrom), `m_g` to `m_ks`.
    """
    if abundances is None:
        abundances = _abundances(n, rng)
    feh_niu = np.asarray(abundances["feh_niu"])
    if teff is None:
        teff = redraw(n, lambda k: rng.normal(*M_TEFF, k), M_TEFF_CORE)
        _fill_tails(teff, M_TEFF_TAILS, M_TEFF_CORE, M_TEFF_RANGE, rng)
        red = (teff < RED_EDGE_TEFF) & (feh_niu > RED_EDGE_FEH)
        teff[red] = 2 * M_TEFF[0] - teff[red]
    colour = COLOUR_SCATTER * redraw(n, rng.standard_normal, (-2, 2))
    magnitudes = main_sequence.m_dwarf(teff, feh_niu, colour)
    mass, radius, logg = main_sequence.m_dwarf_structure(magnitudes.ks)
    logg = logg + rng.normal(0, LOGG_SCATTER, n)
    cool, hot = teff < M_TEFF_CORE[0], teff > M_TEFF_CORE[1]
    logg += np.sqrt(rng.random(n)) * (LOGG_OF_COOL * cool + LOGG_OF_HOT * hot)
    logg = np.clip(logg, *LOGG_RANGE)
    active = rng.random(n) < 0.55 / (1 + np.exp((np.asarray(teff) - 3250) / 90))
    stars = _table(kind, magnitudes, teff, logg, abundances, mass, radius)
    stars["halpha_ew"] = np.where(active, rng.lognormal(np.log(3.0), 0.5, n), 0.0)
    brighten(stars, MAGNITUDE_SCATTER * redraw(n, rng.standard_normal, (-2, 2)))
    return stars


def fgk_dwarfs(
    kind: str,
    n: int,
    rng: np.random.Generator,
    abundances: Table | dict[str, np.ndarray] | None = None,
    teff: np.ndarray | None = None,
) -> Table:
    """Draw F, G and K dwarfs; as `m_dwarfs`."""
    if abundances is None:
        abundances = _abundances(n, rng)
    feh_niu = np.asarray(abundances["feh_niu"])
    if teff is None:
        teff = redraw(n, lambda k: rng.normal(*FGK_TEFF, k), FGK_TEFF_RANGE)
    magnitudes = main_sequence.fgk_dwarf(teff, feh_niu)
    mass, radius, logg = main_sequence.fgk_dwarf_structure(teff, feh_niu)
    logg = logg + rng.normal(0, 0.03, n)
    stars = _table(kind, magnitudes, teff, logg, abundances, mass, radius)
    stars["halpha_ew"] = 0.0
    return stars


def brighten(stars: Table, magnitude: np.ndarray) -> None:
    """Make stars brighter in all bands, in place, by so many magnitudes."""
    for band in MAGNITUDES:
        stars[f"m_{band}"] -= magnitude


def _fill_tails(values, share, core, full, rng):
    """Put a share of the values beyond the core, crowded at the ends; in place."""
    odd = rng.permutation(len(values))[: round(share * len(values))]
    inward = rng.random(len(odd)) ** 6
    below = np.arange(len(odd)) % 2 == 0
    low, high = (
        full[0] + inward * (core[0] - full[0]),
        full[1] - inward * (full[1] - core[1]),
    )
    values[odd] = np.where(below, low, high)


def mean_alpha_m(feh: np.ndarray) -> np.ndarray:
    """Mean [alpha/M] of the stars of some [Fe/H] [dex]."""
    return 0.02 - 0.14 * feh


def mean_feh(low: float, high: float) -> float:
    """Mean [Fe/H] of the stars between two values, before ranges are imposed [dex]."""
    share, moment = 0.0, 0.0
    for (mean, sigma), fraction in (
        (THIN, 1 - THICK_FRACTION),
        (THICK, THICK_FRACTION),
    ):
        law = norm(mean, sigma)
        inside = law.cdf(high) - law.cdf(low)
        share += fraction * inside
        moment += fraction * (mean * inside + sigma**2 * (law.pdf(low) - law.pdf(high)))
    return moment / share


def _abundances(n, rng):
    """`ABUNDANCES`: [Fe/H] on the scale of Niu+2023; [alpha/M], which falls with it."""

    def disc(k):
        thick = rng.random(k) < THICK_FRACTION
        return np.where(thick, rng.normal(*THICK, k), rng.normal(*THIN, k))

    feh = redraw(n, disc, FEH_CORE)
    _fill_tails(feh, FEH_TAILS, FEH_CORE, FEH_RANGE, rng)
    alpha = mean_alpha_m(feh) + rng.normal(0, 0.035, n)
    return {"feh_niu": feh, "alpha_m": np.clip(alpha, -0.15, 0.35)}


def of_sun(feh_niu: np.ndarray) -> dict:
    """`ABUNDANCES` in the proportions of the Sun."""
    return {x: np.zeros(len(feh_niu)) for x in ABUNDANCES} | {"feh_niu": feh_niu}


def _table(kind, magnitudes, teff, logg, abundances, mass, radius):
    """Stars without a place."""
    stars = Table()
    stars["kind"] = np.full(len(teff), kind, "U16")
    stars["injected"] = np.full(len(teff), "", "U16")
    stars["teff"], stars["logg"] = np.asarray(teff), logg
    for name in ABUNDANCES:
        stars[name] = np.asarray(abundances[name])
    stars["mass"], stars["radius"] = mass, radius
    for band in MAGNITUDES:
        stars[f"m_{band}"] = getattr(magnitudes, band)
    return stars
