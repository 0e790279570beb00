"""Single stars of the simulated survey: dwarfs, and what BOSS takes for M dwarfs."""

from collections.abc import Callable
from functools import partial

import numpy as np
from astropy.table import Table

from mdwarfs.simulation import galaxy, main_sequence, photometry
from mdwarfs.simulation.placement import (
    BOSS_DEC,
    DISTANCE_MAX,
    LAMOST_DEC,
    distance_in_reach,
    place,
)
from mdwarfs.simulation.selection import (
    BRIGHTEST,
    CLEAR,
    criteria_margins,
    draw_until,
    fails,
    meets_criteria,
)
from mdwarfs.simulation.stars import brighten, fgk_dwarfs, m_dwarfs
from mdwarfs.simulation.streams import redraw

BEYOND_THE_MAP_DEC = (-80.0, -34.0)
LOST = "criterion_3"  # what is wrong with sound M dwarfs that criterion 3 removes

# The red giant branch, from its foot to its tip, where TiO dims G: M_G, log g and Teff
# at some (BP-RP)_0; and its width by age and metallicity [mag].
GIANT_BP_RP = (1.20, 1.40, 1.60, 1.90, 2.30, 3.00, 4.00)
GIANT_M_G = (1.20, 0.00, -0.90, -1.60, -2.00, -2.10, -1.70)
GIANT_LOGG = (2.5, 1.9, 1.4, 1.0, 0.7, 0.4, 0.2)
GIANT_TEFF = (4350.0, 4100.0, 3920.0, 3750.0, 3600.0, 3450.0, 3250.0)
GIANT_WIDTH = 0.55
GIANT_COLOUR = (1.35, 2.5, 0.16)  # the bluest, and a gamma law (shape, scale) [mag]
GIANT_TEFF_SCATTER, GIANT_LOGG_SCATTER = 40, 0.2  # about the branch [K], [dex]
GIANT_DISTANCE, GIANT_LATITUDE = (900, 3000), 25  # [pc]; out of the plane, least [deg]

BRIGHT_G = (12.5, 14.0)  # of giants and hot stars at the farthest [mag]
FGK_DISTANCE, WHITE_DWARF_DISTANCE = 350.0, 60.0  # medians [pc]
DISTANCE_SCATTER = 0.3  # of the logarithm

HOT_TEFF = (4300.0, 4800.0, 6700.0)  # least, most frequent, largest [K]
EVOLVED = 0.25  # mean brightness above the main sequence [mag]
WHITE_DWARF_BP_RP = (0.45, 0.40)  # mean, scatter [mag]
WHITE_DWARF_M_G = (11.6, 2.9, 0.3)  # at colour 0, per magnitude of colour, scatter
WHITE_DWARF_TEFF, WHITE_DWARF_LOGG = (5300, 6700), (8.0, 0.1)  # range [K]; law [dex]
WITH_M_DWARF, WITH_TEFF = 0.7, (2850, 3300)  # share of the white dwarfs; its Teff [K]
OVERLUMINOUS_BY = (0.6, 0.7, 2.8)  # above the main sequence: least, scale, most [mag]
YOUNG_TEFF = (3280.0, 190.0)  # mean, scatter [K]
BINARY_BY = (0.30, 0.75)  # above the main sequence; equal components: 0.75 [mag]


def singles(
    kind: str,
    n: int,
    rng: np.random.Generator,
    dec: tuple[float, ...] = BOSS_DEC,
    injected: str = "",
    brighter: tuple[float, ...] = (0.0, 0.0),
    keep: Callable[[Table], np.ndarray] = meets_criteria,
) -> Table:
    """Draw single M dwarfs, or what looks like one, as they are observed.

    Parameters
    ----------
    kind
        What the truth table calls them.
    dec
        Range of declination [deg].
    injected
        What is wrong with them.
    brighter
        Range of the brightness above the main sequence [mag].
    keep
        Which of them are wanted.

    Returns
    -------
    table
        As `mdwarfs.simulation.placement.place` and `photometry.observe` leave it.
    """
    make = partial(_m_dwarfs, kind, rng, dec, injected, brighter, galaxy.DISC)
    (stars,), _ = draw_until(n, make, keep)
    return stars


def field_dwarfs(kind: str, n: int, rng: np.random.Generator) -> Table:
    """Draw single M dwarfs of the whole Galaxy that meet all criteria; as `singles`."""
    return _of_the_galaxy(kind, n, rng)[0]


def lost_dwarfs(kind: str, n: int, rng: np.random.Generator) -> Table:
    """Draw the sound M dwarfs that criterion 3 removes beside n that it keeps."""
    stars = _of_the_galaxy(kind, n, rng)[1]
    stars = stars[fails(3)(stars)]
    stars["injected"] = LOST
    return stars


def _of_the_galaxy(kind, n, rng):
    """n M dwarfs that meet all criteria, and those that were drawn with them."""
    make = partial(_m_dwarfs, kind, rng, BOSS_DEC, "", (0.0, 0.0), galaxy.EVERY)
    (stars,), (others,) = draw_until(n, make, meets_criteria)
    return stars, others


def fgk_singles(kind: str, n: int, rng: np.random.Generator) -> Table:
    """Draw single F, G and K dwarfs; as `singles`."""
    stars = fgk_dwarfs(kind, n, rng)
    distance = FGK_DISTANCE * rng.lognormal(0, DISTANCE_SCATTER, n)
    return _seen(place(stars, distance, LAMOST_DEC, rng), rng)


def _seen(stars, rng):
    """The same stars, with what Gaia and 2MASS measure of them."""
    photometry.observe(stars, rng)
    return stars


def _m_dwarfs(kind, rng, dec, injected, brighter, among, n):
    """One draw of single M dwarfs."""
    stars = m_dwarfs(kind, n, rng, among=among)
    brighten(stars, rng.uniform(*brighter, n))
    distance = distance_in_reach(stars, rng)
    return (_seen(place(stars, distance, dec, rng, injected), rng),)


def _failing(number, make):
    """A function that draws stars which fail a criterion, and none before it."""

    def draw(kind, n, rng):
        (stars,), _ = draw_until(n, lambda k: (make(kind, k, rng),), fails(number))
        return stars

    return draw


def _giants(kind, n, rng):
    """M giants out of the plane."""
    bluest, *law = GIANT_COLOUR
    colour = np.minimum(bluest + rng.gamma(*law, n), GIANT_BP_RP[-1])
    teff = np.interp(colour, GIANT_BP_RP, GIANT_TEFF)
    teff = teff + rng.normal(0, GIANT_TEFF_SCATTER, n)
    stars = m_dwarfs(kind, n, rng, teff=teff)
    m_g = np.interp(colour, GIANT_BP_RP, GIANT_M_G) + rng.normal(0, GIANT_WIDTH, n)
    brighten(stars, stars["m_g"] - m_g)
    _recolour(stars, colour, main_sequence.g_rp(colour))
    logg = np.interp(colour, GIANT_BP_RP, GIANT_LOGG)
    stars["logg"] = logg + rng.normal(0, GIANT_LOGG_SCATTER, n)
    distance = np.minimum(
        rng.uniform(*GIANT_DISTANCE, n), _distance_of_bright(stars, rng)
    )
    stars = place(
        stars, distance, BOSS_DEC, rng, "criterion_1", latitude_min=GIANT_LATITUDE
    )
    return _seen(stars, rng)


def _hot_stars(kind, n, rng):
    """F to K dwarfs brighter than every M dwarf, some of them about to leave."""
    stars = fgk_dwarfs(kind, n, rng, teff=rng.triangular(*HOT_TEFF, n))
    brighten(stars, rng.exponential(EVOLVED, n))
    distance = np.minimum(_distance_of_bright(stars, rng), DISTANCE_MAX)
    return _seen(place(stars, distance, LAMOST_DEC, rng, "criterion_1"), rng)


def _white_dwarfs(kind, n, rng):
    """White dwarfs, most of them with an M dwarf that lifts them towards the others."""
    stars = fgk_dwarfs(kind, n, rng, teff=rng.uniform(*WHITE_DWARF_TEFF, n))
    colour = rng.normal(*WHITE_DWARF_BP_RP, n)
    level, slope, scatter = WHITE_DWARF_M_G
    brighten(stars, stars["m_g"] - level - slope * colour - rng.normal(0, scatter, n))
    _recolour(stars, colour, 0.55 * colour)
    companion = m_dwarfs(kind, n, rng, teff=rng.uniform(*WITH_TEFF, n))
    with_one = rng.random(n) < WITH_M_DWARF
    for band in ("g", "bp", "rp"):
        own, other = (np.asarray(x[f"m_{band}"]) for x in (stars, companion))
        both = -2.5 * np.log10(10 ** (-0.4 * own) + 10 ** (-0.4 * other))
        stars[f"m_{band}"] = np.where(with_one, both, own)
    stars["logg"] = rng.normal(*WHITE_DWARF_LOGG, n)
    distance = WHITE_DWARF_DISTANCE * rng.lognormal(0, DISTANCE_SCATTER, n)
    return _seen(place(stars, distance, LAMOST_DEC, rng, "criterion_2"), rng)


def _overluminous(kind, n, rng):
    """Pre-main-sequence stars and multiple systems above the line of criterion 3."""
    teff = redraw(n, lambda k: rng.normal(*YOUNG_TEFF, k), (2850, 4200))
    stars = m_dwarfs(kind, n, rng, teff=teff)
    least, scale, most = OVERLUMINOUS_BY
    beyond = redraw(n, lambda k: rng.exponential(scale, k), (0, most - least))
    # What would be brighter than criterion 1 allows is not kept, but has to be placed.
    brighter = np.minimum(least + beyond, stars["m_g"] - (BRIGHTEST - 1))
    brighten(stars, brighter)
    stars["logg"] -= 0.25 * brighter
    distance = distance_in_reach(stars, rng)
    return _seen(place(stars, distance, BOSS_DEC, rng, "criterion_3"), rng)


def _on_either_side(stars):
    """Which stars meet criteria 1 and 2, and clearly meet or fail criterion 3."""
    margin = criteria_margins(stars)
    return np.all(margin[:2] > CLEAR, axis=0) & (np.abs(margin[2]) > CLEAR)


# Unresolved binaries of similar stars are mostly too close to the sequence for
# criterion 3, which honestly keeps them. Their spectra are those of a single dwarf, the
# brighter component: of two that differ little the sum looks the same.
CONTAMINANTS = {
    "giant": _failing(1, _giants),
    "hot_star": _failing(1, _hot_stars),
    "white_dwarf": _failing(2, _white_dwarfs),
    "overluminous": _failing(3, _overluminous),
    "bad_ruwe": partial(singles, injected="criterion_4"),
    "no_parallax": partial(singles, injected="no_parallax"),
    "no_gaia": partial(singles, injected="no_gaia"),
    "no_colour": partial(singles, injected="no_colour"),
    "no_dust": partial(singles, dec=BEYOND_THE_MAP_DEC, injected="no_dust"),
    "binary": partial(
        singles, injected="unresolved", brighter=BINARY_BY, keep=_on_either_side
    ),
}


def _distance_of_bright(stars, rng):
    """Distances at which the stars would be bright without extinction [pc]."""
    g = rng.uniform(*BRIGHT_G, len(stars))
    return 10 ** ((g - np.asarray(stars["m_g"])) / 5 + 1)


def _recolour(stars, bp_rp, g_rp):
    """Give stars other Gaia colours at their M_G, without a companion, in place."""
    stars["m_rp"] = stars["m_g"] - g_rp
    stars["m_bp"] = stars["m_rp"] + bp_rp
    stars["companion_teff"] = 0.0
