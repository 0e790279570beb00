"""The glossary names modules that are there, and each word once."""

import re

import pytest


@pytest.fixture(scope="module")
def rows(root):
    lines = (root / "docs" / "glossary.md").read_text().splitlines()
    cells = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    return [row for row in cells if row[0] != "word"]


def test_each_word_has_a_meaning_and_a_place(rows):
    assert len(rows) > 50
    assert all(len(row) == 3 and all(row) for row in rows)
    words = [word for row in rows for word in row[0].split(", ")]
    assert len(set(words)) == len(words)


def test_the_places_are_there(root, rows):
    for word, _, places in rows:
        for place in re.findall("`([^`]+)`", places):
            below = root / "workflow" / "mdwarfs" / place
            assert below.exists() or (root / place).exists(), (word, place)
