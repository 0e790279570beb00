"""Training labels taken from the paper's own table of FGK+M pairs.

The table has labels, but no spectra: its M dwarfs are joined to the candidates of the
run, whose spectra are then used. What cannot be joined, or lacks a label, is listed.
"""

import logging

import numpy as np
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.labels import LABELS, OF_PAPER, QUANTITIES
from mdwarfs.samples.labels import judge_labels
from mdwarfs.samples.lost_pairs import all_reasons, m_dwarf_failures, row_failures
from mdwarfs.tables import absent
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import annotate

logger = logging.getLogger(__name__)

OF_PAIR = {
    "source_id1": "source_id1",
    "ra1": "ra1",
    "dec1": "dec1",
    "source_id": "source_id2",
    "ra": "ra2",
    "dec": "dec2",
}
USED = {"used": ("", "Its labels are among those of the training and test stars")}


def take_paper_labels(theirs: Table, m_type: Table) -> tuple[Table, Table]:
    """Labels of the paper's table for the candidates of the run.

    Parameters
    ----------
    theirs
        The paper's pairs (`mdwarfs.catalogues.paper_pairs`).
    m_type
        BOSS stars of class M with their verdicts (`mdwarfs.samples.candidates`).

    Returns
    -------
    labels
        As `mdwarfs.samples.labels.assemble_labels` gives it, one row per pair whose M
        dwarf is a candidate; `snr` is that of the spectrum used here. The error of
        `feh_niu`, which the table does not give, is that of `feh`. If the table says
        for every labelled star whether it is of the training or of the test set, the
        column `role` has it.
    stars
        Every pair of the table in its order, with `used` and, if not, the `reason`.

    Raises
    ------
    InputError
        If the table is not at hand, lacks a column that is needed, or none of its
        stars can be used.
    """
    check(theirs)
    index = match(theirs["source_id2"], m_type["source_id"])
    stars = lookup(m_type["sdss_id", "snr", "candidate"], index)
    labels = Table({name: np.asarray(theirs[old]) for name, old in OF_PAIR.items()})
    labels["sdss_id"], labels["snr"] = stars["sdss_id"], stars["snr"]
    for name in OF_PAPER:
        measured = LABELS[name].scale_of or name
        labels[name] = np.asarray(theirs[name])
        labels[f"e_{name}"] = np.asarray(theirs[f"e_{measured}"])
    judge_labels(labels, OF_PAPER)
    role = np.asarray(theirs["role"], str)

    absence = all_reasons(
        row_failures(theirs) | m_dwarf_failures(theirs["source_id2"], m_type)
    )
    joined = np.asarray(stars["candidate"], bool) & (absence == "")
    every = theirs["row", "source_id1", "source_id2"]
    every["used"] = joined & labels["labelled"]
    every["reason"] = np.where(joined, labels["reason"], absence)
    every.meta = {}
    annotate(every, USED)

    labels, role = labels[joined], role[joined]
    order = np.argsort(labels["source_id"], kind="stable")
    labels, role = labels[order], role[order]
    if len(labels) and np.all(role[labels["labelled"]] != ""):
        labels["role"] = role
    n = int(np.sum(labels["labelled"]))
    logger.info("%d of %d pairs of the paper's table are used", n, len(theirs))
    if not n:
        raise InputError(
            "labels.source: none of the pairs of the paper's table has all labels and "
            "an M dwarf among the candidates of this run"
        )
    return labels, every


def check(theirs: Table) -> None:
    """Raise InputError if there is no table, or if it lacks what labels are made of."""
    reason = absent.why(theirs)
    if reason:
        raise InputError(
            "labels.source: published, but the paper's own table is not at hand: "
            f"{reason}. Put the file under results/<run>/raw/nadc/ and delete its "
            ".json, or set labels.source: own."
        )
    needed = {*OF_PAPER, *(f"e_{name}" for name in OF_PAPER if name in QUANTITIES)}
    lacking = [n for n in theirs.meta.get("LACKS", "").split(", ") if n in needed]
    if lacking:
        raise InputError(
            "labels.source: published, but the paper's own table has no column for "
            f"{', '.join(lacking)} (mdwarfs/catalogues/paper_pairs.py has the "
            "spellings that are known); set labels.source: own"
        )
