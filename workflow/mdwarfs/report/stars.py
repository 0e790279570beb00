"""The stars of a run, one row each, with what the page's plots show of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from astropy.table import Table

from mdwarfs.labels import LABELS
from mdwarfs.report import packing, spectra
from mdwarfs.slam.infer.flags import DESCRIPTIONS
from mdwarfs.star.identify import FILES, NAMES, names_of
from mdwarfs.tables.columns import CALIBRATED, ERROR, FORMAL
from mdwarfs.tables.matching import match

PHOTOMETRY = {
    "bp_rp0": ("(BP − RP)₀", "mag"),
    "mg0": ("M_G0", "mag"),
    "snr": ("SNR per pixel", ""),
}
"""Columns of the catalogue beside the labels, if it has them: name and unit."""
NAMED = (
    "source_id", "sdss_id", "id", "file", "name", "tmass_designation", "designation",
)  # fmt: skip
"""By what a star is found on the page; `mdwarfs show` knows further numbers."""
ROLES = ("candidate", "train", "test")
"""What a star can be in a run; those that the split does not name are the first."""
HYBRID, REFERENCE, TRUE, CALLED = "hybrid_", "ref_", "true_", "called_"


def table(
    catalogue: Table,
    hybrid: Table,
    split: Table | None,
    labels: Table,
    names: Sequence[str],
    truth: Table | None = None,
    called: Mapping[str, np.ndarray] | None = None,
) -> Table:
    """What the page knows of each star.

    Parameters
    ----------
    catalogue
        Of SLAM, n stars.
    hybrid
        The catalogue of hybrid labels.
    split
        `source_id` and `role`, or none.
    labels
        Reference labels with `source_id` and `e_*`.
    names
        The labels.
    truth
        Of simulated runs, `source_id` and `<label>`.
    called
        What the stars are called, see `mdwarfs.star.identify.names_of`. Default: what
        the catalogue says.

    Returns
    -------
    table
        n rows in the order of the catalogue: `source_id`, `called_*` for each kind of
        name, the columns of `PHOTOMETRY` that there are, of each label x the columns x,
        `e_x`, `sigma_x`, `formal_e_x`, `hybrid_x`, `hybrid_e_x`, `ref_x`, `ref_e_x` and
        `true_x` that there are, `flags`, `hybrid_flags` and `role`, which counts
        `ROLES`.
    """
    found = Table({"source_id": np.asarray(catalogue["source_id"])})
    for name, texts in (called or names_of(found["source_id"], [catalogue])).items():
        found[CALLED + name] = texts
    for name in PHOTOMETRY:
        if name in catalogue.colnames:
            found[name] = np.asarray(catalogue[name], float)
    own = [p + x for x in names for p in ("", ERROR, CALIBRATED, FORMAL)]
    for name in own:
        if name in catalogue.colnames:
            found[name] = np.asarray(catalogue[name], float)
    sources = {HYBRID: hybrid, REFERENCE: labels, TRUE: truth}
    for prefix, source in sources.items():
        if source is None:
            continue
        rows = match(found["source_id"], source["source_id"])
        for name in (p + x for x in names for p in ("", ERROR)):
            if name in source.colnames:
                found[prefix + name] = _taken(source[name], rows)
    found["flags"] = np.asarray(catalogue["flags"], np.int64)
    rows = match(found["source_id"], hybrid["source_id"])
    found["hybrid_flags"] = np.where(rows >= 0, np.asarray(hybrid["flags"])[rows], 0)
    found["role"] = np.zeros(len(found), int)
    if split is not None and len(split):
        rows = match(found["source_id"], split["source_id"])
        roles = [ROLES.index(x) if x in ROLES else 0 for x in split["role"]]
        found["role"] = np.where(rows >= 0, np.asarray(roles)[rows], 0)
    return found


def packed(stars: Table, names: Sequence[str]) -> dict:
    """The stars as the page takes them, columns packed.

    Parameters
    ----------
    stars
        As `table` makes it.
    names
        The labels.
    """
    called = [x for x in stars.colnames if x.startswith(CALLED)]
    plain = {"source_id", "flags", "hybrid_flags", "role", *called}
    columns, data = {}, []
    for name in (x for x in stars.colnames if x not in plain):
        columns[name], k = packing.column(stars[name])
        columns[name]["at"] = len(data)
        data.append(k)
    flags = np.stack([stars["flags"], stars["hybrid_flags"]]).astype("<u4")
    set_bits = np.bitwise_or.reduce(flags, axis=None)
    return {
        "n": len(stars),
        "called": [
            {
                "name": name,
                "title": NAMES[name],
                "file": name in FILES,
                "texts": packing.deflated("\n".join(stars[CALLED + name]).encode()),
            }
            for name in (x.removeprefix(CALLED) for x in called)
        ],
        "columns": columns,
        "data": packing.deflated(np.stack(data).tobytes()),
        "flags": packing.deflated(flags.tobytes()),
        "role": packing.deflated(np.asarray(stars["role"], "u1").tobytes()),
        "roles": ROLES,
        "labels": [
            {
                "name": x,
                "title": LABELS[x].heading,
                "unit": LABELS[x].unit,
                "decimals": LABELS[x].digits,
            }
            for x in names
        ],
        "photometry": [
            {"name": x, "title": title, "unit": unit}
            for x, (title, unit) in PHOTOMETRY.items()
            if x in columns
        ],
        "bits": [
            {
                "bit": int(bit),
                "name": bit.name.lower(),
                "words": words,
                "seen": bool(int(bit) & int(set_bits)),
            }
            for bit, words in DESCRIPTIONS.items()
        ],
    }


def script(packed: Mapping[str, object], held: Mapping[str, object]) -> str:
    """The script that hands the stars to the page.

    Parameters
    ----------
    packed
        As `packed` makes them.
    held
        Of spectra: `wavelength`, `stars` (the numbers of those with spectra, in the
        order of the groups), `group` (how many a group has), and what it is that is
        drawn.
    """
    return packing.script("mdwarfs.stars", packed, held)


def that_fit(
    stars: Table, packed: Mapping[str, object], megabytes: float
) -> np.ndarray:
    """The stars that the page lists, where it cannot list all.

    Parameters
    ----------
    stars
        As `table` makes it, n rows.
    packed
        The same, as `packed` makes them.
    megabytes
        Most that their script may take.

    Returns
    -------
    int, shape (m,)
        Rows, in order: training and test stars first, and of the others so many that
        are evenly spaced in the order of their SNR.
    """
    size = len(script(packed, {})) / 1e6
    most = int(len(stars) * min(megabytes / size, 1))
    snr = np.nan_to_num(np.asarray(stars["snr"], float))
    every = np.ones(len(stars), bool)
    return spectra.chosen(np.asarray(stars["role"]) > 0, snr, every, most)


def _taken(column, rows):
    return np.where(rows >= 0, np.asarray(column, float)[rows], np.nan)
