"""M dwarf candidates: BOSS stars of class M in the colour-magnitude diagram.

Paper, section 2.2. The paper's text swaps the purposes of criteria 2 and 3: criterion 2
is the one against white dwarfs (it removes 1 of the 14,828 stars of Birky+2020) and
criterion 3 the one against over-luminous stars, that is unresolved binaries and
pre-main-sequence stars (it removes 1,583 of them).
"""

import logging

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.catalogues.gaia_names import NO_ENTRY, SEVERAL
from mdwarfs.catalogues.matches import IN_GAIA, misgivings
from mdwarfs.errors import InputError
from mdwarfs.samples import extinction as dust
from mdwarfs.samples.counts import count_cuts
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import best_of_each, match
from mdwarfs.tables.tabulate import annotate
from mdwarfs.types import PathLike

logger = logging.getLogger(__name__)

CANDIDATE = {"candidate": ("", "Meets criteria 1-4")}

# Why a star has no place in the diagram, in the order in which it is asked, with what
# the count table says of the stars that are left.
REASONS = {
    "no Gaia source": "Matched to a Gaia DR3 source",
    "no parallax": "With a positive parallax",
    "no colour": "With G, BP and RP magnitudes",
    "no dust": "Inside the dust map",
}
# The same, first, of stars whose Gaia source Astra gives.
NAMELESS = {
    NO_ENTRY: "With an entry of Astra's",
    SEVERAL: "With one Gaia DR3 source by Astra",
}
# Header keywords of the BOSS catalogue: how many entries the selection of class M left.
STAGES = {
    "N_ROWS": ("entries", "Entries of the BOSS list"),
    "N_CLASS": ("class", "Of the stellar class"),
    "N_MTYPE": ("subclass", "Of the M subclasses"),
    "N_STARS": ("stars", "Distinct stars"),
}


def criteria(
    mg0: ArrayLike, bp_rp0: ArrayLike, ruwe: ArrayLike, cuts: dict
) -> dict[str, np.ndarray]:
    """Which stars meet each of the four criteria of section 2.2.

    Parameters
    ----------
    mg0, bp_rp0 : shape (n,)
        Absolute magnitude M_G0 and colour (BP-RP)_0 [mag].
    ruwe : shape (n,)
        Renormalised unit weight error.
    cuts
        Section `candidates` of the configuration: `mg0_min`, the lines `below` and
        `above` (each with `slope` and `intercept`), `ruwe_max`.

    Returns
    -------
    bool, shape (n,) each
        `criterion_1` to `criterion_4`; False where a quantity is NaN.
    """
    mg0, bp_rp0 = np.asarray(mg0, float), np.asarray(bp_rp0, float)
    below, above = cuts["below"], cuts["above"]
    return {
        "criterion_1": mg0 > cuts["mg0_min"],
        "criterion_2": mg0 < below["slope"] * bp_rp0 + below["intercept"],
        "criterion_3": mg0 > above["slope"] * bp_rp0 + above["intercept"],
        "criterion_4": np.asarray(ruwe, float) < cuts["ruwe_max"],
    }


def join_gaia(boss: Table, gaia: Table) -> Table:
    """Put the Gaia data beside the BOSS stars, one row per star.

    Parameters
    ----------
    boss
        BOSS stars of class M, with the Gaia DR2 identifiers that BOSS gives, or with
        the Gaia DR3 ones that Astra gives, `gaia_dr3_source_id`.
    gaia
        Gaia DR3 rows, one per identifier.

    Returns
    -------
    table
        The columns of both; positions are Gaia's where there is a source. Where two
        BOSS stars are one DR3 source, the one of larger `snr` stays, with the
        `n_spectra` of both. Stars without a source have nulls.
    """
    asked = IN_GAIA["gaia_dr3_source_id" in boss.colnames]
    ids, reference = boss[asked.key], gaia[asked.among[0]]
    for words in misgivings(ids, reference, asked):
        logger.warning("%s: %s", asked.stars, words)
    index = match(ids, reference)
    data = lookup(gaia, index)
    stars = boss.copy()
    stars.meta = {key: boss.meta[key] for key in STAGES if key in boss.meta}
    for name in data.colnames:
        if name in ("ra", "dec"):
            stars[name] = np.where(index >= 0, data[name], boss[name])
        elif name != "gaia_dr2_source_id":
            stars[name] = data[name]
    alone = -np.arange(1, len(stars) + 1)
    star = np.where(stars["source_id"] > 0, stars["source_id"], alone)
    _, group = np.unique(star, return_inverse=True)
    total = np.zeros(len(stars), int)
    np.add.at(total, group, stars["n_spectra"])
    stars["n_spectra"][:] = total[group]
    rows, _ = best_of_each(star, stars["snr"])
    return stars[rows]


def place_in_diagram(
    boss: Table, gaia: Table, map_path: PathLike, extinction: dict[str, float]
) -> Table:
    """Place BOSS stars of class M in the dereddened diagram.

    A star without a place there keeps its row, with the reason. That includes the stars
    outside the dust map (dec < -30 deg), of which the paper
    does not speak: the map gives NaN there, which meets no criterion, so the paper's
    recipe as printed drops them as well.

    Parameters
    ----------
    boss, gaia
        As for `join_gaia`.
    map_path
        Bayestar19 map.
    extinction
        Section `extinction` of the configuration.

    Returns
    -------
    table
        As `join_gaia`, with `ebv`, `a_v`, `a_g`, `a_bp`, `a_rp`, `mg0`, `bp_rp0` [mag]
        and `reason`.

    Raises
    ------
    InputError
        If the dust map cannot be read.
    """
    stars = join_gaia(boss, gaia)
    for name, values in dust.cmd_position(stars, map_path, extinction).items():
        stars[name] = values
    lacks = [
        *(stars["gaia_reason"] == words for words in nameless(stars)),
        stars["source_id"] <= 0,
        ~(np.asarray(stars["parallax"]) > 0),
        np.isnan(sum(stars[f"phot_{band}_mean_mag"] for band in ("g", "bp", "rp"))),
        np.isnan(stars["ebv"]),
    ]
    stars["reason"] = np.select(lacks, [*nameless(stars), *REASONS], default="")
    return annotate(stars, dust.COLUMNS)


def apply_criteria(stars: Table, cuts: dict) -> Table:
    """Apply the criteria to stars that are placed in the diagram.

    Parameters
    ----------
    stars
        As `place_in_diagram` makes them. Those without a place are no candidates.
    cuts
        As for `criteria`.

    Returns
    -------
    table
        The same with `criterion_1` to `criterion_4` and `candidate`.
    """
    stars = stars.copy(copy_data=False)
    meets = criteria(stars["mg0"], stars["bp_rp0"], stars["ruwe"], cuts)
    for name, values in meets.items():
        stars[name] = values
    stars["candidate"] = (stars["reason"] == "") & np.all(list(meets.values()), axis=0)
    logger.info("%d of %d stars are candidates", np.sum(stars["candidate"]), len(stars))
    return annotate(stars, criteria_columns(cuts) | CANDIDATE)


def criteria_columns(cuts: dict) -> dict[str, tuple[str, str]]:
    """What the columns of the criteria say, with the cuts of the configuration.

    Parameters
    ----------
    cuts
        As for `criteria`.
    """

    def line(side):
        cut = cuts[side]
        return f"{cut['slope']:g} (BP-RP)_0 {cut['intercept']:+g}"

    texts = (
        f"M_G0 > {cuts['mg0_min']:g}",
        f"above the white dwarfs, M_G0 < {line('below')}",
        f"below the over-luminous stars, M_G0 > {line('above')}",
        f"ruwe < {cuts['ruwe_max']:g}",
    )
    return {
        f"criterion_{number}": ("", f"Criterion {number}: {text}")
        for number, text in enumerate(texts, start=1)
    }


def nameless(stars: Table) -> dict[str, str]:
    """Reasons that come before `REASONS`, where it is Astra that names the sources."""
    return NAMELESS if "gaia_reason" in stars.colnames else {}


def count_candidates(stars: Table) -> Table:
    """Count what each step from the BOSS list to the candidates removes.

    Parameters
    ----------
    stars
        Result of `apply_criteria`; its meta holds the counts of the BOSS catalogue.

    Returns
    -------
    table
        As `mdwarfs.samples.counts.count_cuts` gives it. What a criterion removes alone
        is counted among the stars that have a place in the diagram.

    Raises
    ------
    InputError
        If the counts of the BOSS catalogue are not in the meta.
    """
    missing = [keyword for keyword in STAGES if keyword not in stars.meta]
    if missing:
        raise InputError(
            f"the BOSS catalogue's header lacks {', '.join(missing)}; "
            "make it again from the BOSS list"
        )
    stages = [(*text, int(stars.meta[keyword])) for keyword, text in STAGES.items()]
    stages.append(("sources", "Distinct once matched to Gaia DR3", len(stars)))
    for reason, text in (nameless(stars) | REASONS).items():
        name = reason.removeprefix("no ").replace(" ", "_").lower()
        left = stages[-1][2] - int(np.sum(stars["reason"] == reason))
        stages.append((name, text, left))
    placed = stars[stars["reason"] == ""]
    names = [f"criterion_{number}" for number in (1, 2, 3, 4)]
    cuts = [(name, stars[name].info.description, placed[name]) for name in names]
    return count_cuts(stages, cuts)
