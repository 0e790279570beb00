import pytest

from mdwarfs.columns import meaning
from mdwarfs.figures import style
from mdwarfs.stellar_labels import FORMATS, LABELS, NAMES, UNCERTAINTIES, UNITS


def test_every_label_can_be_shown():
    assert set(NAMES) == set(UNITS) == set(style.SYMBOLS) == set(LABELS)
    assert set(UNITS.values()) == set(FORMATS) == set(style.DECIMALS)


@pytest.mark.parametrize("label", LABELS)
def test_uncertainties_have_the_unit_of_their_label(label):
    said = [meaning(f"{prefix}{label}") for prefix in UNCERTAINTIES.values()]
    assert {unit for unit, _ in said} == {UNITS[label]}
    assert len({description for _, description in said}) == len(UNCERTAINTIES)
