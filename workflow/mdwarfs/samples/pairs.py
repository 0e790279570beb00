"""Wide binaries whose components have the spectra that the work needs.

Paper, section 2.3 and appendix. The pairs are those of El-Badry+2021; FGK components
are LAMOST stars in a range of Teff, M components are the candidates of
`mdwarfs.samples.candidates`. Pairs that fail a quality cut keep their row, with the
verdict of each cut.
"""

import logging

import numpy as np
from astropy.table import Table, vstack

from mdwarfs.samples import extinction as dust
from mdwarfs.samples.counts import count_cuts
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import best_of_each, match
from mdwarfs.tables.tabulate import annotate, take
from mdwarfs.types import PathLike

logger = logging.getLogger(__name__)

SWAPPED = {"swapped": ("", "The catalogue lists the components in the other order")}
SELECTED = {"selected": ("", "Passes every quality cut")}

# What is asked of the wide-binary catalogue; those of a component come twice.
OF_COMPONENT = (
    "source_id", "ra", "dec", "parallax", "ruwe",
    "phot_g_mean_mag", "phot_bp_mean_mag", "phot_rp_mean_mag",
)  # fmt: skip
OF_PAIR = ("sep_au", "R_chance_align")
BINARY_COLUMNS = [f"{name}{k}" for k in (1, 2) for name in OF_COMPONENT] + [*OF_PAIR]


def fgk_m(
    binaries: Table,
    lamost_fgk: Table,
    candidates: Table,
    cuts: dict,
    map_path: PathLike,
    extinction: dict[str, float],
) -> tuple[Table, Table]:
    """Pairs of a LAMOST FGK star and an M dwarf candidate.

    The FGK star becomes component 1, in whichever order the catalogue lists the two.
    An M dwarf in several pairs stays in the one of least `R_chance_align`.

    Parameters
    ----------
    binaries
        Wide-binary catalogue, with `BINARY_COLUMNS`.
    lamost_fgk
        LAMOST A/F/G/K stars, one row per `source_id`.
    candidates
        M dwarf candidates, one row per `source_id`.
    cuts
        Section `pairs` of the configuration.
    map_path
        Bayestar19 map, for the FGK stars' place in the colour-magnitude diagram.
    extinction
        Section `extinction` of the configuration.

    Returns
    -------
    pairs
        One row per M dwarf, by ascending `source_id2`; `selected` where every cut
        (`cut_*`) is passed.
    counts
        As `mdwarfs.samples.counts.count_cuts` gives it.

    Raises
    ------
    InputError
        If the dust map cannot be read.
    """
    fgk = _fgk(lamost_fgk, cuts)
    turned = _turn(binaries)
    as_listed = _present(binaries, fgk, candidates)
    # Where either star could be either, the catalogue's order stands: brighter first.
    swapped = _present(turned, fgk, candidates) & ~as_listed
    found = vstack([binaries[BINARY_COLUMNS][as_listed], turned[swapped]])
    found["swapped"] = np.arange(len(found)) >= np.sum(as_listed)
    annotate(found, SWAPPED)
    pairs = _nearest(found, ["source_id2"])

    same = {name: name for name in ("obsid", "snrg", "feh", "e_feh")}
    teff = {"teff": "teff_fgk", "e_teff": "e_teff_fgk"}
    _attach(pairs, "source_id1", fgk, {**same, **teff})
    first = {name: pairs[f"{name}1"] for name in OF_COMPONENT}
    place = dust.cmd_position(first, map_path, extinction)
    for name in ("mg0", "bp_rp0"):
        pairs[f"{name}1"] = place[name]
        annotate(pairs, {name: dust.COLUMNS[name]})
    place = {"mg0": "mg02", "bp_rp0": "bp_rp02"}
    same = {"sdss_id": "sdss_id", "snr": "snr"}
    _attach(pairs, "source_id2", candidates, {**place, **same})

    limit = cuts["feh_err_max"]
    verdicts = [
        ("feh_err", f"Uncertainty of [Fe/H] < {limit:g} dex", pairs["e_feh"] < limit),
        *_cuts(pairs, cuts, ruwe=True),
    ]
    stages = [
        ("catalogue", "Pairs of the wide-binary catalogue", len(binaries)),
        ("fgk_m", "Pairs of a LAMOST FGK star and an M dwarf candidate", len(found)),
        ("distinct", "One pair for each M dwarf", len(pairs)),
    ]
    return _judge(pairs, stages, verdicts)


def m_m(binaries: Table, candidates: Table, cuts: dict) -> tuple[Table, Table]:
    """Pairs of two M dwarf candidates, in the catalogue's order.

    Parameters
    ----------
    binaries, candidates, cuts
        As for `fgk_m`.

    Returns
    -------
    pairs, counts
        As for `fgk_m`; each star is in one pair.
    """
    found = binaries[BINARY_COLUMNS][_present(binaries, candidates, candidates)]
    pairs = _nearest(found, ["source_id1", "source_id2"])
    for k in (1, 2):
        names = {name: f"{name}{k}" for name in ("sdss_id", "snr", "mg0", "bp_rp0")}
        _attach(pairs, f"source_id{k}", candidates, names)
    stages = [
        ("catalogue", "Pairs of the wide-binary catalogue", len(binaries)),
        ("m_m", "Pairs of two M dwarf candidates", len(found)),
        ("distinct", "One pair for each star", len(pairs)),
    ]
    return _judge(pairs, stages, _cuts(pairs, cuts, ruwe=True))


def fgk_fgk(binaries: Table, lamost_fgk: Table, cuts: dict) -> tuple[Table, Table]:
    """Pairs of two LAMOST FGK stars, in the catalogue's order: the brighter first.

    The paper's appendix names no cut beside "the methodology of Niu et al. (2023)".
    Only the chance alignments are left out here: they are no pairs. The flattening
    test for which the pairs serve is robust against bad members.

    Parameters
    ----------
    binaries, lamost_fgk, cuts
        As for `fgk_m`.

    Returns
    -------
    pairs, counts
        As for `fgk_m`; each star is in one pair.
    """
    fgk = _fgk(lamost_fgk, cuts)
    found = binaries[BINARY_COLUMNS][_present(binaries, fgk, fgk)]
    pairs = _nearest(found, ["source_id1", "source_id2"])
    for k in (1, 2):
        names = ("teff", "e_teff", "feh", "e_feh", "snrg")
        _attach(pairs, f"source_id{k}", fgk, {name: f"{name}{k}" for name in names})
    stages = [
        ("catalogue", "Pairs of the wide-binary catalogue", len(binaries)),
        ("fgk_fgk", "Pairs of two LAMOST FGK stars", len(found)),
        ("distinct", "One pair for each star", len(pairs)),
    ]
    return _judge(pairs, stages, _cuts(pairs, cuts, ruwe=False))


def _fgk(lamost, cuts):
    """The LAMOST stars that count as FGK: Teff inside the configured open range."""
    low, high = cuts["fgk_teff"]
    return lamost[(lamost["teff"] > low) & (lamost["teff"] < high)]


def _present(binaries, first, second):
    """Whether component 1 of each pair is in `first` and component 2 in `second`."""
    present = match(binaries["source_id1"], first["source_id"]) >= 0
    return present & (match(binaries["source_id2"], second["source_id"]) >= 0)


def _turn(binaries):
    """The same pairs with the components in the other order."""
    turned = {f"{name}{k}": f"{name}{3 - k}" for name in OF_COMPONENT for k in (1, 2)}
    sources = {name: turned.get(name, name) for name in BINARY_COLUMNS}
    # As arrays: what the catalogue's columns say of themselves no longer holds.
    columns = {name: np.asarray(binaries[source]) for name, source in sources.items()}
    return Table(columns, copy=False)


def _nearest(pairs, stars):
    """Keep the pairs that are the least likely chance alignment for each star named."""
    ids = np.concatenate([pairs[name] for name in stars])
    rows, _ = best_of_each(ids, np.tile(-pairs["R_chance_align"], len(stars)))
    best = np.zeros(len(ids), bool)
    best[rows] = True
    pairs = pairs[best.reshape(len(stars), -1).all(axis=0)]
    return pairs[np.argsort(pairs[stars[-1]], kind="stable")]


def _attach(pairs, key, catalogue, names):
    """Add columns of a catalogue, found by the identifier `key`, to pairs; in place."""
    index = match(pairs[key], catalogue["source_id"])
    stars = lookup(catalogue[list(names)], index)
    take(pairs, stars, {new: name for name, new in names.items()})


def _cuts(pairs, cuts, ruwe):
    """The cuts on the pair itself: chance alignment and, if wanted, both ruwe."""
    limits = {"R_chance_align": cuts["r_chance_align_max"]}
    if ruwe:
        limits |= {"ruwe1": cuts["ruwe_max"], "ruwe2": cuts["ruwe_max"]}
    return [
        (name.lower(), f"{name} < {limit:g}", pairs[name] < limit)
        for name, limit in limits.items()
    ]


def _judge(pairs, stages, verdicts):
    """Add the verdict of each cut and of all to the pairs, and count them.

    The apparent magnitudes, which the catalogues hold, are left out.
    """
    pairs = pairs[[name for name in pairs.colnames if not name.startswith("phot_")]]
    pairs.meta.clear()
    for name, description, passes in verdicts:
        pairs[f"cut_{name}"] = np.asarray(passes, bool)
        pairs[f"cut_{name}"].info.description = f"Passes: {description}"
    pairs["selected"] = np.all([passes for _, _, passes in verdicts], axis=0)
    annotate(pairs, SELECTED)
    logger.info("%d of %d pairs pass every cut", np.sum(pairs["selected"]), len(pairs))
    return pairs, count_cuts(stages, verdicts)
