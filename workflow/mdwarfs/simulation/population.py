"""The simulated stars: true labels, magnitudes, places and what is wrong with some.

Each kind of star has its own random stream, so the number of one kind does not change
the stars of another.
"""

from functools import partial
from itertools import count

import numpy as np
from astropy.table import vstack
from scipy.stats import truncnorm

from mdwarfs.errors import InputError
from mdwarfs.samples import niu
from mdwarfs.simulation import dust
from mdwarfs.simulation.placement import (
    DISTANCE_MAX,
    bind,
    distance_modulus,
    place,
    survey_distance,
)
from mdwarfs.simulation.stars import (
    FGK_TEFF,
    FGK_TEFF_RANGE,
    brighten,
    fgk_dwarfs,
    m_dwarfs,
)
from mdwarfs.simulation.streams import redraw, stream

HANDFUL = 4  # no kind is scaled down to fewer

LAMOST_DEC = (-8.0, 60.0)
BOSS_DEC = (-28.0, 85.0)
BEYOND_THE_MAP_DEC = (-80.0, -34.0)


def counts(simulation):
    """Numbers of stars, pairs and entries, scaled.

    Parameters
    ----------
    simulation : dict
        Section `simulation` of the configuration.

    Returns
    -------
    dict
        As the section, without `scale` and fractions. No number falls below
        `HANDFUL` unless it was smaller from the start.

    Raises
    ------
    InputError
        If more FGK+M pairs are to be rejected or unlabelled than there are.
    """
    scale = simulation["scale"]

    def scaled(value):
        if isinstance(value, dict):
            return {name: scaled(number) for name, number in value.items()}
        return max(min(value, HANDFUL), round(scale * value))

    fractions = ("scale", "repeat_fraction")
    number = {k: scaled(v) for k, v in simulation.items() if k not in fractions}
    faulty = sum(number["fgk_m_rejected"].values()) + number["fgk_m_unlabelled"]
    if faulty > number["fgk_m"]:
        raise InputError(
            f"simulation.scale: {scale} leaves {number['fgk_m']} FGK+M pairs, "
            f"of which {faulty} are to fail; make it larger"
        )
    return number


def feh_on_lamost_scale(feh_niu):
    """[Fe/H] as LAMOST gives it on average over the FGK primaries.

    LAMOST's [Fe/H] differs from that of Niu+2023 by equation 11 at the primary's Teff;
    an M dwarf trained on such labels learns the mean difference.

    Parameters
    ----------
    feh_niu : array_like of float, shape (n,)
        [Fe/H] on the scale of Niu+2023 [dex].

    Returns
    -------
    ndarray of float, shape (n,)
        [dex]
    """
    mean, sigma = FGK_TEFF
    low, high = ((limit - mean) / sigma for limit in FGK_TEFF_RANGE)
    teff = truncnorm.ppf((np.arange(500) + 0.5) / 500, low, high, mean, sigma)
    return np.asarray(feh_niu, float) + np.mean(niu.delta(teff))


def draw(simulation, seed):
    """Draw all stars of the survey.

    Parameters
    ----------
    simulation : dict
        Section `simulation` of the configuration.
    seed : int
        Seed of the run.

    Returns
    -------
    astropy.table.Table
        One row per star: `kind`, `pair_id` (0 where single), `component` (1 the
        brighter of a pair, 0 where single), `injected` (what is wrong with the star
        or its pair, or ""), labels, structure, absolute magnitudes `m_g` to `m_ks`,
        place and motion, `ebv`, `v_rad`, `snr` of the best BOSS spectrum.
    """
    number = counts(simulation)
    rngs = (stream(seed, "population", index) for index in count())
    parts = [
        _fgk_m(number, next(rngs)),
        _m_m(number, next(rngs)),
        _fgk_fgk("fgk_fgk", number["fgk_fgk"], next(rngs)),
        _unmatched("unmatched", number["unmatched_pairs"], next(rngs)),
        _singles("field", number["field"], next(rngs)),
        _fgk_singles("lamost_only", number["lamost_only"], next(rngs)),
        _fgk_singles("other_class", number["other_class"], next(rngs)),
    ]
    for index, (kind, make) in enumerate(CONTAMINANTS.items()):
        rng = stream(seed, "contaminants", index)
        parts.append(make(kind, number["contaminants"][kind], rng))
    last_pair = 0
    for part in parts:
        part["pair_id"][part["pair_id"] > 0] += last_pair
        last_pair = max([last_pair, *part["pair_id"]])
    stars = vstack(parts, metadata_conflicts="silent")
    _lose_spectra(stars, number["missing_spectra"], stream(seed, "missing"))
    stars["feh"] = feh_on_lamost_scale(stars["feh_niu"])
    stars["ebv"] = dust.ebv(stars["l"], stars["b"], distance_modulus(stars["distance"]))
    stars["snr"] = _snr(stars, stream(seed, "snr"))
    return stars


def _fgk_m(number, rng):
    """FGK+M pairs; some fail one of the quality cuts, some lack a label."""
    n = number["fgk_m"]
    m = m_dwarfs("m_secondary", n, rng)
    fgk = fgk_dwarfs("fgk_primary", n, rng, m["feh_niu"], m["alpha_m"])
    pairs = bind(fgk, m, survey_distance(m, rng), LAMOST_DEC, rng)
    faults = [np.full(k, fault) for fault, k in number["fgk_m_rejected"].items()]
    lacking = np.arange(number["fgk_m_unlabelled"])
    lacks = np.where(lacking % 2 == 0, "no_apogee_net", "no_aspcap")
    _inject(pairs, np.concatenate([*faults, lacks]), rng)
    return pairs


def _m_m(number, rng):
    """M+M pairs; some may be chance alignments."""
    n = number["m_m"] + number["m_m_rejected"]
    one = m_dwarfs("m_m", n, rng)
    two = m_dwarfs("m_m", n, rng, one["feh_niu"], one["alpha_m"])
    swap = one["m_g"] > two["m_g"]
    brighter, fainter = one.copy(), two.copy()
    brighter[swap], fainter[swap] = two[swap], one[swap]
    pairs = bind(brighter, fainter, survey_distance(fainter, rng), BOSS_DEC, rng)
    _inject(pairs, np.full(number["m_m_rejected"], "r_chance_align"), rng)
    return pairs


def _fgk_fgk(kind, n, rng):
    """Pairs of two FGK dwarfs, the hotter and brighter one first."""
    one = fgk_dwarfs(kind, n, rng)
    cooler = rng.uniform(FGK_TEFF_RANGE[0], one["teff"])
    two = fgk_dwarfs(kind, n, rng, one["feh_niu"], one["alpha_m"], cooler)
    distance = np.clip(rng.lognormal(np.log(320), 0.6, n), 40, DISTANCE_MAX)
    return bind(one, two, distance, LAMOST_DEC, rng)


def _unmatched(kind, n, rng):
    """FGK+M pairs of which BOSS has not observed the M dwarf."""
    m = m_dwarfs(kind, n, rng)
    fgk = fgk_dwarfs(kind, n, rng, m["feh_niu"], m["alpha_m"])
    return bind(fgk, m, survey_distance(m, rng), LAMOST_DEC, rng)


def _singles(kind, n, rng, dec=BOSS_DEC, injected=""):
    """Single M dwarfs."""
    stars = m_dwarfs(kind, n, rng)
    return place(stars, survey_distance(stars, rng), dec, rng, injected)


def _fgk_singles(kind, n, rng, teff=None, brighter=0.0, distance=350.0, injected=""):
    """Single stars of FGK colours, moved up or down in absolute magnitude."""
    stars = fgk_dwarfs(kind, n, rng, teff=teff)
    brighten(stars, brighter)
    distance = distance * rng.lognormal(0, 0.3, n)
    return place(stars, distance, LAMOST_DEC, rng, injected)


def _giants(kind, n, rng):
    """M giants: M_G of about -1 to 2, a few kiloparsecs away, out of the plane."""
    stars = m_dwarfs(kind, n, rng, teff=rng.uniform(3450, 3850, n))
    brighten(stars, rng.uniform(7.5, 9.5, n))
    stars["logg"] = rng.uniform(0.3, 1.6, n)
    distance = rng.uniform(900, 3000, n)
    return place(stars, distance, BOSS_DEC, rng, "criterion_1", latitude_min=25)


def _hot_stars(kind, n, rng):
    """F and G dwarfs: M_G of 3 to 5."""
    teff = rng.uniform(5800, 6800, n)
    return _fgk_singles(kind, n, rng, teff, 0.0, 500.0, "criterion_1")


def _white_dwarfs(kind, n, rng):
    """White dwarfs: the colours of F and G dwarfs, nine magnitudes fainter."""
    teff, faint = rng.uniform(5300, 6700, n), rng.uniform(8.5, 9.5, n)
    stars = _fgk_singles(kind, n, rng, teff, -faint, 60.0, "criterion_2")
    stars["logg"] = rng.normal(8.0, 0.1, n)
    return stars


def _overluminous(kind, n, rng):
    """Pre-main-sequence stars and multiple systems far above the main sequence."""
    feh = np.clip(rng.normal(0, 0.1, n), -0.2, 0.2)
    teff = rng.uniform(2980, 3330, n)
    stars = m_dwarfs(kind, n, rng, feh, np.zeros(n), teff)
    brighten(stars, rng.uniform(2.4, 2.9, n))
    stars["logg"] -= 0.6
    return place(stars, survey_distance(stars, rng), BOSS_DEC, rng, "criterion_3")


CONTAMINANTS = {
    "giant": _giants,
    "hot_star": _hot_stars,
    "white_dwarf": _white_dwarfs,
    "overluminous": _overluminous,
    "bad_ruwe": partial(_singles, injected="criterion_4"),
    "no_parallax": partial(_singles, injected="no_parallax"),
    "no_gaia": partial(_singles, injected="no_gaia"),
    "no_colour": partial(_singles, injected="no_colour"),
    "no_dust": partial(_singles, dec=BEYOND_THE_MAP_DEC, injected="no_dust"),
}


def _inject(pairs, faults, rng):
    """Write faults to randomly chosen pairs, on both components."""
    n = len(pairs) // 2
    chosen = rng.permutation(n)[: len(faults)]
    for offset in (0, n):
        pairs["injected"][chosen + offset] = faults


def _lose_spectra(stars, n, rng):
    """Choose the field stars whose spectrum file does not exist."""
    (sound,) = np.nonzero((stars["kind"] == "field") & (stars["injected"] == ""))
    stars["injected"][rng.permutation(sound)[:n]] = "missing_spectrum"


def _snr(stars, rng):
    """Signal-to-noise ratio of the best BOSS spectrum: fainter stars have less."""
    g = stars["m_g"] + distance_modulus(stars["distance"]) + 2.5 * stars["ebv"]
    scatter = redraw(len(stars), rng.standard_normal, (-2.5, 2.5))
    return np.clip(10 ** (0.95 - 0.22 * (g - 16.5) + 0.20 * scatter), 1.8, 90.0)
