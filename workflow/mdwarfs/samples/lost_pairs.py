"""Why a pair of somebody else's sample is not in the one that is built here.

A pair goes the way of the sample, step by step: the catalogue of wide binaries, the
BOSS stars of class M, criteria 1-4, the LAMOST catalogue, the quality cuts, the labels.
The first step that it fails explains its absence; the others are said as well.
"""

import numpy as np

from mdwarfs.joining import lookup
from mdwarfs.matching import best_of_each, match
from mdwarfs.samples.candidates import REASONS

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


def explain(theirs, binaries, m_type, lamost_fgk, pairs, labels, fgk_teff):
    """Find for each pair of another sample what keeps it out of the one built here.

    Parameters
    ----------
    theirs : astropy.table.Table
        `source_id1` (FGK primary), `source_id2` (M dwarf), `snr`: the other sample.
    binaries : astropy.table.Table
        The wide-binary catalogue: `source_id1`, `source_id2`, in either order.
    m_type : astropy.table.Table
        BOSS stars of class M with their place in the diagram and the verdict of each
        criterion (`mdwarfs.samples.candidates.m_type`).
    lamost_fgk : astropy.table.Table
        `source_id`, `teff`.
    pairs : astropy.table.Table
        FGK+M pairs with the verdict of each cut (`mdwarfs.samples.pairs.fgk_m`).
    labels : astropy.table.Table
        The selected pairs with `labelled` and `reason`.
    fgk_teff : sequence of 2 float
        Open range of Teff of FGK dwarfs [K].

    Returns
    -------
    step : ndarray of str, shape (n,)
        A key of `STEPS`; empty for the pairs that are in the sample built here.
    reason : ndarray of str, shape (n,)
        Every step that the pair fails, with the numbers that decide; empty likewise.
    """
    found = {}
    for failures in (
        rows_by_themselves(theirs),
        {"wide_binaries": (~in_catalogue(theirs, binaries), None)},
        m_dwarf(theirs["source_id2"], m_type),
        primary(theirs["source_id1"], lamost_fgk, fgk_teff),
        quality(theirs, pairs),
        {"label": label(theirs, labels)},
    ):
        found |= failures
    here = in_sample(theirs, labels) & ~found["repeated"][0]
    found["unexplained"] = (
        ~here & ~np.any([failed for failed, _ in found.values()], axis=0),
        None,
    )
    step = np.full(len(theirs), "", "U16")
    words = [[] for _ in range(len(theirs))]
    for name, text in STEPS.items():
        failed, detail = found[name]
        failed = failed & ~here
        if (
            name != "no_identifier"
        ):  # of a row that names no stars nothing else is known
            failed &= ~found["no_identifier"][0]
        step[failed & (step == "")] = name
        for row in np.flatnonzero(failed):
            said = "" if detail is None else f" ({detail[row]})"
            words[row].append(text + said)
    return step, np.array(["; ".join(said) for said in words], dtype=str)


def rows_by_themselves(theirs):
    """Rows without identifiers, and rows that repeat the M dwarf of a better one."""
    ids = np.asarray(theirs["source_id2"])
    lacking = (ids <= 0) | (np.asarray(theirs["source_id1"]) <= 0)
    best, _ = best_of_each(ids, theirs["snr"])
    repeated = np.ones(len(ids), bool)
    repeated[best] = False
    return {"no_identifier": (lacking, None), "repeated": (repeated & ~lacking, None)}


def in_catalogue(theirs, binaries):
    """Whether each pair is in the catalogue, in whichever order."""
    ours = np.column_stack([binaries["source_id1"], binaries["source_id2"]])
    near = np.isin(ours, theirs["source_id2"]).any(axis=1)
    known = {frozenset(pair) for pair in ours[near].tolist()}
    wanted = zip(theirs["source_id1"].tolist(), theirs["source_id2"].tolist())
    return np.array([frozenset(pair) in known for pair in wanted], bool)


def m_dwarf(source_id, m_type):
    """What keeps each M dwarf from being a candidate.

    Parameters
    ----------
    source_id : array_like of int, shape (n,)
    m_type : astropy.table.Table
        As for `explain`.

    Returns
    -------
    dict of str to (ndarray of bool, ndarray of str or None)
        By step: which fail it, and the numbers that decide.
    """
    index = match(source_id, m_type["source_id"])
    star = lookup(m_type, index)
    there = index >= 0
    # An entry that Gaia DR3 does not know has the identifier that BOSS gives, of DR2.
    alone = m_type["gaia_dr2_source_id"][np.asarray(m_type["source_id"]) <= 0]
    entry = ~there & np.isin(source_id, alone[alone > 0])
    reason = np.asarray(star["reason"], str)
    placed = there & (reason == "")
    place = texts("M_G0 = {:.2f}, (BP-RP)_0 = {:.2f} mag", star["mg0"], star["bp_rp0"])
    failures = {
        "boss": (~there & ~entry, None),
        "gaia": (entry, None),
        "diagram": (there & np.isin(reason, list(REASONS)), reason),
    }
    for name in CRITERIA:
        failed = placed & ~np.asarray(star[name], bool)
        detail = texts("ruwe = {:.2f}", star["ruwe"]) if name[-1] == "4" else place
        failures[name] = (failed, detail)
    return failures


def primary(source_id, lamost_fgk, fgk_teff):
    """What keeps each primary from being a LAMOST FGK dwarf; as `m_dwarf`."""
    index = match(source_id, lamost_fgk["source_id"])
    teff = np.asarray(lookup(lamost_fgk["source_id", "teff"], index)["teff"], float)
    low, high = fgk_teff
    outside = (index >= 0) & ~((teff > low) & (teff < high))
    return {
        "lamost": (index < 0, None),
        "fgk_teff": (outside, texts("{:.0f} K", teff)),
    }


def quality(theirs, pairs):
    """The quality cuts that each pair fails, or that it is another one here."""
    index = match(theirs["source_id2"], pairs["source_id2"])
    own = lookup(pairs, index)
    same = np.asarray(own["source_id1"]) == np.asarray(theirs["source_id1"])
    other = (index >= 0) & ~same
    ids = texts("{}", own["source_id1"])
    failures = {"other_primary": (other, ids)}
    for name, column in DECIDES.items():
        passes = np.asarray(own[f"cut_{name}"], bool)
        failed = (index >= 0) & same & ~passes
        failures[name] = (failed, texts(f"{column} = {{:.3g}}", own[column]))
    return failures


def label(theirs, labels):
    """Which selected pairs lack a label, and which."""
    index = match(theirs["source_id2"], labels["source_id"])
    own = lookup(labels["source_id1", "labelled", "reason"], index)
    same = np.asarray(own["source_id1"]) == np.asarray(theirs["source_id1"])
    lacking = (index >= 0) & same & ~np.asarray(own["labelled"], bool)
    return lacking, np.asarray(own["reason"], str)


def in_sample(theirs, labels):
    """Whether each pair, with the same primary, is in the labelled sample."""
    index = match(theirs["source_id2"], labels["source_id"])
    own = lookup(labels["source_id1", "labelled"], index)
    same = np.asarray(own["source_id1"]) == np.asarray(theirs["source_id1"])
    return (index >= 0) & same & np.asarray(own["labelled"], bool)


def texts(form, *columns):
    """A text for each row of some columns."""
    rows = zip(*(np.asarray(column).tolist() for column in columns))
    return np.array([form.format(*row) for row in rows], dtype=str)
