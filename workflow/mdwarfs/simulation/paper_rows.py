"""The simulated table of the paper's own pairs, which differs from what a run builds.

Its authors have worked on other versions of the catalogues: some sound pairs are not in
their table, some are that no run selects from the simulated catalogues, and some labels
are those of an older version. What differs is drawn here, and told to the truth.
"""

import numpy as np
from astropy.table import Table

from mdwarfs.labels import LABELS, OF_PAPER, QUANTITIES
from mdwarfs.literature import niu
from mdwarfs.simulation.stars import FGK_TEFF_RANGE
from mdwarfs.tables.matching import best_of_each, match
from mdwarfs.tables.tabulate import annotate

MISSING = "missing"
# Of the sound pairs, the share that the table lacks, and those for which it has labels
# of an older version.
SOUND = {MISSING: 0.02, "older_teff": 0.03, "older_feh": 0.03}
OLDER = {
    "older_teff": {"teff": 90.0, "logg": -0.08},
    "older_feh": {"feh": -0.09, "feh_niu": -0.09},
}
"""How labels of an older version differ from those of the catalogues."""
# Of the pairs that a step keeps out of the sample (`mdwarfs.samples.lost_pairs`), the
# share that the table has.
EXTRA = {
    "feh_err": 0.04,
    "r_chance_align": 0.05,
    "ruwe1": 0.06,
    "label": 0.5,
    "boss": 0.03,
    "lamost": 0.03,
    "wide_binaries": 0.002,
}
UNKNOWN = {"teff": 40.0, "logg": 0.05, "alpha_m": 0.03, "feh": 0.05}
"""Errors of the labels of pairs for which the simulated catalogues have none."""

NAMES = OF_PAPER | {f"e_{name}": f"e_{column}" for name, column in OF_PAPER.items()}
TRUTH = {
    "injected": (
        "",
        "missing: not in the paper's table; older_*: labels of an older version; a "
        "step of the sample: only in the paper's table for that; empty: in both",
    )
}


def paper_pairs(
    stars: Table,
    lamost: dict[str, np.ndarray],
    apogee_net: dict[str, np.ndarray],
    aspcap: dict[str, np.ndarray],
    rng: np.random.Generator,
) -> tuple[dict[str, np.ndarray], Table]:
    """Columns of the paper's table, and what is different in it.

    Parameters
    ----------
    stars
        The simulated stars as observed.
    lamost, apogee_net, aspcap
        Columns of the A/F/G/K catalogue and of Astra's summaries.

    Returns
    -------
    columns
        By the names that the paper prints.
    truth
        `source_id1`, `source_id2`, `injected` of every pair that is in the table or
        should be.
    """
    first, second, injected = choose(stars, rng)
    one, two = stars[first], stars[second]
    truth = Table({"source_id1": one["source_id"], "source_id2": two["source_id"]})
    truth["injected"] = injected
    annotate(truth, TRUTH)
    labels = labels_of(one, two, lamost, apogee_net, aspcap, rng)
    for kind, shifts in OLDER.items():
        for name, shift in shifts.items():
            labels[name][injected == kind] += shift
    columns = {NAMES[name]: values for name, values in labels.items()}
    for k, star in ((1, one), (2, two)):
        for name in ("source_id", "ra", "dec"):
            columns[f"{name}{k}"] = np.asarray(star[name])
    columns["SNR"] = np.asarray(two["snr"])
    order = rng.permutation(np.flatnonzero(injected != MISSING))
    return {name: values[order] for name, values in columns.items()}, truth


def choose(
    stars: Table, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of the primary and of the M dwarf of each pair, and what is injected."""
    kind, fault = np.asarray(stars["kind"]), np.asarray(stars["injected"])
    component = np.asarray(stars["component"])
    partner = partners(stars)
    m_dwarf = component == 2
    secondary = (kind == "m_secondary") & m_dwarf
    (sound,) = np.nonzero(secondary & (fault == ""))
    injected = np.full(len(sound), "", "U16")
    drawn = iter(rng.permutation(len(sound)))
    for name, share in SOUND.items():
        for _ in range(at_least_one(share, len(sound))):
            injected[next(drawn)] = name
    rows, names = [sound], [injected]
    available = {
        **{
            name: secondary & (fault == name)
            for name in ("feh_err", "r_chance_align", "ruwe1")
        },
        "label": secondary & np.isin(fault, ("no_apogee_net", "no_aspcap")),
        "boss": (kind == "unmatched") & m_dwarf,
        "lamost": (kind == "m_m") & m_dwarf & (fault == ""),
        "wide_binaries": (kind == "field") & (fault == ""),
    }
    for name, share in EXTRA.items():
        (possible,) = np.nonzero(available[name])
        n = at_least_one(share, len(possible))
        rows.append(np.sort(rng.permutation(possible)[:n]))
        names.append(np.full(n, name, "U16"))
    second, injected = np.concatenate(rows), np.concatenate(names)
    first = partner[second]
    # What is no pair of the catalogue is one with some lone star of LAMOST.
    alone = np.flatnonzero(first < 0)
    lone = rng.permutation(np.flatnonzero(kind == "lamost_only"))[: len(alone)]
    first[alone] = lone
    return first, second, injected


def at_least_one(share: float, n: int) -> int:
    """So many of n, but one at least if there are any."""
    return min(n, max(1, round(share * n)))


def partners(stars: Table) -> np.ndarray:
    """Row of the other star of the pair; -1 for a single star."""
    pair = np.asarray(stars["pair_id"])
    partner = np.full(len(stars), -1)
    order = np.flatnonzero(pair > 0)
    order = order[np.argsort(pair[order], kind="stable")]
    partner[order[0::2]], partner[order[1::2]] = order[1::2], order[0::2]
    return partner


def labels_of(
    one: Table,
    two: Table,
    lamost: dict[str, np.ndarray],
    apogee_net: dict[str, np.ndarray],
    aspcap: dict[str, np.ndarray],
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Labels of the pairs: those of the catalogues, or the truth with an error."""
    labels = {}
    for name in (x for x in OF_PAPER if x in QUANTITIES):
        star = one if LABELS[name].source == "lamost_fgk" else two
        error = np.full(len(two), UNKNOWN[name])
        labels[name] = np.asarray(star[name]) + error * rng.standard_normal(len(two))
        labels[f"e_{name}"] = error
    # To the authors each primary is an FGK dwarf.
    teff = np.clip(np.array(one["teff"]), *FGK_TEFF_RANGE)
    primaries = np.asarray(lamost["gaia_source_id"]).astype(np.int64)
    found = best(one["source_id"], primaries, lamost["snrg"])
    known = found >= 0
    for name, column in (("feh", "feh"), ("e_feh", "feh_err")):
        labels[name][known] = np.asarray(lamost[column])[found[known]]
    teff[known] = np.asarray(lamost["teff"])[found[known]]
    labels["feh_niu"] = niu.to_niu_scale(labels["feh"], teff, "subtract")
    for table, names in (
        (apogee_net, {"teff": "teff", "logg": "logg"}),
        (aspcap, {"alpha_m": "alpha_m_atm"}),
    ):
        found = best(two["source_id"], table["gaia_dr3_source_id"], table["snr"])
        for name, column in names.items():
            values = np.append(np.asarray(table[column], float), np.nan)[found]
            errors = np.append(np.asarray(table[f"e_{column}"], float), np.nan)[found]
            known = np.isfinite(values)
            labels[name][known] = values[known]
            labels[f"e_{name}"][known] = errors[known]
    return labels


def best(ids: np.ndarray, catalogue: np.ndarray, snr: np.ndarray) -> np.ndarray:
    """Row of a catalogue for each star, the one of largest SNR; -1: not there."""
    catalogue = np.asarray(catalogue)
    rows, _ = best_of_each(catalogue, snr)
    place = match(ids, catalogue[rows])
    return np.where(place >= 0, rows[place], -1)
