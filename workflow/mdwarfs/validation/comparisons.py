"""SLAM labels against other measurements of the same stars (paper, section 4.3).

Each comparison is a table with a row for every star (or pair) that both sides have:
the SLAM label `x`, the other value `x_ref`, and `used`, which says whether the row
enters the statistics. The paper does not say which stars its medians are over, except
for the test stars (all 250). Here the test stars are all used, and the comparisons with
others use the stars whose fit converged and whose SLAM labels lie within the usable
range (paper, Table 1), which is where the paper recommends them; the statistics of all
rows stand beside.

Training stars are among them, since the paper does not say that it left any out; the
column `trained_on` tells them, and the statistics without them stand beside as well.

The cut is on SLAM's own values, so it selects on their errors too: at an edge of the
range, stars stay that SLAM errs inwards and go that it errs outwards. Differences
against the reference are therefore biased near the edges (of stars that belong above
the upper one, those of negative error are left), and scatter a little too little.
"""

from collections.abc import Sequence

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.errors import InputError
from mdwarfs.labels import LABELS
from mdwarfs.literature.extinction import TMASS_EXTINCTION
from mdwarfs.literature.mann import (
    logg_from_mass_and_radius,
    mass_from_m_ks,
    radius_from_m_ks,
    teff_from_colours,
)
from mdwarfs.samples.extinction import absolute_magnitude
from mdwarfs.samples.split import TRAINED_ON, of_role
from mdwarfs.slam.infer.flags import COLUMNS as FLAGS
from mdwarfs.slam.infer.flags import RANGED, Flag
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import best_of_each, match
from mdwarfs.tables.tabulate import annotate, take

UNUSABLE = sum(label.outside for label in RANGED.values()) | (
    Flag.NOT_CONVERGED | Flag.NO_LABELS
)


COLUMNS = {
    "flags": FLAGS["flags"],
    TRAINED_ON: (
        "",
        "Training star (of a pair: either is): its SLAM labels are nearer to its "
        "reference labels than those of other stars are to theirs",
    ),
    "used": ("", "In the statistics: test stars, else converged and in usable range"),
}


def compare_test(
    predictions: Table, labels: Table, split: Table | None = None
) -> Table:
    """Predictions of stars that were kept out of the training, against their labels.

    Parameters
    ----------
    predictions
        `source_id`, `snr`, `flags` and SLAM labels.
    labels
        `source_id`, `labelled` and known labels, with their uncertainties.
    split
        `source_id`, `role`. Without it (leave-one-out predictions), every labelled
        star is a test star.

    Returns
    -------
    table
        A row per test star, for each label that both tables have; NaN where the star
        has no prediction.

    Raises
    ------
    InputError
        If the two tables have no label in common, or there is no test star.
    """
    shared = [x for x in LABELS if x in predictions.colnames and x in labels.colnames]
    if not shared:
        raise InputError("predictions and labels have no label in common")
    stars = labels[np.asarray(labels["labelled"], bool)]
    if split is not None:
        test = of_role(split, "test")
        stars = stars[match(stars["source_id"], test) >= 0]
    if not len(stars):
        raise InputError("no test star has labels")
    predicted = lookup(
        predictions["snr", "flags", *shared],
        match(stars["source_id"], predictions["source_id"]),
    )
    for name in ("source_id", "sdss_id"):
        predicted[name] = stars[name]
    table = _side_by_side(predicted, stars, shared)
    table["used"] = True
    return annotate(table, {name: COLUMNS[name] for name in ("flags", "used")})


def compare_m_m(pairs: Table, catalogue: Table) -> Table:
    """[Fe/H] of the two components of M+M pairs.

    Parameters
    ----------
    pairs
        `source_id1`, `source_id2`, `selected`; component 1 is the primary.
    catalogue
        SLAM labels of all candidates.

    Returns
    -------
    table
        A row per selected pair: `feh1`, `feh2`; `snr` is the smaller one, `flags` has
        the bits of both.
    """
    pairs = pairs[np.asarray(pairs["selected"], bool)]
    table = Table()
    for component in "12":
        ids = pairs[f"source_id{component}"]
        known = catalogue["sdss_id", "snr", "flags", TRAINED_ON, "feh"]
        star = lookup(known, match(ids, catalogue["source_id"]))
        table[f"source_id{component}"] = np.asarray(ids)
        take(table, star, {f"{name}{component}": name for name in star.colnames})
    table["snr"] = np.minimum(*(np.asarray(table[f"snr{k}"]) for k in "12"))
    table["flags"] = np.bitwise_or(*(np.asarray(table[f"flags{k}"]) for k in "12"))
    table[TRAINED_ON] = np.any([table.columns.pop(f"{TRAINED_ON}{k}") for k in "12"], 0)
    table["used"] = usable(table["flags"])
    return annotate(table, COLUMNS)


def compare_catalogue(
    reference: Table,
    catalogue: Table,
    candidates: Table,
    key: str,
    labels: Sequence[str],
    least: str = "",
) -> Table:
    """SLAM labels against those of another catalogue, star by star.

    Parameters
    ----------
    reference
        The other catalogue: `key` and `labels`, with their uncertainties if it has any.
    catalogue
        SLAM labels of all candidates.
    candidates
        `source_id`, `key`, `phot_g_mean_mag`.
    key
        Column by which stars are matched: `source_id`, or another identifier of the
        candidates.
    labels
        Labels that both have.
    least
        Column of the reference: of several rows of one star, that of its least value
        is taken. Default: every star is there once.

    Returns
    -------
    table
        A row per star in both. Where several Gaia sources share one identifier, the
        star is the brightest of them.

    Raises
    ------
    InputError
        If the candidates lack a star of the catalogue, the reference or the candidates
        a column, or `key` is of no use.
    """
    _require(reference, "the catalogue that is compared with", key, *labels)
    _require(candidates, "the table of candidates", key)
    if least:
        best, _ = best_of_each(reference[key], -np.asarray(reference[least]))
        reference = reference[best]
    star = candidates[_place(catalogue, candidates)]
    is_name = np.asarray(star[key]).dtype.kind == "U"
    try:
        index = (_match_names if is_name else match)(star[key], reference[key])
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{key} does not tell the stars of the catalogue apart: {error}. A reader "
            "gives integers, or names, and each star once; or its entry in "
            "mdwarfs/catalogues/registry.py says by `least` which row counts"
        ) from error
    brightest, _ = best_of_each(index, -np.asarray(star["phot_g_mean_mag"]))
    alone = np.full(len(index), -1)
    alone[brightest] = index[brightest]
    return _matched(catalogue, reference, alone, labels)


def compare_mann(catalogue: Table, candidates: Table) -> Table:
    """Teff and log g against the relations of Mann+2015, 2016, 2019.

    Colours and M_Ks are corrected for extinction, with the candidates' A_V and the law
    of Cardelli+1989 in the 2MASS bands; the paper does not say whether its are.

    Parameters
    ----------
    catalogue
        SLAM labels of all candidates.
    candidates
        `source_id`, `parallax`, `bp_rp0`, `a_v` and 2MASS photometry with its
        uncertainties. A 2MASS magnitude without one is an upper limit and not used.

    Returns
    -------
    table
        A row per star that has either value, with `m_ks`, `mass`, `radius`.
    """
    star = candidates[_place(catalogue, candidates)]
    intrinsic = {}
    for band, ratio in TMASS_EXTINCTION.items():
        measured = np.isfinite(star[f"{band}_msigcom"])
        magnitude = star[f"{band}_m"] - ratio * star["a_v"]
        intrinsic[band] = np.where(measured, magnitude, np.nan)
    reference = Table()
    reference["m_ks"] = absolute_magnitude(intrinsic["ks"], star["parallax"])
    reference["mass"] = mass_from_m_ks(reference["m_ks"])
    reference["radius"] = radius_from_m_ks(reference["m_ks"])
    reference["teff"] = teff_from_colours(
        star["bp_rp0"], intrinsic["j"] - intrinsic["h"]
    )
    reference["logg"] = logg_from_mass_and_radius(
        reference["mass"], reference["radius"]
    )
    either = np.isfinite(reference["teff"]) | np.isfinite(reference["logg"])
    index = np.where(either, np.arange(len(star)), -1)
    table = _matched(catalogue, reference, index, ("teff", "logg"))
    for name in ("m_ks", "mass", "radius"):
        table[name] = reference[name][either]
    return table


def usable(flags: ArrayLike) -> np.ndarray:
    """Whether the labels of a star converged within the usable range (Table 1).

    Parameters
    ----------
    flags : int, shape (n,)
        Bits of `mdwarfs.slam.infer.flags`.

    Returns
    -------
    bool, shape (n,)
    """
    return (np.asarray(flags) & int(UNUSABLE)) == 0


def _matched(catalogue, reference, index, labels):
    """Comparison of the catalogue's stars that have a row in the reference."""
    stars, reference = catalogue[index >= 0], reference[index[index >= 0]]
    table = _side_by_side(stars, reference, labels)
    table[TRAINED_ON] = np.asarray(stars[TRAINED_ON], bool)
    table["used"] = usable(table["flags"])
    return annotate(table, COLUMNS)


def _side_by_side(stars, reference, labels):
    """Identifiers and, for each label, `x`, `x_ref` and `e_x_ref` if it is known."""
    table = Table()
    for name in ("source_id", "sdss_id", "snr", "flags"):
        table[name] = np.asarray(stars[name])
    for label in labels:
        table[label] = np.asarray(stars[label], float)
        table[f"{label}_ref"] = np.asarray(reference[label], float)
        if f"e_{label}" in reference.colnames:
            table[f"e_{label}_ref"] = np.asarray(reference[f"e_{label}"], float)
    return table


def _require(table, what, *columns):
    """Refuse a table that lacks a column."""
    missing = [name for name in columns if name not in table.colnames]
    if missing:
        raise InputError(
            f"{what} has no column {', '.join(missing)}; it has "
            f"{', '.join(table.colnames)}: see mdwarfs/catalogues/registry.py"
        )


def _match_names(names, reference):
    """As `mdwarfs.tables.matching.match`, of strings; empty ones never match."""
    every = np.concatenate([np.asarray(names, str), np.asarray(reference, str)])
    _, codes = np.unique(every, return_inverse=True)
    codes = np.where(every == "", 0, codes + 1)
    return match(codes[: len(names)], codes[len(names) :])


def _place(catalogue, candidates):
    """Row of each star of the catalogue among the candidates, which must hold all."""
    index = match(catalogue["source_id"], candidates["source_id"])
    if (index < 0).any():
        star = catalogue["source_id"][index < 0][0]
        raise InputError(
            f"star {star} of the catalogue is not among the candidates: the two files "
            "are not of the same run"
        )
    return index
