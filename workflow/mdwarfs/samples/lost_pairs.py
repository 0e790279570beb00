"""Why a pair of another sample is not in the one that the run builds.

A pair is followed through the steps of the sample: the catalogue of wide binaries, the
BOSS stars of class M, criteria 1-4, the LAMOST catalogue, the quality cuts, the labels.
The first step that it fails explains its absence; the other failed steps are named,
too.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.samples.candidates import REASONS
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import best_of_each, match

# The steps in their order, and what it means to fail one.
STEPS = {
    "no_identifier": "The row lacks an identifier of its pair",
    "repeated": "Another row of the table has the same M dwarf",
    "wide_binaries": "The two are no pair of the wide-binary catalogue, as fetched",
    "boss": "The M dwarf is not among the BOSS stars of class M",
    "gaia": "The M dwarf's BOSS entry has no Gaia DR3 source",
    "diagram": "The M dwarf has no place in the diagram",
    "criterion_1": "The M dwarf fails criterion 1",
    "criterion_2": "The M dwarf fails criterion 2",
    "criterion_3": "The M dwarf fails criterion 3",
    "criterion_4": "The M dwarf fails criterion 4",
    "lamost": "The primary is not in the LAMOST A/F/G/K catalogue",
    "fgk_teff": "The primary's LAMOST Teff is outside the range of FGK dwarfs",
    "other_primary": "The M dwarf is paired with another primary",
    "feh_err": "The quality cut on the error of [Fe/H]",
    "r_chance_align": "The quality cut on R_chance_align",
    "ruwe1": "The quality cut on ruwe of the primary",
    "ruwe2": "The quality cut on ruwe of the M dwarf",
    "label": "A label is missing",
    "unexplained": "Nothing that is known here explains it",
}
# The number that decides a cut, among the columns of the pairs.
DECIDES = {
    "feh_err": "e_feh",
    "r_chance_align": "R_chance_align",
    "ruwe1": "ruwe1",
    "ruwe2": "ruwe2",
}
CRITERIA = ("criterion_1", "criterion_2", "criterion_3", "criterion_4")


def explain(
    theirs: Table,
    binaries: Table,
    m_type: Table,
    lamost_fgk: Table,
    pairs: Table,
    labels: Table,
    fgk_teff: Sequence[float],
) -> tuple[np.ndarray, np.ndarray]:
    """Find for each pair of another sample what keeps it out of the one built here.

    Parameters
    ----------
    theirs
        `source_id1` (FGK primary), `source_id2` (M dwarf), `snr`: the other sample.
    binaries
        The wide-binary catalogue: `source_id1`, `source_id2`, in either order.
    m_type
        BOSS stars of class M with their place in the diagram and the verdict of each
        criterion (`mdwarfs.samples.candidates.m_type`).
    lamost_fgk
        `source_id`, `teff`.
    pairs
        FGK+M pairs with the verdict of each cut (`mdwarfs.samples.pairs.fgk_m`).
    labels
        The selected pairs with `labelled` and `reason`.
    fgk_teff : length 2
        Open range of Teff of FGK dwarfs [K].

    Returns
    -------
    step : str, shape (n,)
        A key of `STEPS`; empty for the pairs that are in the sample built here.
    reason : str, shape (n,)
        Every step that the pair fails, with the numbers that decide; empty likewise.
    """
    found = (
        row_failures(theirs)
        | reason_where("wide_binaries", ~in_catalogue(theirs, binaries))
        | m_dwarf_failures(theirs["source_id2"], m_type)
        | primary_failures(theirs["source_id1"], lamost_fgk, fgk_teff, binaries)
        | cut_failures(theirs, pairs)
        | label_failures(theirs, labels)
    )
    here = in_sample(theirs, labels) & (found["repeated"] == "")
    found = {step: np.where(here, "", found[step]) for step in STEPS if step in found}
    found |= reason_where("unexplained", ~here & (all_reasons(found) == ""))
    step = np.full(len(theirs), "", "U16")
    for name, texts in found.items():
        step[(texts != "") & (step == "")] = name
    return step, all_reasons(found)


def reason_where(
    step: str, failed: np.ndarray, detail: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """What is said of each row about one step: nothing, unless it fails it.

    Parameters
    ----------
    step
        A key of `STEPS`.
    failed : bool, shape (n,)
    detail : str, shape (n,)
        The numbers that decide.

    Returns
    -------
    str, shape (n,) each
        By step, to be joined with those of others.
    """
    text = np.full(len(failed), STEPS[step])
    if detail is not None:
        text = np.array([f"{STEPS[step]} ({value})" for value in detail], dtype=str)
    return {step: np.where(failed, text, "")}


def all_reasons(found: dict[str, np.ndarray]) -> np.ndarray:
    """All that is said of each row, in one text.

    Parameters
    ----------
    found : str, shape (n,) each
        By step. Of a row that names no pair nothing else is said.

    Returns
    -------
    str, shape (n,)
    """
    rows = zip(*(texts.tolist() for texts in found.values()))
    unnamed = STEPS["no_identifier"]
    return np.array(
        [unnamed if unnamed in row else "; ".join(filter(None, row)) for row in rows],
        dtype=str,
    )


def row_failures(theirs: Table) -> dict[str, np.ndarray]:
    """Rows without identifiers, and rows that repeat the M dwarf of a better one.

    By step; see `reason_where`.
    """
    ids = np.asarray(theirs["source_id2"])
    lacking = (ids <= 0) | (np.asarray(theirs["source_id1"]) <= 0)
    best, _ = best_of_each(ids, theirs["snr"])
    repeated = np.ones(len(ids), bool)
    repeated[best] = False
    return reason_where("no_identifier", lacking) | reason_where(
        "repeated", repeated & ~lacking
    )


def in_catalogue(theirs: Table, binaries: Table) -> np.ndarray:
    """Whether each pair is in the catalogue, in whichever order."""
    ours = np.column_stack([binaries["source_id1"], binaries["source_id2"]])
    near = np.isin(ours, theirs["source_id2"]).any(axis=1)
    known = {frozenset(pair) for pair in ours[near].tolist()}
    wanted = zip(theirs["source_id1"].tolist(), theirs["source_id2"].tolist())
    return np.array([frozenset(pair) in known for pair in wanted], bool)


def m_dwarf_failures(source_id: ArrayLike, m_type: Table) -> dict[str, np.ndarray]:
    """What keeps each M dwarf from being a candidate.

    Parameters
    ----------
    source_id : int, shape (n,)
    m_type
        As for `explain`.

    Returns
    -------
    str, shape (n,) each
        By step; see `reason_where`.
    """
    index = match(source_id, m_type["source_id"])
    star = lookup(m_type, index)
    there = index >= 0
    # An entry that Gaia DR3 does not know has the identifier that BOSS gives, of DR2.
    alone = m_type["gaia_dr2_source_id"][np.asarray(m_type["source_id"]) <= 0]
    entry = ~there & np.isin(source_id, alone[alone > 0])
    reason = np.asarray(star["reason"], str)
    found = (
        reason_where("boss", ~there & ~entry)
        | reason_where("gaia", entry)
        | reason_where("diagram", there & np.isin(reason, list(REASONS)), reason)
    )
    place = row_texts(
        "M_G0 = {:.2f}, (BP-RP)_0 = {:.2f} mag", star["mg0"], star["bp_rp0"]
    )
    details = dict.fromkeys(CRITERIA, place)
    details["criterion_4"] = row_texts("ruwe = {:.2f}", star["ruwe"])
    for name, detail in details.items():
        failed = there & (reason == "") & ~np.asarray(star[name], bool)
        found |= reason_where(name, failed, detail)
    return found


def primary_failures(
    source_id: np.ndarray, lamost_fgk: Table, fgk_teff: Sequence[float], binaries: Table
) -> dict[str, np.ndarray]:
    """What keeps each primary from being a LAMOST FGK dwarf, by step.

    The LAMOST catalogue keeps the stars in wide binaries alone: of others it says
    nothing.
    """
    asked = np.isin(source_id, binaries["source_id1"])
    asked |= np.isin(source_id, binaries["source_id2"])
    index = match(source_id, lamost_fgk["source_id"])
    teff = np.asarray(lookup(lamost_fgk["source_id", "teff"], index)["teff"], float)
    low, high = fgk_teff
    outside = (index >= 0) & ~((teff > low) & (teff < high))
    return reason_where("lamost", asked & (index < 0)) | reason_where(
        "fgk_teff", outside, row_texts("{:.0f} K", teff)
    )


def cut_failures(theirs: Table, pairs: Table) -> dict[str, np.ndarray]:
    """The quality cuts that each pair fails, by step; see `reason_where`.

    Of an M dwarf that this run pairs with another primary the cuts say nothing of the
    pair of the other sample: that it is another pair is the only reason given.
    """
    own, there = same_m_dwarf(theirs, pairs, "source_id2")
    same = there & (np.asarray(own["source_id1"]) == np.asarray(theirs["source_id1"]))
    found = reason_where(
        "other_primary", there & ~same, row_texts("{}", own["source_id1"])
    )
    for name, column in DECIDES.items():
        failed = same & ~np.asarray(own[f"cut_{name}"], bool)
        found |= reason_where(
            name, failed, row_texts(f"{column} = {{:.3g}}", own[column])
        )
    return found


def label_failures(theirs: Table, labels: Table) -> dict[str, np.ndarray]:
    """Which labels the selected pairs lack, by step; see `reason_where`."""
    own, there = same_m_dwarf(theirs, labels, "source_id")
    same = there & (np.asarray(own["source_id1"]) == np.asarray(theirs["source_id1"]))
    lacking = same & ~np.asarray(own["labelled"], bool)
    return reason_where("label", lacking, np.asarray(own["reason"], str))


def in_sample(theirs: Table, labels: Table) -> np.ndarray:
    """Whether each pair, with the same primary, is in the labelled sample."""
    own, there = same_m_dwarf(theirs, labels, "source_id")
    same = there & (np.asarray(own["source_id1"]) == np.asarray(theirs["source_id1"]))
    return same & np.asarray(own["labelled"], bool)


def same_m_dwarf(theirs: Table, ours: Table, name: str) -> tuple[Table, np.ndarray]:
    """Our rows of the same M dwarfs, nulls where there is none; where there is one."""
    index = match(theirs["source_id2"], ours[name])
    return lookup(ours, index), index >= 0


def row_texts(form: str, *columns: Any) -> np.ndarray:
    """A text for each row of some columns."""
    rows = zip(*(np.asarray(column).tolist() for column in columns))
    return np.array([form.format(*row) for row in rows], dtype=str)
