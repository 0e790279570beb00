"""Injection and recovery: what a simulated run found against what was put in."""

import numpy as np
from astropy.table import Table

from mdwarfs.labels import LABELS
from mdwarfs.samples.split import of_role
from mdwarfs.statistics import summarise
from mdwarfs.tables.columns import UNCERTAINTIES
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import from_rows
from mdwarfs.validation.by_snr import equal_bins, snr_extent
from mdwarfs.validation.comparisons import usable
from mdwarfs.validation.pulls import PULLS

# What the truth table calls a fault, and how the products word it.
NO_PLACE = {
    "no_gaia": "no Gaia source",
    "no_parallax": "no parallax",
    "no_colour": "no colour",
    "no_dust": "no dust",
}
NO_LABEL = {"no_apogee_net": "APOGEE Net", "no_aspcap": "ASPCAP"}
# What no cut is there to catch: sound stars, and unresolved binaries, which are told
# apart from them because criterion 3 may catch some.
KEPT = ("", "unresolved")
# Which component stands for a pair: in FGK+M pairs the M dwarf.
ONE_OF_PAIR = {"pairs_fgk_m": 2, "pairs_m_m": 1, "pairs_fgk_fgk": 1}

RECOVERY_COLUMNS = {
    "label": ("", "Stellar label; its unit is the unit of the row"),
    "sample": ("", "'train': the training stars; 'other': stars SLAM has not seen"),
    "bin": ("", "SNR bin from 1 upwards; 0 is all stars of the sample"),
    "snr": ("", "Median SNR"),
    "snr_min": ("", "Smallest SNR"),
    "snr_max": ("", "Largest SNR"),
    "n_all": ("", "Stars with the label"),
    "n": ("", "Of those, within the usable range: the ones the statistics are of"),
    "median": ("", "Median of recovered minus injected"),
    "e_median": ("", "Standard error of the median"),
    "std": ("", "Standard deviation of recovered minus injected"),
    "robust_std": ("", "Robust standard deviation of recovered minus injected"),
    "pull_median": ("", "Median of (recovered - injected) / power law of SNR"),
    "pull_std": ("", "Robust standard deviation of the same"),
    "formal_pull_median": ("", "Median of (recovered - injected) / formal uncertainty"),
    "formal_pull_std": ("", "Robust standard deviation of the same"),
    "calibrated_pull_median": (
        "",
        "Median of (recovered - injected) / calibrated uncertainty",
    ),
    "calibrated_pull_std": ("", "Robust standard deviation of the same"),
}
COUNT_COLUMNS = {
    "sample": ("", "Product that the row is about"),
    "kind": ("", "What the star is in truth"),
    "injected": ("", "What is wrong with it or its pair in truth; empty: nothing"),
    "n_injected": ("", "Such stars (for pairs: pairs) put in"),
    "n_reached": ("", "Of those, in the product before its cuts"),
    "cut": ("", "Cut or lack; a star may be caught by several"),
    "n_removed": ("", "Of those in the product, caught by the cut when alone"),
    "meant": ("", "The cut is the one that is there to catch what is injected"),
    "n_kept": ("", "Of those in the product, left after all its cuts"),
}


def recover_labels(
    truth: Table, catalogue: Table, split: Table, snr_bins: int
) -> Table:
    """Recovered labels against the injected ones, by SNR.

    Stars that are meant to fail one of criteria 1-4 but stayed are left out: they are
    not M dwarfs on their own, and `recover_counts` has them.

    Parameters
    ----------
    truth
        `source_id`, `injected` and the true labels of every simulated star.
    catalogue
        The catalogue of SLAM labels.
    split
        `source_id`, `role`.
    snr_bins
        Bins into which the stars of each sample are divided.

    Returns
    -------
    table
        A row per label, sample and SNR bin, `RECOVERY_COLUMNS`.
    """
    stars, true, trained = simulated_stars(truth, catalogue, split)
    snr = np.asarray(stars["snr"], float)
    dwarf = ~np.char.startswith(np.asarray(true["injected"], str), "criterion_")
    rows = []
    for label in (x for x in LABELS if x in stars.colnames):
        error = np.asarray(stars[label], float) - np.asarray(true[label], float)
        pulls = [
            error / np.asarray(stars[f"{UNCERTAINTIES[name]}{label}"], float)
            for name in PULLS.values()
        ]
        known = dwarf & np.isfinite(error) & np.isfinite(snr)
        good = known & usable(stars["flags"])
        for sample, members in (("train", trained), ("other", ~trained)):
            for number, one in enumerate(equal_bins(snr, members & known, snr_bins)):
                fine = one[good[one]]
                spread = summarise(error[fine])
                widths = [summarise(pull[fine]) for pull in pulls]
                rows.append(
                    (label, sample, number, *snr_extent(snr[one]), len(one), len(fine))
                    + (spread.median, spread.e_median, spread.std, spread.robust_std)
                    + tuple(x for w in widths for x in (w.median, w.robust_std))
                )
    return from_rows(rows, RECOVERY_COLUMNS)


def simulated_stars(
    truth: Table, catalogue: Table, split: Table
) -> tuple[Table, Table, np.ndarray]:
    """The stars of the catalogue that the simulation made.

    Parameters
    ----------
    truth, catalogue, split
        As for `recover_labels`.

    Returns
    -------
    stars, true
        Rows of the catalogue, and of the truth, star by star.
    trained : bool, shape (n,)
        SLAM was trained on the star.
    """
    index = match(catalogue["source_id"], truth["source_id"])
    stars, true = catalogue[index >= 0], truth[index[index >= 0]]
    train = of_role(split, "train")
    return stars, true, match(stars["source_id"], train) >= 0


def recover_counts(
    truth: Table,
    m_type: Table,
    pairs: dict[str, Table],
    labels: Table,
    catalogue: Table,
) -> Table:
    """How many of each injected kind each cut caught.

    Parameters
    ----------
    truth
        `source_id`, `sdss_id`, `kind`, `injected`, `pair_id` and `component` (both 0
        if single) of every simulated star.
    m_type
        BOSS stars of class M with the verdict of each criterion.
    pairs
        `pairs_fgk_m`, `pairs_m_m`, `pairs_fgk_fgk`, with the verdict of each cut.
    labels
        Labels of the selected FGK+M pairs.
    catalogue
        The catalogue of SLAM labels.

    Returns
    -------
    table
        A row per product, kind, injected fault and cut, `COUNT_COLUMNS`; cuts that
        caught none of a faulty kind and were not meant to are left out.
    """
    index = match(m_type["sdss_id"], truth["sdss_id"])
    rows = _count("m_type", truth, index, _m_type_cuts(m_type))
    for name, component in ONE_OF_PAIR.items():
        # By the number of the pair: which component a catalogue lists first depends
        # on measured magnitudes.
        star = match(pairs[name]["source_id2"], truth["source_id"])
        number = np.where(star >= 0, truth["pair_id"][star], 0)
        one = truth[np.asarray(truth["component"]) == component]
        cuts = _pair_cuts(pairs[name])
        rows += _count(name, one, match(number, one["pair_id"]), cuts)
    lost = {"missing_spectrum": np.asarray(catalogue["reason"]) != ""}
    for name, table, cuts in (
        ("labels", labels, _label_cuts(labels)),
        ("slam_labels", catalogue, lost),
    ):
        index = match(table["source_id"], truth["source_id"])
        rows += _count(name, truth, index, cuts)
    return from_rows(rows, COUNT_COLUMNS)


def _count(sample, truth, index, cuts):
    """Rows of `recover_counts` for one product."""
    kind, injected = (np.asarray(truth[name], str) for name in ("kind", "injected"))
    found = index >= 0
    caught = np.any(list(cuts.values()), axis=0)
    rows = []
    for group in sorted(set(zip(kind, injected))):
        if group[0] not in kind[index[found]]:
            continue
        member = (kind == group[0]) & (injected == group[1])
        reached = found & member[index]
        for name, removed in cuts.items():
            n_removed, meant = int(np.sum(reached & removed)), name == group[1]
            if n_removed or meant or group[1] in KEPT:
                rows.append(
                    (sample, *group, int(member.sum()), int(reached.sum()), name)
                    + (n_removed, meant, int(np.sum(reached & ~caught)))
                )
    return rows


def _m_type_cuts(stars):
    """What removes a BOSS star from the candidates."""
    reason = np.asarray(stars["reason"])
    cuts = {name: reason == text for name, text in NO_PLACE.items()}
    for number in (1, 2, 3, 4):
        passes = np.asarray(stars[f"criterion_{number}"], bool)
        cuts[f"criterion_{number}"] = (reason == "") & ~passes
    return cuts


def _pair_cuts(pairs):
    """What removes a pair."""
    names = [name for name in pairs.colnames if name.startswith("cut_")]
    return {name[4:]: ~np.asarray(pairs[name], bool) for name in names}


def _label_cuts(labels):
    """What keeps a pair from being labelled."""
    reason = np.asarray(labels["reason"], str)
    return {name: np.char.find(reason, text) >= 0 for name, text in NO_LABEL.items()}
