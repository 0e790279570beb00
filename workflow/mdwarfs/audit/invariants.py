"""What must hold within a product and between products, whatever the stars."""

import numpy as np
from astropy.table import Table

from mdwarfs.catalogues import matches, registry
from mdwarfs.catalogues.nulls import from_cards
from mdwarfs.labels import RELEASED
from mdwarfs.samples.labels import UNPHYSICAL
from mdwarfs.tables import absent
from mdwarfs.tables.columns import ERROR
from mdwarfs.tables.physical import limits

CATALOGUES = "catalogues/"  # where values that no star can have are made null
COMPARISONS = "comparisons/"
MOSTLY = 0.5  # share of fill values of a column that leaves little of it
SUSPICIOUS = 0.01  # share of such values, fill values apart, that is no accident

# One row per value of this column.
UNIQUE = {
    "catalogues/boss.fits": "sdss_id",
    "catalogues/gaia.fits": "gaia_dr2_source_id",
    "catalogues/lamost_fgk.fits": "source_id",
    "samples/candidates.fits": "source_id",
    "samples/pairs_fgk_m.fits": "source_id2",
    "samples/pairs_m_m.fits": "source_id1",
    "samples/labels.fits": "source_id",
    "samples/own_labels.fits": "source_id",
    "samples/split.fits": "source_id",
    "spectra/normalised.fits": "source_id",
    "slam/predictions.fits": "source_id",
    "slam/held_out.fits": "source_id",
    "catalogue/slam_labels.fits": "source_id",
    "catalogue/slam_posteriors.fits": "source_id",
    "validation/test.fits": "source_id",
} | {
    f"catalogues/{found.name}.fits": found.comparison.key
    for found in registry.CATALOGUES
    if found.comparison and not found.comparison.least
}
# Every star of the first is in the second.
SUBSETS = [
    ("samples/candidates.fits", "samples/m_type.fits"),
    ("samples/labels.fits", "samples/candidates.fits"),
    ("samples/own_labels.fits", "samples/candidates.fits"),
    ("samples/split.fits", "samples/labels.fits"),
    ("slam/predictions.fits", "samples/candidates.fits"),
    ("slam/held_out.fits", "samples/split.fits"),
    ("validation/test.fits", "samples/split.fits"),
]

BETWEEN = {
    "source_id", "role", "fold", "labelled", "reason", "membership", *RELEASED,
    *matches.COLUMNS,
}  # fmt: skip
"""Columns that `problems_between` asks for."""


def violations(products: dict[str, Table]) -> dict[str, list[str]]:
    """Invariants that do not hold.

    Parameters
    ----------
    products
        By path below the run's results; what is absent is not asked for.

    Returns
    -------
    entries
        Path to problems; only of products that have any.
    """
    found = {name: problems_within(name, table) for name, table in products.items()}
    for name, problems in problems_between(products).items():
        found[name] += problems
    return {name: problems for name, problems in found.items() if problems}


def needed(table: Table) -> Table:
    """What `problems_between` asks for, so that not all need be in memory."""
    columns = [name for name in table.colnames if name in BETWEEN]
    return Table([np.asarray(table[name]) for name in columns], names=columns)


def problems_between(products: dict[str, Table]) -> dict[str, list[str]]:
    """The same as `violations`, of what products have to do with each other alone."""
    found = {name: [] for name in products}
    for inner, outer in SUBSETS:
        if inner in products and outer in products:
            lost = ~np.isin(products[inner]["source_id"], products[outer]["source_id"])
            if lost.any():
                found[inner].append(f"{lost.sum()} of its stars are not in {outer}")
    for check in (
        _split_covers_labelled,
        _catalogue_has_all_candidates,
        _pairs_are_explained,
        _matches_find_enough,
    ):
        for name, problem in check(products):
            found[name].append(problem)
    return {name: problems for name, problems in found.items() if problems}


def problems_within(name: str, table: Table) -> list[str]:
    """Problems of one product by itself."""
    problems = []
    if name in UNIQUE:
        key = UNIQUE[name]
        if key not in table.colnames:  # Gaia, asked for sources of DR3
            key = "source_id"
        ids = np.asarray(table[key])
        ids = ids[ids > (0 if ids.dtype.kind in "iu" else "")]  # others are nulls
        repeated = len(ids) - len(np.unique(ids))
        if repeated:
            problems.append(f"{repeated} rows repeat a {key}")
    for column in table.colnames:
        right = limits(column)
        if right is not None and table[column].dtype.kind in "fiu":
            values = np.ma.filled(np.ma.asarray(table[column], float), np.nan)
            wrong = ~np.isnan(values) & ~right.holds(values)
            if column.startswith(ERROR) and "snr_extrapolated" in table.colnames:
                # A power law may give any value where it is not calibrated.
                wrong &= ~np.asarray(table["snr_extrapolated"], bool)
            wrong = np.sum(wrong)
            if wrong:
                problems.append(f"{wrong} values of {column} outside {right}")
    for nulled in from_cards(table.meta) if name.startswith(CATALOGUES) else ():
        if nulled.n > (MOSTLY if nulled.is_fill else SUSPICIOUS) * nulled.of:
            problems.append(f"{nulled}, made null")
    if name.startswith(COMPARISONS) and name.endswith(".fits"):
        used = np.sum(table["used"]) if "used" in table.colnames else len(table)
        if used < 2 and not absent.why(table):
            problems.append(f"{('no', 'one')[used]} star is compared: it shows nothing")
    if "labelled" in table.colnames and "reason" in table.colnames:
        reasons = np.asarray(table["reason"], str)
        wrong = np.sum(np.char.find(reasons, UNPHYSICAL) >= 0)
        if wrong:
            problems.append(f"{wrong} stars have a label that is {UNPHYSICAL}")
    return problems


def _split_covers_labelled(products):
    """The training and the test set together are the labelled stars."""
    names = ("samples/split.fits", "samples/labels.fits")
    if not all(name in products for name in names):
        return
    split, labels = (products[name] for name in names)
    roles = set(np.unique(np.asarray(split["role"], str)))
    # Given stars of which each is tested by models without it have no test set.
    folds = "fold" in labels.colnames and (np.asarray(labels["fold"]) >= 0).any()
    if roles != ({"train"} if folds else {"train", "test"}):
        yield names[0], f"its roles are {', '.join(sorted(roles))}"
    labelled = labels["source_id"][np.asarray(labels["labelled"], bool)]
    missing = np.setdiff1d(labelled, split["source_id"])
    extra = np.setdiff1d(split["source_id"], labelled)
    if len(missing) or len(extra):
        yield (
            names[0],
            f"lacks {len(missing)} labelled stars and has {len(extra)} unlabelled ones",
        )


def _catalogue_has_all_candidates(products):
    """The catalogue has a row for every candidate, and a reason where a label lacks."""
    names = ("catalogue/slam_labels.fits", "samples/candidates.fits")
    if not all(name in products for name in names):
        return
    catalogue, candidates = (products[name] for name in names)
    missing = np.setdiff1d(candidates["source_id"], catalogue["source_id"])
    if len(missing):
        yield names[0], f"lacks {len(missing)} candidates"
    # A star has all labels or none, but that the released table may lack some of them.
    silent = np.zeros(len(catalogue), bool)
    for label in (x for x in RELEASED if x in catalogue.colnames):
        silent |= np.isnan(np.asarray(catalogue[label], float))
    silent &= np.asarray(catalogue["reason"], str) == ""
    if silent.any():
        yield names[0], f"{silent.sum()} stars have neither label nor reason"


def _pairs_are_explained(products):
    """Every pair that is in one of two samples has a reason why not in the other."""
    name = "comparisons/paper_sample.fits"
    if name not in products:
        return
    pairs = products[name]
    silent = np.asarray(pairs["membership"], str) != "both"
    silent &= np.asarray(pairs["reason"], str) == ""
    if silent.any():
        yield name, f"{silent.sum()} pairs of one sample alone have no reason"


def _matches_find_enough(products):
    """Stars are found in other catalogues as often as they should be."""
    for asked in matches.MATCHES:
        stars, catalogue = (products.get(x) for x in (asked.stars, asked.catalogue))
        if stars is None or catalogue is None or asked.key not in stars.colnames:
            continue
        among = [catalogue[name] for name in asked.among if name in catalogue.colnames]
        if among and len(stars):
            found = np.concatenate([np.asarray(x) for x in among])
            for words in matches.misgivings(stars[asked.key], found, asked):
                yield asked.stars, words
