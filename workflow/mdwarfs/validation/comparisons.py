"""SLAM labels against other measurements of the same stars (paper, section 4.3).

Each comparison is a table with a row for every star (or pair) that both sides have:
the SLAM label `x`, the other value `x_ref`, and `used`, which says whether the row
enters the statistics. The paper does not say which stars its medians are over, except
for the test stars (all 250). Here the test stars are all used, and the comparisons with
others use the stars whose fit converged and whose SLAM labels lie within the usable
range (paper, Table 1), which is where the paper recommends them; the statistics of all
rows stand beside.

The cut is on SLAM's own values, so it selects on their errors too: at an edge of the
range, stars stay that SLAM errs inwards and go that it errs outwards. Differences
against the reference are therefore biased near the edges (of stars that belong above
the upper one, those of negative error are left), and scatter a little too little.
"""

import numpy as np
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.joining import lookup
from mdwarfs.labels import LABELS
from mdwarfs.literature.extinction import TMASS_EXTINCTION
from mdwarfs.literature.mann import (
    logg_from_mass_and_radius,
    mass_from_m_ks,
    radius_from_m_ks,
    teff_from_colours,
)
from mdwarfs.matching import best_of_each, match
from mdwarfs.samples.extinction import absolute_magnitude
from mdwarfs.samples.split import of_role
from mdwarfs.slam.infer.flags import RANGED, Flag
from mdwarfs.tabulate import annotate

UNUSABLE = sum(label.outside for label in RANGED.values()) | (
    Flag.NOT_CONVERGED | Flag.NO_LABELS
)


_USED = {
    "used": ("", "In the statistics: test stars, else converged and in usable range")
}


def compare_test(predictions, labels, split=None):
    """Predictions of stars that were kept out of the training, against their labels.

    Parameters
    ----------
    predictions : astropy.table.Table
        `source_id`, `snr`, `flags` and SLAM labels.
    labels : astropy.table.Table
        `source_id`, `labelled` and known labels, with their uncertainties.
    split : astropy.table.Table, optional
        `source_id`, `role`. Without it (leave-one-out predictions), every labelled
        star is a test star.

    Returns
    -------
    astropy.table.Table
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
    return annotate(table, _USED)


def compare_m_m(pairs, catalogue):
    """[Fe/H] of the two components of M+M pairs.

    Parameters
    ----------
    pairs : astropy.table.Table
        `source_id1`, `source_id2`, `selected`; component 1 is the primary.
    catalogue : astropy.table.Table
        SLAM labels of all candidates.

    Returns
    -------
    astropy.table.Table
        A row per selected pair: `feh1`, `feh2`; `snr` is the smaller one, `flags` has
        the bits of both.
    """
    pairs = pairs[np.asarray(pairs["selected"], bool)]
    table = Table()
    for component in "12":
        ids = pairs[f"source_id{component}"]
        known = catalogue["sdss_id", "snr", "flags", "feh"]
        star = lookup(known, match(ids, catalogue["source_id"]))
        table[f"source_id{component}"] = ids
        for name in star.colnames:
            table[f"{name}{component}"] = star[name]
    table["snr"] = np.minimum(table["snr1"], table["snr2"])
    table["flags"] = table["flags1"] | table["flags2"]
    table["used"] = usable(table["flags"])
    return annotate(table, _USED)


def compare_birky(reference, catalogue, candidates):
    """Teff and [Fe/H] against Birky+2020, matched by the 2MASS designation.

    Parameters
    ----------
    reference : astropy.table.Table
        `tmass_designation`, `teff`, `feh`.
    catalogue : astropy.table.Table
        SLAM labels of all candidates.
    candidates : astropy.table.Table
        `source_id`, `tmass_designation`, `phot_g_mean_mag`.

    Returns
    -------
    astropy.table.Table
        A row per star in both. Where two Gaia sources share a 2MASS source, the star
        is the brighter one.
    """
    star = candidates[_place(catalogue, candidates)]
    index = _match_names(star["tmass_designation"], reference["tmass_designation"])
    brighter, _ = best_of_each(index, -np.asarray(star["phot_g_mean_mag"]))
    alone = np.full(len(index), -1)
    alone[brighter] = index[brighter]
    return _matched(catalogue, reference, alone, ("feh", "teff"))


def compare_behmard(reference, catalogue):
    """[Fe/H] against Behmard+2025, matched by the Gaia source.

    Parameters
    ----------
    reference : astropy.table.Table
        `source_id`, `feh`, `e_feh`. Of several rows of one Gaia source, that of the
        least `e_feh` is taken.
    catalogue : astropy.table.Table
        SLAM labels of all candidates.

    Returns
    -------
    astropy.table.Table
        A row per star in both.
    """
    best, _ = best_of_each(reference["source_id"], -np.asarray(reference["e_feh"]))
    reference = reference[best]
    index = match(catalogue["source_id"], reference["source_id"])
    return _matched(catalogue, reference, index, ("feh",))


def compare_lamost_m(reference, catalogue):
    """Teff and log g against the LAMOST gM/dM/sdM catalogue, by the Gaia source.

    Parameters
    ----------
    reference : astropy.table.Table
        `source_id`, `teff`, `logg`.
    catalogue : astropy.table.Table
        SLAM labels of all candidates.

    Returns
    -------
    astropy.table.Table
        A row per star in both.
    """
    index = match(catalogue["source_id"], reference["source_id"])
    return _matched(catalogue, reference, index, ("teff", "logg"))


def compare_mann(catalogue, candidates):
    """Teff and log g against the relations of Mann+2015, 2016, 2019.

    Colours and M_Ks are corrected for extinction, with the candidates' A_V and the law
    of Cardelli+1989 in the 2MASS bands; the paper does not say whether its are.

    Parameters
    ----------
    catalogue : astropy.table.Table
        SLAM labels of all candidates.
    candidates : astropy.table.Table
        `source_id`, `parallax`, `bp_rp0`, `a_v` and 2MASS photometry with its
        uncertainties. A 2MASS magnitude without one is an upper limit and not used.

    Returns
    -------
    astropy.table.Table
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


def usable(flags):
    """Whether the labels of a star converged within the usable range (Table 1).

    Parameters
    ----------
    flags : array_like of int, shape (n,)
        Bits of `mdwarfs.slam.infer.flags`.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    return (np.asarray(flags) & int(UNUSABLE)) == 0


def _matched(catalogue, reference, index, labels):
    """Comparison of the catalogue's stars that have a row in the reference."""
    stars, reference = catalogue[index >= 0], reference[index[index >= 0]]
    table = _side_by_side(stars, reference, labels)
    table["used"] = usable(table["flags"])
    return annotate(table, _USED)


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


def _match_names(names, reference):
    """As `mdwarfs.matching.match`, of strings; empty ones never match."""
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
