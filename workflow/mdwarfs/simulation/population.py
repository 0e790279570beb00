"""The simulated stars: true labels, magnitudes, places and what is wrong with some.

Each kind of star has its own random stream, so the number of one kind does not change
the stars of another.
"""

from functools import partial
from itertools import count

import numpy as np
from astropy.table import Table, vstack
from numpy.typing import ArrayLike
from scipy.stats import truncnorm

from mdwarfs.errors import InputError
from mdwarfs.literature import niu
from mdwarfs.simulation import photometry
from mdwarfs.simulation.placement import (
    BOSS_DEC,
    DISTANCE_MAX,
    LAMOST_DEC,
    bind,
    distance_in_reach,
    distance_modulus,
)
from mdwarfs.simulation.selection import draw_until, meets_criteria
from mdwarfs.simulation.singles import (
    CONTAMINANTS,
    fgk_singles,
    field_dwarfs,
    lost_dwarfs,
)
from mdwarfs.simulation.stars import FGK_TEFF, FGK_TEFF_RANGE, fgk_dwarfs, m_dwarfs
from mdwarfs.simulation.streams import redraw, stream

HANDFUL = 4  # no kind is scaled down to fewer

# Signal-to-noise ratio of a BOSS spectrum: of a star of G_SKY, whose light equals that
# of the sky; the power of the flux with which it grows for bright stars, which are
# exposed for less; its scatter with seeing and exposures [dex]; the least.
SNR_SKY, G_SKY, SNR_POWER, SNR_SCATTER, SNR_MIN = 10.0, 16.0, 0.1, 0.18, 1.5


def counts(simulation: dict) -> dict:
    """Numbers of stars, pairs and entries, scaled.

    Parameters
    ----------
    simulation
        Section `simulation` of the configuration.

    Returns
    -------
    number
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

    fractions = ("scale", "repeat_fraction", "release")
    number = {k: scaled(v) for k, v in simulation.items() if k not in fractions}
    faulty = sum(number["fgk_m_rejected"].values()) + number["fgk_m_unlabelled"]
    if faulty > number["fgk_m"]:
        raise InputError(
            f"simulation.scale: {scale} leaves {number['fgk_m']} FGK+M pairs, "
            f"of which {faulty} are to fail; make it larger"
        )
    return number


def feh_on_lamost_scale(feh_niu: ArrayLike) -> np.ndarray:
    """[Fe/H] as LAMOST gives it on average over the FGK primaries.

    LAMOST's [Fe/H] differs from that of Niu+2023 by equation 11 at the primary's Teff;
    an M dwarf trained on such labels learns the mean difference.

    Parameters
    ----------
    feh_niu : shape (n,)
        [Fe/H] on the scale of Niu+2023 [dex].

    Returns
    -------
    [dex], shape (n,)
    """
    mean, sigma = FGK_TEFF
    low, high = ((limit - mean) / sigma for limit in FGK_TEFF_RANGE)
    teff = truncnorm.ppf((np.arange(500) + 0.5) / 500, low, high, mean, sigma)
    return np.asarray(feh_niu, float) + np.mean(niu.niu_offset(teff))


def draw(simulation: dict, seed: int) -> Table:
    """Draw all stars of the survey, and what Gaia and 2MASS measure of them.

    Parameters
    ----------
    simulation
        Section `simulation` of the configuration.
    seed
        Seed of the run.

    Returns
    -------
    stars
        One row per star: `kind`, `pair_id` (0 where single), `component` (1 the
        brighter of a pair, 0 where single), `injected` (what is wrong with the star
        or its pair, or ""), `population`, labels, structure, absolute magnitudes
        `m_g` to `m_ks`, `companion_teff`, place and motion, `ebv`, `v_rad`, what
        `mdwarfs.simulation.photometry` measures, `snr` of the best BOSS spectrum. The
        labels and the structure of an unresolved binary are those of its brighter
        component.
    """
    number = counts(simulation)
    rngs = (stream(seed, "population", index) for index in count())
    parts = [
        _fgk_m(number, next(rngs)),
        _m_m(number, next(rngs)),
        _fgk_fgk(number, next(rngs)),
        _unmatched("unmatched", number["unmatched_pairs"], next(rngs)),
        field_dwarfs("field", number["field"], next(rngs)),
        fgk_singles("lamost_only", number["lamost_only"], next(rngs)),
        fgk_singles("other_class", number["other_class"], next(rngs)),
        lost_dwarfs("lost", _m_dwarfs_that_meet_all(number), next(rngs)),
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
    photometry.spoil(stars, stream(seed, "photometry"))
    stars["feh"] = feh_on_lamost_scale(stars["feh_niu"])
    stars["snr"] = _snr(stars, stream(seed, "snr"))
    return stars


def _m_dwarfs_that_meet_all(number):
    """How many there are: criterion 3 has removed others beside them."""
    pairs = number["m_m"] + number["m_m_rejected"]
    return number["fgk_m"] + 2 * pairs + number["field"]


def _fgk_m(number, rng):
    """FGK+M pairs; some fail one of the quality cuts, some lack a label."""
    make = partial(_fgk_and_m, ("fgk_primary", "m_secondary"), rng)
    pairs = _pairs(number["fgk_m"], make, lambda fgk, m: meets_criteria(m))
    faults = [np.full(k, fault) for fault, k in number["fgk_m_rejected"].items()]
    lacking = np.arange(number["fgk_m_unlabelled"])
    lacks = np.where(lacking % 2 == 0, "no_apogee_net", "no_aspcap")
    _inject(pairs, np.concatenate([*faults, lacks]), rng)
    return pairs


def _m_m(number, rng):
    """M+M pairs; some may be chance alignments."""

    def make(n):
        one = m_dwarfs("m_m", n, rng)
        two = m_dwarfs("m_m", n, rng, one)
        brighter, fainter = _brighter_first(one, two)
        return bind(brighter, fainter, distance_in_reach(fainter, rng), BOSS_DEC, rng)

    def keep(one, two):
        return meets_criteria(one) & meets_criteria(two)

    pairs = _pairs(number["m_m"] + number["m_m_rejected"], _observed(make, rng), keep)
    _inject(pairs, np.full(number["m_m_rejected"], "r_chance_align"), rng)
    return pairs


def _fgk_fgk(number, rng):
    """Pairs of two FGK dwarfs; some may be chance alignments."""
    kind, n = "fgk_fgk", number["fgk_fgk"] + number["fgk_fgk_rejected"]
    one = fgk_dwarfs(kind, n, rng)
    cooler = rng.uniform(FGK_TEFF_RANGE[0], one["teff"])
    two = fgk_dwarfs(kind, n, rng, one, cooler)
    distance = np.clip(rng.lognormal(np.log(320), 0.6, n), 40, DISTANCE_MAX)
    pairs = bind(*_brighter_first(one, two), distance, LAMOST_DEC, rng)
    photometry.observe(pairs, rng)
    _inject(pairs, np.full(number["fgk_fgk_rejected"], "r_chance_align"), rng)
    return pairs


def _brighter_first(one, two):
    """The same pairs, with the brighter star of each in the first table."""
    swap = np.asarray(one["m_g"] > two["m_g"])
    brighter, fainter = one.copy(), two.copy()
    brighter[swap], fainter[swap] = two[swap], one[swap]
    return brighter, fainter


def _unmatched(kind, n, rng):
    """FGK+M pairs of which BOSS has not observed the M dwarf."""
    return vstack(list(_fgk_and_m((kind, kind), rng, n)))


def _fgk_and_m(kinds, rng, n):
    """One draw of FGK+M pairs: their primaries and their M dwarfs."""

    def make(n):
        m = m_dwarfs(kinds[1], n, rng)
        fgk = fgk_dwarfs(kinds[0], n, rng, m)
        return bind(fgk, m, distance_in_reach(m, rng), LAMOST_DEC, rng)

    return _observed(make, rng)(n)


def _observed(make, rng):
    """A function that draws pairs and observes them: first and second components."""

    def draw(n):
        pairs = make(n)
        photometry.observe(pairs, rng)
        return pairs[:n], pairs[n:]

    return draw


def _pairs(n, make, keep):
    """The first n pairs that are kept, first all first components."""
    (one, two), _ = draw_until(n, make, keep)
    one["pair_id"] = two["pair_id"] = np.arange(1, n + 1)
    return vstack([one, two])


def _inject(pairs, faults, rng):
    """Write faults to randomly chosen pairs, on both components."""
    n = len(pairs) // 2
    chosen = rng.permutation(n)[: len(faults)]
    for offset in (0, n):
        pairs["injected"][chosen + offset] = faults


def _lose_spectra(stars, n, rng):
    """Choose the field stars whose spectrum file does not exist."""
    sound = np.flatnonzero((stars["kind"] == "field") & (stars["injected"] == ""))
    stars["injected"][rng.permutation(sound)[:n]] = "missing_spectrum"


def _snr(stars, rng):
    """Signal-to-noise ratio of the best BOSS spectrum.

    The noise of faint stars is that of the sky's light, so that the ratio falls as the
    flux; bright ones are exposed for less.
    """
    g = stars["m_g"] + distance_modulus(stars["distance"]) + 2.5 * stars["ebv"]
    flux = 10 ** (-0.4 * (np.asarray(g) - G_SKY))
    scatter = SNR_SCATTER * redraw(len(stars), rng.standard_normal, (-3, 3))
    snr = SNR_SKY * flux * (2 / (1 + flux)) ** (1 - SNR_POWER) * 10**scatter
    return np.maximum(snr, SNR_MIN)
