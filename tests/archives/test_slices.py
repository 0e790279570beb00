"""Queries that take the rows of a table in slices: none may be nearly all of it."""

import csv

import numpy as np
import pytest

from mdwarfs.archives.slices import TooMuch, divide
from mdwarfs.config import check_config, merge_config, read_config, schema_path
from mdwarfs.errors import ConfigError


@pytest.fixture(scope="module")
def config(root):
    return read_config([root / "config" / "config.yaml", root / "config" / "dr19.yaml"])


def gaia_ids(n, rng):
    """Identifiers as Gaia makes them: multiples of 128.

    A HEALPix pixel of level 12 (bits 36 and up), the data centre (bits 33 to 35), a
    running number in that pixel (bits 8 to 32), and a component number, which is 0.
    """
    pixel = rng.integers(0, 12 * 4**12, n)
    centre, running = rng.integers(0, 6, n), rng.geometric(1e-3, n)
    return (pixel << 35) | (centre << 32) | (running << 7)


def nights(n, rng):
    """Modified Julian dates: 50 to 200 stars in a night, for two years."""
    observed = np.flatnonzero(rng.random(730) < 0.6) + 59_600
    return rng.choice(np.repeat(observed, rng.integers(50, 200, len(observed))), n)


KEYS = {
    "spall": nights,
    "apogee_net": lambda n, rng: rng.integers(1, 130_000_000, n),
    "aspcap": lambda n, rng: rng.integers(1, 130_000_000, n),
    "slam": lambda n, rng: rng.integers(1, 130_000_000, n),
    "wide_binaries": gaia_ids,
}


def test_every_table_in_slices_is_known_here(config):
    inputs = config["archives"]["inputs"]
    sliced = {name for name in inputs if "slices" in inputs[name].get("query", {})}
    assert sliced == set(KEYS)


@pytest.mark.parametrize("name", KEYS)
def test_slices_are_of_about_one_size(config, name):
    slices = config["archives"]["inputs"][name]["query"]["slices"]
    keys = KEYS[name](100_000, np.random.default_rng([4, len(name)]))
    sizes = np.bincount(keys % slices, minlength=slices)
    assert len(sizes) == slices > 1
    assert sizes.max() < 1.15 * sizes.min()


def test_an_even_number_of_slices_is_refused(config, root):
    """Half of eight slices, or seven, would be empty, and one be the whole table."""
    rng = np.random.default_rng(4)
    assert not np.any(gaia_ids(1000, rng) % 8)
    inputs = {"wide_binaries": {"query": {"slices": 8}}}
    changed = merge_config(config, {"archives": {"inputs": inputs}})
    with pytest.raises(ConfigError, match=r"wide_binaries\.query\.slices"):
        check_config(changed, schema_path(root))
    check_config(config, schema_path(root))


def test_real_identifiers_are_multiples_of_128(real):
    with open(real / "lamost" / "lamost54_labels.csv", newline="") as file:
        ids = [row["cif_GaiaDR3_id"] for row in csv.DictReader(file)]
    ids = np.array([name for name in ids if name.isdigit()], np.int64)
    assert len(ids) > 20 and not np.any(ids % 128)
    assert len(np.unique(ids % 7)) == 7


NOTES = [
    "", "null", "{}", "5", '"a"', "[null]", "[[0]]", '[["0", "3"]]', "[[0, 3]", "\0",
]  # fmt: skip


@pytest.mark.parametrize("note", NOTES)
def test_a_damaged_note_is_none(tmp_path, note):
    """The slice that was too much is tried once more, and noted anew."""
    path = tmp_path / "divided.json"
    path.write_text(note)
    asked = []

    def ask(k, n):
        asked.append((k, n))
        if (k, n) == (0, 3):
            raise TooMuch("it timed out")
        return k, n

    for first in ((0, 3), (0, 9)):
        answers, divided = divide(ask, 3, path)
        assert answers == [(0, 9), (3, 9), (6, 9), (1, 3), (2, 3)]
        assert divided == [[0, 3]] and asked[0] == first
        asked.clear()
