"""What Gaia and 2MASS measure of the simulated stars.

Errors are normal but cut off at three standard deviations: what a criterion must
remove is put in on purpose and in known numbers, never by a stray error.
"""

import numpy as np
from astropy.table import Table

from mdwarfs.literature.extinction import gaia_extinction
from mdwarfs.simulation import dust
from mdwarfs.simulation.placement import distance_modulus, parallax_error
from mdwarfs.simulation.streams import redraw

# A_band / A_V of Cardelli+1989 for R_V = 3.1.
TMASS_EXTINCTION = {"j": 0.282, "h": 0.190, "ks": 0.114}
TMASS_LIMIT = 15.6  # fainter in J than this, 2MASS has no useful measurement [mag]

RUWE, RUWE_RANGE = (1.03, 0.06), (0.85, 1.28)
RUWE_BAD, RUWE_BAD_SCALE = 1.42, 0.8  # the least, and how fast the number falls beyond


def observe(stars: Table, rng: np.random.Generator) -> None:
    """Add what Gaia DR3 and 2MASS measure, in place.

    Parameters
    ----------
    stars
        Absolute magnitudes `m_g` to `m_ks`, `distance` [pc], `l`, `b` [deg]. Gets
        `ebv` and the columns of the Gaia archive from `parallax` to `ph_qual`, NaN and
        "" where null.
    """
    n = len(stars)

    def errors():
        return redraw(n, rng.standard_normal, (-3, 3))

    modulus = distance_modulus(stars["distance"])
    stars["ebv"] = dust.ebv(stars["l"], stars["b"], modulus)
    a_v = dust.R_V * np.asarray(stars["ebv"])
    extinction = gaia_extinction(stars["m_bp"] - stars["m_rp"], a_v)
    for band, absorbed in zip(("g", "bp", "rp"), extinction):
        magnitude = np.asarray(stars[f"m_{band}"] + modulus + absorbed)
        error = 0.003 if band == "g" else 0.003 + 0.003 * 10 ** (0.4 * (magnitude - 17))
        stars[f"phot_{band}_mean_mag"] = magnitude + error * errors()
    colour = stars["phot_bp_mean_mag"] - stars["phot_rp_mean_mag"]
    stars["phot_bp_rp_excess_factor"] = 1.15 + 0.03 * colour + 0.012 * colour**2

    g = np.asarray(stars["phot_g_mean_mag"])
    stars["parallax_error"] = parallax_error(g) * np.exp(0.1 * errors())
    stars["parallax"] = 1000 / stars["distance"] + stars["parallax_error"] * errors()
    stars["ruwe"] = redraw(n, lambda k: rng.normal(*RUWE, k), RUWE_RANGE)

    for band, share in TMASS_EXTINCTION.items():
        magnitude = np.asarray(stars[f"m_{band}"] + modulus + share * a_v)
        error = 0.021 + 0.02 * 10 ** (0.4 * (magnitude - 14.5))
        stars[f"{band}_m"] = magnitude + error * errors()
        stars[f"{band}_msigcom"] = error
    faint = np.asarray(stars["j_m"] > TMASS_LIMIT)
    stars["ph_qual"] = np.where(stars["ks_msigcom"] < 0.1, "AAA", "AAB")
    stars["ph_qual"][faint] = ""
    for band in TMASS_EXTINCTION:
        stars[f"{band}_m"][faint] = stars[f"{band}_msigcom"][faint] = np.nan


def spoil(stars: Table, rng: np.random.Generator) -> None:
    """Take from the measurements what is not to be there, in place.

    Parameters
    ----------
    stars
        As `observe` leaves them, with `injected` and `component`.
    """
    n = len(stars)
    injected = np.asarray(stars["injected"])
    for band in ("bp", "rp"):
        stars[f"phot_{band}_mean_mag"][injected == "no_colour"] = np.nan
    stars["phot_bp_rp_excess_factor"][injected == "no_colour"] = np.nan
    bad = (injected == "criterion_4") | (
        (injected == "ruwe1") & (np.asarray(stars["component"]) == 1)
    )
    stars["ruwe"][bad] = (RUWE_BAD + rng.exponential(RUWE_BAD_SCALE, n))[bad]
    # A two-parameter solution of Gaia has a position and nothing else.
    for name in ("parallax", "parallax_error", "pmra", "pmdec", "ruwe"):
        stars[name][injected == "no_parallax"] = np.nan
