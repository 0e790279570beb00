"""The numbers of the ledger that a simulated run should find.

Every function takes what was put in and the arguments that the ledger gives, and
returns the number that a perfect workflow would find. Numbers of stars and pairs are
counted in the truth (`recovered_counts`), offsets are the constants of the simulation;
nothing is taken from what the run found.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from astropy.table import Table

from mdwarfs.literature import mann
from mdwarfs.literature.aspcap_correction import PUBLISHED
from mdwarfs.simulation import main_sequence, measurements
from mdwarfs.tables.tabulate import from_rows

CATALOGUES = {
    "birky": measurements.BIRKY,
    "behmard": measurements.BEHMARD,
    "lamost_m": measurements.LAMOST_M,
}
UNRESOLVED = "unresolved"  # what the truth calls binaries that look like one star
# The kind of simulated star that stands for the pairs of a sample.
KIND_OF_PAIRS = {
    "pairs_fgk_m": "m_secondary",
    "pairs_m_m": "m_m",
    "pairs_fgk_fgk": "fgk_fgk",
}

COLUMNS = {
    "id": ("", "Entry of the ledger"),
    "quantity": ("", "Which number of the claim"),
    "injected": ("", "What the simulation put in; null if it sets no such number"),
}


class NotKnown(LookupError):
    """Nothing that was put in says what a number should be; the message says why."""


@dataclass(frozen=True)
class Given:
    """What was put in.

    Attributes
    ----------
    counts
        As `mdwarfs.recovery.labels.recover_counts` makes it.
    paper_sample
        As `mdwarfs.recovery.paper_sample.recover_sample` makes it.
    labels
        Where the labels of the training stars are from: `labels.source`.
    split
        Sizes of the training and the test set that are asked for.
    teff
        Usable range [K].
    """

    counts: Table
    paper_sample: Table
    labels: str
    split: dict[str, int]
    teff: tuple[float, float]


def expected_numbers(questions: Sequence[tuple[str, str, dict]], given: Given) -> Table:
    """The numbers that a perfect workflow would find.

    Parameters
    ----------
    questions
        Of each number the entry of the ledger, its name, and `function`, one of
        `FUNCTIONS`, with its arguments.

    Returns
    -------
    table
        A row per question, `COLUMNS`.
    """
    rows = []
    for identifier, name, arguments in questions:
        arguments = dict(arguments)
        function = FUNCTIONS[arguments.pop("function")]
        try:
            number = float(function(given, **arguments))
        except NotKnown:
            number = np.nan
        rows.append((identifier, name, number))
    return from_rows(rows, COLUMNS)


def pairs_of(given: Given, kind: str) -> int:
    """Pairs of a kind, whatever is wrong with some of them."""
    return sum(_put_in(given, kind).values())


def left_of_pairs(given: Given, sample: str) -> int:
    """Pairs of a sample with nothing that one of its cuts is there to catch."""
    put_in = _put_in(given, KIND_OF_PAIRS[sample])
    return sum(n for fault, n in put_in.items() if fault not in _meant(given, sample))


def candidates(given: Given) -> int:
    """Stars of class M in BOSS with nothing against them that criteria 1-4 catch.

    Unresolved binaries are the exception to what the module says: whether criterion 3
    catches one hangs on its luminosity, so they count as far as the run kept them.
    """
    counts = given.counts
    stars = counts[np.asarray(counts["sample"]) == "m_type"]
    caught = _meant(given, "m_type") | {UNRESOLVED}
    unresolved = stars[np.asarray(stars["injected"]) == UNRESOLVED]
    kept = {str(row["kind"]): int(row["n_kept"]) for row in unresolved}
    return sum(kept.values()) + sum(
        # Both stars of an M+M pair are in BOSS; the pairs are counted by one of them.
        n * (2 if kind == KIND_OF_PAIRS["pairs_m_m"] else 1)
        for kind in sorted(set(stars["kind"]))
        for fault, n in _put_in(given, kind).items()
        if fault not in caught
    )


def division(given: Given, role: str) -> int:
    """Share of the labelled stars that goes into the training or the test set."""
    if given.labels != "own":
        raise NotKnown("the labelled stars are those of the paper's own table")
    lacking = _meant(given, "labels") | _meant(given, "pairs_fgk_m")
    put_in = _put_in(given, KIND_OF_PAIRS["pairs_fgk_m"])
    labelled = sum(n for fault, n in put_in.items() if fault not in lacking)
    sizes = given.split
    test = round(labelled * sizes["test"] / (sizes["train"] + sizes["test"]))
    return {"train": labelled - test, "test": test}[role]


def sample_pairs(given: Given, membership: str) -> int:
    """Pairs of the simulated paper's table and of the sample, by where they are."""
    put_in = given.paper_sample
    where = np.asarray(put_in["membership"], str)
    wanted = {"table": ("both", "theirs")}.get(membership, (membership,))
    return int(np.sum(put_in["n_injected"][np.isin(where, wanted)]))


def zero(given: Given) -> float:
    """Nothing: the simulation has no such offset."""
    return 0.0


def offset(given: Given, catalogue: str, label: str) -> float:
    """True label minus what a catalogue reports of it, on average."""
    offset, _ = CATALOGUES[catalogue][label]
    return -offset


def colour_teff_offset(given: Given) -> float:
    """Simulated Teff minus that of Mann+2015/2016 at the simulated colours."""
    colour = np.array(main_sequence.M_BP_RP)
    j_h = np.polynomial.polynomial.polyval(
        colour - main_sequence.PIVOT, main_sequence.J_H
    )
    teff = mann.teff_from_colours(colour, j_h)
    low, high = given.teff
    inside = (main_sequence.M_TEFF >= low) & (main_sequence.M_TEFF <= high)
    return float(np.median((main_sequence.M_TEFF - teff)[inside]))


def mass_radius_logg_offset(given: Given) -> float:
    """Simulated log g minus that of Mann's mass and radius, where it is typical."""
    return main_sequence.LOGG_OFFSET


def aspcap_offset(given: Given, teff: int, feh: float) -> float:
    """True [Fe/H] minus that of ASPCAP: the simulation follows equation 10."""
    return float(PUBLISHED(teff, feh))


def _put_in(given, kind):
    """Number of stars (for pairs: pairs) of a kind by what is wrong with them.

    A fault may be listed under any product, and M+M stars under some of stars and some
    of pairs: of the latter the number of pairs is taken, which is the smaller one.
    """
    counts = given.counts
    own = counts[np.asarray(counts["kind"]) == kind]
    if not len(own):
        raise NotKnown(f"recovered_counts has no stars of kind {kind}")
    paired = np.char.startswith(np.asarray(own["sample"], str), "pairs_")
    if kind in KIND_OF_PAIRS.values() and not paired.any():
        raise NotKnown(f"recovered_counts has no pairs of kind {kind}")
    numbers = {}
    for row in own:
        fault, n = str(row["injected"]), int(row["n_injected"])
        numbers[fault] = min(n, numbers.get(fault, n))
    return numbers


def _meant(given, sample):
    """Faults that a cut of a product is there to catch."""
    counts = given.counts
    own = counts[np.asarray(counts["sample"]) == sample]
    return set(np.asarray(own["injected"], str)[np.asarray(own["meant"], bool)])


FUNCTIONS = {
    function.__name__: function
    for function in (
        pairs_of, left_of_pairs, candidates, division, sample_pairs, zero, offset,
        colour_teff_offset, mass_radius_logg_offset, aspcap_offset,
    )
}  # fmt: skip
