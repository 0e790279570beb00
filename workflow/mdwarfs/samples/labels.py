"""Training labels: some numbers for the M dwarf of each FGK+M pair.

Paper, section 2.4 and appendix. [Fe/H] is the primary's, from LAMOST, as catalogued
and on the scale of Niu+2023; Teff and log g of the M dwarf are those of APOGEE Net,
[alpha/M] that of ASPCAP.
"""

import logging
from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.errors import InputError
from mdwarfs.labels import BY_SOURCE, LABELS
from mdwarfs.literature.niu import to_niu_scale
from mdwarfs.samples.niu import chosen_sign
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import best_of_each, match
from mdwarfs.tables.physical import DWARF

logger = logging.getLogger(__name__)

UNPHYSICAL = "no M dwarf's"  # part of the reason of a star with such a label
MOST = 0.05
"""Share of a label's values that no M dwarf can have, above which they are no accident:
the column is in another unit, or another one."""

# Columns taken from the pair, with their names there.
OF_PAIR = {
    "source_id1": "source_id1",
    "ra1": "ra1",
    "dec1": "dec1",
    "source_id": "source_id2",
    "sdss_id": "sdss_id",
    "ra": "ra2",
    "dec": "dec2",
    "snr": "snr",
}


def assemble_labels(
    pairs: Table,
    sign: Table,
    apogee_net: Table,
    aspcap: Table,
    names: Sequence[str] = tuple(LABELS),
) -> Table:
    """Collect the labels of the M dwarfs in the selected FGK+M pairs.

    APOGEE Net's own flag is not used: it is raised for every dwarf cooler than 3200 K
    or of log g > 5. The uncertainty of `feh_niu` is that of `feh`.

    Parameters
    ----------
    pairs
        FGK+M pairs (`mdwarfs.samples.pairs.fgk_m`); those not `selected` are left out.
    sign
        Result of `mdwarfs.samples.niu.settle_sign`.
    apogee_net, aspcap
        APOGEE Net and ASPCAP results; an M dwarf is found by `source_id`, else by
        `sdss_id`, and of several rows the one of largest `snr_apogee` is taken.
    names
        The labels that are wanted (`mdwarfs.labels.LABELS`).

    Returns
    -------
    labels
        One row per selected pair, by ascending `source_id` of the M dwarf: identifiers
        and positions of both components (`source_id1`, `ra1`, `dec1`; `source_id`,
        `sdss_id`, `ra`, `dec`), `snr` of the BOSS spectrum, the labels with their
        uncertainties, `labelled` (all are there, and are a dwarf's) and the `reason`
        if not.

    Raises
    ------
    InputError
        If a catalogue lacks a label, or more than the share `MOST` of a label's values
        are none that an M dwarf can have (`mdwarfs.tables.physical.DWARF`).
    """
    pairs = pairs[np.asarray(pairs["selected"], bool)]
    pairs = pairs[np.argsort(pairs["source_id2"], kind="stable")]
    niu = Table({"e_feh_niu": pairs["e_feh"]})
    niu["feh_niu"] = to_niu_scale(pairs["feh"], pairs["teff_fgk"], chosen_sign(sign))
    sources = {
        "lamost_fgk": pairs,
        "niu": niu,
        "apogee_net": _find(pairs, apogee_net),
        "aspcap": _find(pairs, aspcap),
    }
    labels = Table({name: np.asarray(pairs[old]) for name, old in OF_PAIR.items()})
    wanted = [name for name in LABELS if name in names]
    for name in wanted:
        source = sources[LABELS[name].source]
        for column in (name, f"e_{name}"):
            if column not in source.colnames:
                raise InputError(
                    f"the catalogue {LABELS[name].source} has no column {column}, "
                    f"which the label {name} needs: its reader in mdwarfs/catalogues "
                    'has to give it (CONTRIBUTING.md, "How to add a label")'
                )
            labels[column] = np.asarray(source[column], float)
    judge_labels(labels, wanted)
    logger.info(
        "%d of %d pairs have all labels", np.sum(labels["labelled"]), len(pairs)
    )
    return labels


def require_labelled(labels: Table) -> None:
    """Raise InputError, with the numbers of the reasons, if no star has all labels."""
    if not labels["labelled"].any():
        reasons = Counter(map(str, labels["reason"])).most_common()
        raise InputError(
            f"of the M dwarfs of {len(labels)} pairs, none has all labels: "
            + ", ".join(f"{n} with {reason}" for reason, n in reasons)
        )


def judge_labels(labels: Table, names: Collection[str]) -> None:
    """Say of each star whether all labels are there, and what is wrong; in place.

    Parameters
    ----------
    labels
        The labels; gets `labelled` and `reason`.
    names
        Those that a star needs.
    """
    names = [name for name in BY_SOURCE if name in names]
    missing = {name: np.isnan(labels[name]) for name in names}
    for name in names:
        first = LABELS[name].scale_of
        if first in missing:  # without [Fe/H], no feh_niu for the same reason
            missing[name] &= ~missing[first]
    wrong = {name: not_a_dwarf_s(labels[name], name) for name in names}
    for name, stars in wrong.items():
        reject_many(labels, name, stars)
    lacks = np.column_stack([*missing.values(), *wrong.values()])
    texts = np.array(
        [f"no {LABELS[name].lacking}" for name in names]
        + [f"{name} outside {DWARF[name]}, {UNPHYSICAL}" for name in names]
    )
    labels["labelled"] = ~lacks.any(axis=1)
    labels["labelled"].info.description = "All labels are there"
    labels["reason"] = np.array(["; ".join(texts[row]) for row in lacks], dtype=str)


def not_a_dwarf_s(values: ArrayLike, name: str) -> np.ndarray:
    """Whether each value is a label that no M dwarf can have; nulls are none.

    Parameters
    ----------
    values : shape (n,)
    name
        One of `mdwarfs.tables.physical.DWARF`.

    Returns
    -------
    bool, shape (n,)
    """
    return ~np.isnan(values) & ~DWARF[name].holds(values)


def reject_many(labels: Table, name: str, wrong: np.ndarray) -> None:
    """Raise InputError if a label is wrong of more stars than by accident."""
    known = np.sum(~np.isnan(labels[name]))
    if np.sum(wrong) > MOST * known:
        first = np.flatnonzero(wrong)[0]
        raise InputError(
            f"{np.sum(wrong)} of {known} M dwarfs have an impossible {name} (outside "
            f"{DWARF[name]}), the first is {labels['source_id'][first]} with "
            f"{labels[name][first]:g}: check whether its catalogue has it in another "
            "unit, or another quantity under its name"
        )


def _find(pairs, catalogue):
    """Rows of a catalogue for the M dwarf of each pair, nulls where it is not there."""
    index = np.full(len(pairs), -1)
    for ids, name in (("source_id2", "source_id"), ("sdss_id", "sdss_id")):
        rows, _ = best_of_each(catalogue[name], catalogue["snr_apogee"])
        place = match(pairs[ids], catalogue[name][rows])
        found = (index < 0) & (place >= 0)
        index[found] = rows[place[found]]
    return lookup(catalogue, index)
