"""Tables whose columns betray what no single value does."""

import re

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.given.doubts import doubts

NAMES = ("teff", "feh")


@pytest.fixture
def labels():
    """Sound labels of 40 stars with identifiers of Gaia."""
    rng = np.random.default_rng(1)
    table = Table({"star_id": rng.integers(10**17, 6 * 10**18, 40)})
    table["teff"], table["feh"] = rng.normal(3500, 200, 40), rng.normal(-0.2, 0.3, 40)
    table["e_feh"] = np.full(40, 0.1)
    table["feh"][7] = np.nan
    return table


def test_nothing_is_said_of_sound_ones_nor_of_coarse_ones(labels):
    assert doubts(labels, NAMES) == []
    labels["teff"] = np.round(labels["teff"], -2)  # as of spectral types
    labels["star_id"] = np.arange(40)
    assert doubts(labels, NAMES) == [] and doubts(labels[:5], NAMES) == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda x: x // 1000 * 1000, "all 40 end in 3 zeros or more"),
        (lambda x: x.astype(np.float32).astype(np.int64), "all 40 are multiples of"),
        (
            lambda x: x.astype(float).astype(np.int64) // 1024 * 1024,
            "multiples of 1024",
        ),
    ],
)
def test_identifiers_that_lost_their_digits_are_noticed(labels, change, word):
    labels["star_id"] = change(np.asarray(labels["star_id"]))
    (said,) = doubts(labels, NAMES)
    assert said.startswith("source_id: ") and word in said


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda x: x * 10, "scatter by .* more than M dwarfs do"),
        (lambda x: np.where(np.arange(40) < 20, 0.0, x), "20 of 40 labels are 0: is"),
        (lambda x: x * 0.01, "and their errors are 0.100 dex"),
        (lambda x: x + 3, "none of an M dwarf"),
    ],
)
def test_labels_of_another_scale_are_noticed(labels, change, words):
    labels["feh"] = change(np.nan_to_num(labels["feh"]))
    said = doubts(labels, NAMES)
    assert all(x.startswith("feh: ") for x in said)
    assert re.search(words, "\n".join(said))
