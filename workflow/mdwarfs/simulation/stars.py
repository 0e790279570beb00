"""Simulated stars without a place: labels, structure, absolute magnitudes."""

from functools import partial

import numpy as np
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.labels import LABELS
from mdwarfs.simulation import galaxy, main_sequence
from mdwarfs.simulation.streams import redraw

# Teff of M dwarfs: most stars, and a few in wings that reach to both ends of the range
# without a gap (share, mean, scatter) [K].
M_TEFF = ((0.93, 3470.0, 125.0), (0.07, 3550.0, 290.0))
M_TEFF_RANGE = (2850.0, 4250.0)
FGK_TEFF, FGK_TEFF_RANGE = (5550.0, 560.0), (4250.0, 6750.0)
LOGG_SCATTER, FGK_LOGG_SCATTER = 0.035, 0.03
# Towards both ends of Teff, log g departs from the sequence's more and more: by so many
# dex at so many K beyond the turning point (turning point, K, dex).
LOGG_OF_COOL, LOGG_OF_HOT = (3300.0, -300.0, 0.07), (3750.0, 400.0, -0.25)
ALPHA_SCATTER, ALPHA_REACH = 0.035, 0.15  # about the mean of a metallicity, cut there
# Active stars: largest share, Teff at which it is half of that, width [K]; their
# emission of H alpha: median [Angstrom], scatter of its logarithm.
ACTIVE, HALPHA_EW = (0.55, 3250, 90), (3.0, 0.5)
COLOUR_SCATTER, MAGNITUDE_SCATTER = 0.035, 0.08  # of the main sequence [mag]
# F, G and K dwarfs also differ in age and rotation.
FGK_COLOUR_SCATTER, FGK_MAGNITUDE_SCATTER = 0.03, 0.15  # [mag]
# M dwarfs that are brighter than the main sequence by more than an equal companion
# makes them (young stars, multiples): least, most frequent and largest brightness
# [mag]; share at some [Fe/H], at the most frequent Teff; that Teff, the width about it,
# and the part of the share that is left far from it. They are what criterion 3 costs of
# the 14,828 stars of Birky+2020, table 6: 15 to 19 per cent above 0.2 dex, 25 above
# 0.1 dex at 3400 to 3600 K, 6 below 0.
BRIGHT_BY, LOGG_PER_MAGNITUDE = (0.4, 1.1, 4.0), -0.04
BRIGHT_FEH, BRIGHT_SHARE = (-0.6, -0.1, 0.0, 0.2), (0.09, 0.21, 0.26, 0.43)
BRIGHT_TEFF, BRIGHT_WIDTH, BRIGHT_FAR = 3500.0, 75.0, 0.05
COMPANION_SHARE = 0.20  # M dwarfs with a cooler star that nobody has resolved
COMPANION_TEFF_MIN = 2800.0

ABUNDANCES = tuple(x for x in LABELS if LABELS[x].abundance and x != "feh")
"""What a star has in common with its companion; `feh` follows from `feh_niu`."""
MAGNITUDES = ("g", "bp", "rp", "j", "h", "ks")


def m_dwarfs(
    kind: str,
    n: int,
    rng: np.random.Generator,
    abundances: Table | dict[str, np.ndarray] | None = None,
    teff: np.ndarray | None = None,
    among: tuple[str, ...] = galaxy.DISC,
) -> Table:
    """Draw M dwarfs.

    Parameters
    ----------
    kind
        What the truth table calls them.
    abundances
        `ABUNDANCES` [dex] and `population`, where they are given, as by a table of
        companions.
    teff : [K], shape (n,)
    among
        Components of the Galaxy that the others are of.

    Returns
    -------
    stars
        `kind`, `injected` (empty), `population` (component of the Galaxy), `teff`,
        `logg`, `ABUNDANCES`, `mass`, `radius`, `halpha_ew` (emission, Angstrom),
        `companion_teff` of a star that is not resolved (0: none), whose light is in
        `m_g` to `m_ks`.
    """
    if abundances is None:
        abundances = draw_abundances(n, rng, among)
    feh_niu = np.asarray(abundances["feh_niu"])
    if teff is None:
        teff = redraw(n, lambda k: _mixture(M_TEFF, k, rng), M_TEFF_RANGE)
    colour = COLOUR_SCATTER * rng.standard_normal(n)
    magnitudes = main_sequence.m_dwarf(teff, feh_niu, colour)
    mass, radius, logg = main_sequence.m_dwarf_structure(magnitudes.ks)
    logg = logg + _bend(teff, *LOGG_OF_COOL) + _bend(teff, *LOGG_OF_HOT)
    logg += LOGG_SCATTER * redraw(n, rng.standard_normal, (-3, 3))
    most, half, width = ACTIVE
    active = rng.random(n) < most / (1 + np.exp((np.asarray(teff) - half) / width))
    stars = _table(kind, magnitudes, teff, logg, abundances, mass, radius)
    middle, scatter = HALPHA_EW
    emission = rng.lognormal(np.log(middle), scatter, n)
    stars["halpha_ew"] = np.where(active, emission, 0.0)
    brighten(stars, MAGNITUDE_SCATTER * rng.standard_normal(n))
    brighter = _bright(teff, feh_niu, rng)
    brighten(stars, brighter)
    stars["logg"] += LOGG_PER_MAGNITUDE * brighter
    _accompany(stars, rng)
    return stars


def fgk_dwarfs(
    kind: str,
    n: int,
    rng: np.random.Generator,
    abundances: Table | dict[str, np.ndarray] | None = None,
    teff: np.ndarray | None = None,
    among: tuple[str, ...] = galaxy.DISC,
) -> Table:
    """Draw F, G and K dwarfs; as `m_dwarfs`."""
    if abundances is None:
        abundances = draw_abundances(n, rng, among)
    feh_niu = np.asarray(abundances["feh_niu"])
    if teff is None:
        teff = redraw(n, lambda k: rng.normal(*FGK_TEFF, k), FGK_TEFF_RANGE)
    colour = FGK_COLOUR_SCATTER * rng.standard_normal(n)
    magnitudes = main_sequence.fgk_dwarf(teff, feh_niu, colour)
    mass, radius, logg = main_sequence.fgk_dwarf_structure(teff, feh_niu)
    logg = logg + rng.normal(0, FGK_LOGG_SCATTER, n)
    stars = _table(kind, magnitudes, teff, logg, abundances, mass, radius)
    stars["halpha_ew"], stars["companion_teff"] = 0.0, 0.0
    brighten(stars, FGK_MAGNITUDE_SCATTER * rng.standard_normal(n))
    return stars


def brighten(stars: Table, magnitude: np.ndarray) -> None:
    """Make stars brighter in all bands, in place, by so many magnitudes."""
    for band in MAGNITUDES:
        stars[f"m_{band}"] -= magnitude


def mean_alpha_m(feh: np.ndarray) -> np.ndarray:
    """Mean [alpha/M] of the stars of some [Fe/H] [dex]."""
    return 0.02 - 0.14 * feh


def draw_abundances(
    n: int, rng: np.random.Generator, among: tuple[str, ...]
) -> dict[str, np.ndarray]:
    """Metallicities and the component of the Galaxy of n stars.

    Parameters
    ----------
    among
        Names of `mdwarfs.simulation.galaxy.COMPONENTS`.

    Returns
    -------
    each of shape (n,)
        `population`; `feh_niu` on the scale of Niu+2023 and `alpha_m`, which falls
        with it [dex].
    """
    population = galaxy.choose(n, rng, among)
    feh = np.empty(n)
    for name in among:
        own = population == name
        law = partial(rng.normal, *galaxy.COMPONENTS[name].feh)
        feh[own] = redraw(int(own.sum()), law, galaxy.FEH_RANGE[name])

    def scatter(k):
        return ALPHA_SCATTER * rng.standard_normal(k)

    alpha = mean_alpha_m(feh) + redraw(n, scatter, (-ALPHA_REACH, ALPHA_REACH))
    return {"population": population, "feh_niu": feh, "alpha_m": alpha}


def _mixture(laws, n, rng):
    """Draw from a mixture of normal laws (share, mean, scatter)."""
    share, mean, scatter = np.array(laws).T
    which = rng.choice(len(laws), n, p=share)
    return mean[which] + scatter[which] * rng.standard_normal(n)


def _bend(teff, start, length, size):
    """A parabola from a temperature on, which has a size after some length."""
    return size * np.maximum((np.asarray(teff) - start) / length, 0) ** 2


def _bright(teff, feh, rng):
    """How much brighter than the main sequence stars are: most not at all [mag]."""
    n = len(feh)
    near = np.exp(-0.5 * ((np.asarray(teff) - BRIGHT_TEFF) / BRIGHT_WIDTH) ** 2)
    share = np.interp(feh, BRIGHT_FEH, BRIGHT_SHARE)
    share = share * (BRIGHT_FAR + (1 - BRIGHT_FAR) * near)
    return np.where(rng.random(n) < share, rng.triangular(*BRIGHT_BY, n), 0.0)


def _accompany(stars, rng):
    """Give some stars an unresolved cooler companion of their own metallicity."""
    n = len(stars)
    teff = np.asarray(stars["teff"])
    cooler = rng.uniform(np.minimum(COMPANION_TEFF_MIN, teff), teff)
    has = rng.random(n) < COMPANION_SHARE
    light = main_sequence.m_dwarf(cooler, stars["feh_niu"])
    for band in MAGNITUDES:
        own = np.asarray(stars[f"m_{band}"])
        both = own - 2.5 * np.log10(1 + 10 ** (0.4 * (own - getattr(light, band))))
        stars[f"m_{band}"] = np.where(has, both, own)
    stars["companion_teff"] = np.where(has, cooler, 0.0)


def _table(kind, magnitudes, teff, logg, abundances, mass, radius):
    """Stars without a place."""
    stars = Table()
    stars["kind"] = np.full(len(teff), kind, "U16")
    stars["injected"] = np.full(len(teff), "", "U16")
    stars["teff"], stars["logg"] = np.asarray(teff), logg
    stars["population"] = np.asarray(abundances["population"]).astype("U5")
    known = getattr(abundances, "colnames", abundances)
    for name in ABUNDANCES:
        if name not in known:
            raise InputError(
                f"mdwarfs/simulation/stars.py: draw_abundances has no {name}, which "
                "mdwarfs/labels.py has: a simulated survey needs its true values "
                '(CONTRIBUTING.md, "How to add a label")'
            )
        stars[name] = np.asarray(abundances[name])
    stars["mass"], stars["radius"] = mass, radius
    for band in MAGNITUDES:
        stars[f"m_{band}"] = getattr(magnitudes, band)
    return stars
