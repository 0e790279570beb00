import ast
from dataclasses import replace
from enum import Flag as AnyFlag
from inspect import getsource

import pytest

from mdwarfs import labels
from mdwarfs.errors import InputError
from mdwarfs.figures import style
from mdwarfs.labels import LABELS, QUANTITIES, RELEASED, registry
from mdwarfs.slam.infer.flags import DESCRIPTIONS, Flag
from mdwarfs.tables.columns import UNCERTAINTIES, meaning


@pytest.mark.parametrize("label", LABELS)
def test_uncertainties_have_the_unit_of_their_label(label):
    said = [meaning(f"{prefix}{label}") for prefix in UNCERTAINTIES.values()]
    assert {unit for unit, _ in said} == {LABELS[label].unit}
    assert len({description for _, description in said}) == len(UNCERTAINTIES)


@pytest.mark.parametrize("label", LABELS)
def test_figures_and_texts_can_show_every_label(label):
    assert style.symbol(label) == LABELS[label].tex
    assert float(f"{1234.5:{LABELS[label].form}}") == pytest.approx(1234.5, abs=0.5)
    assert "alpha" not in LABELS[label].heading and len(LABELS[label].heading) < 20
    assert 0 < LABELS[label].visible <= LABELS[label].half_axis


def test_a_label_of_any_unit_has_all_that_figures_and_the_page_ask_for():
    other = replace(
        LABELS["alpha_m"], name="spin", unit="km / s", short="v sin i", half_axis=5.0
    )
    assert (other.heading, other.visible, other.ucd) == ("v sin i", 0.1, "phys.abund")
    assert LABELS["alpha_m"].heading == "[α/M]"
    assert LABELS["feh_niu"].heading == "[Fe/H] (Niu scale)"


def test_texts_give_a_decimal_more_than_figures_unless_there_is_none():
    assert LABELS["feh"].form == ".3f" and LABELS["teff"].form == ".0f"


def test_the_registry_can_be_imported_by_everything():
    tree = ast.parse(getsource(labels))
    inner = [
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module.startswith("mdwarfs")
    ]
    assert inner == ["mdwarfs.errors"]


def test_one_quantity_on_two_scales_is_one_quantity():
    assert QUANTITIES["feh"] == ("feh", "feh_niu")
    assert sorted(x for scales in QUANTITIES.values() for x in scales) == sorted(LABELS)


def test_the_released_table_has_the_atmosphere_before_the_abundances():
    assert tuple(RELEASED.values()) == ("teff", "logg", "fe_h", "fe_h_niu", "alpha_fe")


def test_bits_are_those_of_the_catalogues_that_are_out():
    """A bit that changes its meaning makes every catalogue that has it wrong."""
    assert issubclass(Flag, AnyFlag)
    out = {
        "OUTSIDE_FEH": 1, "OUTSIDE_TEFF": 2, "OUTSIDE_LOGG": 4, "OUTSIDE_HULL": 8,
        "LOW_DENSITY": 16, "AT_EDGE": 32, "LOW_SNR": 64, "FEW_PIXELS": 128,
        "NOT_CONVERGED": 256, "MULTIPLE_MINIMA": 512, "NO_LABELS": 1024,
        "VELOCITY": 2048, "BAD_FIT": 4096, "UNLIKE_MODEL": 8192, "UNCERTAIN": 16384,
        "OUTSIDE_TRAINING": 32768, "RESOLUTION": 65536,
    }  # fmt: skip
    now = {flag.name: flag.value for flag in Flag}
    assert out.items() <= now.items()
    assert all(now[name] > max(out.values()) for name in now.keys() - out.keys())
    assert set(DESCRIPTIONS) == set(Flag)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "feh", "outside": None}, "same name or bit"),
        ({"outside": 1}, "same name or bit"),
        ({"outside": 24}, "power of two"),
        ({"source": "gaia"}, "has the source 'gaia'; there are lamost_fgk, niu"),
        ({"scale_of": "metals"}, "'metals', which is no label"),
        ({"step": None}, "no step"),
    ],
)
def test_a_wrong_entry_is_refused(change, said):
    other = replace(LABELS["alpha_m"], name="another", released=None, paper=None)
    registry(*LABELS.values(), other)
    with pytest.raises(InputError, match=said):
        registry(*LABELS.values(), replace(other, **change))
