"""Single stars of the simulated survey: dwarfs, and what BOSS takes for M dwarfs."""

from functools import partial

import numpy as np
from astropy.table import Table

from mdwarfs.simulation import main_sequence
from mdwarfs.simulation.placement import (
    BOSS_DEC,
    DISTANCE_MAX,
    LAMOST_DEC,
    WELL_MEASURED,
    distance_in_reach,
    place,
)
from mdwarfs.simulation.stars import brighten, fgk_dwarfs, m_dwarfs, of_sun

BEYOND_THE_MAP_DEC = (-80.0, -34.0)

# Where the paper draws the lines of criteria 1 to 3 (section 2.2): least M_G0; slope
# and intercept of the lowest and of the highest M_G0 at a given (BP-RP)_0. What the
# survey holds does not depend on where an analysis draws its own.
BRIGHTEST = 6.0
LOWER_LINE, UPPER_LINE = (3.75, 7.50), (3.28, 0.10)
# Contaminants come as near to their line as this, so that a criterion off by a few
# tenths shows, but no error of measurement brings one across [mag].
NEAR = 0.20

GIANT_M_G, GIANT_LOGG = (-1.5, BRIGHTEST - NEAR), (0.3, 3.6)
HOT_M_G = (2.9, BRIGHTEST - NEAR)
WHITE_DWARF_BELOW = 4.5  # fainter than the line at most [mag]
OVERLUMINOUS_BY = (1.3, 2.9)  # above the main sequence [mag]
BINARY_BY = (0.30, 0.75)  # above the main sequence; equal components: 0.75 [mag]


def singles(
    kind: str,
    n: int,
    rng: np.random.Generator,
    dec: tuple[float, ...] = BOSS_DEC,
    injected: str = "",
    brighter: tuple[float, ...] = (0.0, 0.0),
) -> Table:
    """Draw single M dwarfs, or what looks like one.

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

    Returns
    -------
    table
        As `mdwarfs.simulation.placement.place` gives it.
    """
    stars = m_dwarfs(kind, n, rng)
    brighten(stars, rng.uniform(*brighter, n))
    return place(stars, distance_in_reach(stars, rng), dec, rng, injected)


def fgk_singles(kind: str, n: int, rng: np.random.Generator) -> Table:
    """Draw single F, G and K dwarfs; as `singles`."""
    stars = fgk_dwarfs(kind, n, rng)
    return place(stars, 350.0 * rng.lognormal(0, 0.3, n), LAMOST_DEC, rng)


def _giants(kind, n, rng):
    """M giants out of the plane, and fainter stars down to the foot of their branch."""
    stars = m_dwarfs(kind, n, rng, teff=rng.uniform(3450, 3850, n))
    m_g = rng.triangular(GIANT_M_G[0], 1.0, GIANT_M_G[1], n)
    brighten(stars, stars["m_g"] - m_g)
    stars["logg"] = np.interp(m_g, GIANT_M_G, GIANT_LOGG) + rng.normal(0, 0.1, n)
    distance = np.minimum(rng.uniform(900, 3000, n), _bright(stars, rng))
    return place(stars, distance, BOSS_DEC, rng, "criterion_1", latitude_min=25)


def _hot_stars(kind, n, rng):
    """F to K dwarfs brighter than every M dwarf."""
    m_g = rng.uniform(*HOT_M_G, n)
    sequence = main_sequence.FGK_M_G[::-1], main_sequence.FGK_TEFF[::-1]
    stars = fgk_dwarfs(kind, n, rng, teff=np.interp(m_g, *sequence))
    brighten(stars, stars["m_g"] - m_g)
    distance = np.minimum(_bright(stars, rng), DISTANCE_MAX)
    return place(stars, distance, LAMOST_DEC, rng, "criterion_1")


def _white_dwarfs(kind, n, rng):
    """White dwarfs, some of them with an M dwarf that lifts them towards the others."""
    stars = fgk_dwarfs(kind, n, rng, teff=rng.uniform(5300, 6700, n))
    fainter = _above(stars, LOWER_LINE) + rng.uniform(NEAR, WHITE_DWARF_BELOW, n)
    brighten(stars, -fainter)
    stars["logg"] = rng.normal(8.0, 0.1, n)
    distance = 60.0 * rng.lognormal(0, 0.3, n)
    return place(stars, distance, LAMOST_DEC, rng, "criterion_2")


def _overluminous(kind, n, rng):
    """Pre-main-sequence stars and multiple systems above the line of criterion 3.

    Of those above the main sequence by `OVERLUMINOUS_BY` the ones that the criterion is
    to remove, bright and near enough to be well measured.
    """
    feh = np.clip(rng.normal(0.05, 0.15, n), -0.2, 0.35)
    teff = rng.uniform(2980, 3500, n)
    stars = m_dwarfs(kind, n, rng, of_sun(feh), teff)
    least = np.maximum(NEAR - _above(stars, UPPER_LINE), OVERLUMINOUS_BY[0])
    most = np.minimum(stars["m_g"] - BRIGHTEST - NEAR, OVERLUMINOUS_BY[1])
    brighter = rng.uniform(least, most)
    brighten(stars, brighter)
    stars["logg"] -= 0.25 * brighter
    distance = distance_in_reach(stars, rng, WELL_MEASURED)
    return place(stars, distance, BOSS_DEC, rng, "criterion_3")


# Unresolved binaries of similar stars are mostly too close to the sequence for
# criterion 3, which honestly keeps them. Their spectra are those of a single dwarf, the
# brighter component: of two that differ little the sum looks the same.
CONTAMINANTS = {
    "giant": _giants,
    "hot_star": _hot_stars,
    "white_dwarf": _white_dwarfs,
    "overluminous": _overluminous,
    "bad_ruwe": partial(singles, injected="criterion_4"),
    "no_parallax": partial(singles, injected="no_parallax"),
    "no_gaia": partial(singles, injected="no_gaia"),
    "no_colour": partial(singles, injected="no_colour"),
    "no_dust": partial(singles, dec=BEYOND_THE_MAP_DEC, injected="no_dust"),
    "binary": partial(singles, injected="unresolved", brighter=BINARY_BY),
}


def _bright(stars, rng):
    """Distances at which the stars have G of 12.5 to 14 without extinction [pc]."""
    g = rng.uniform(12.5, 14.0, len(stars))
    return 10 ** ((g - np.asarray(stars["m_g"])) / 5 + 1)


def _above(stars, line):
    """How much brighter the stars are than a line in the diagram [mag]."""
    slope, intercept = line
    colour = np.asarray(stars["m_bp"] - stars["m_rp"])
    return slope * colour + intercept - np.asarray(stars["m_g"])
