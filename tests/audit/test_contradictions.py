"""Both forms of what the paper contradicts itself in, in numbers."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.audit.contradictions import both_forms
from mdwarfs.audit.run import Run


def test_errors_said_to_be_those_of_snr_15_are_those_of_snr_10(sky):
    feh, teff, logg = both_forms(sky, "E1")
    assert feh.corrected == pytest.approx(0.191, abs=5e-4)
    assert teff.corrected == pytest.approx(131.8, abs=0.05)
    assert logg.corrected == pytest.approx(0.096, abs=5e-4)
    assert feh.printed == pytest.approx(0.173, abs=5e-4)
    assert teff.printed == pytest.approx(108.9, abs=0.05)
    assert logg.printed == pytest.approx(0.091, abs=5e-4)


def test_printed_scatter_shrinks_with_the_sample(sky):
    (forms,) = both_forms(sky, "E2")
    assert forms.corrected == 0.25
    sky.tables["summary"]["n"][0] *= 4
    (more,) = both_forms(sky, "E2")
    assert more.printed == pytest.approx(forms.printed / 2)
    assert more.corrected == forms.corrected


def test_printed_colour_relation_is_no_temperature_of_an_m_dwarf(sky):
    (forms,) = both_forms(sky, "E3")
    assert 3300 < forms.corrected < 3700
    assert forms.printed > 8000


def test_printed_radius_is_negative(sky):
    bright, middle, faint = both_forms(sky, "E4")
    assert bright.corrected == pytest.approx(0.6115)
    assert middle.corrected == pytest.approx(0.3107)
    assert middle.printed == pytest.approx(1.9515 - 0.3520 * 7 + 0.0168**2)
    assert middle.printed < 0 and faint.printed < 0 < faint.corrected


def test_signs_and_scatters_are_shown_beside_the_run(sky):
    assert [forms.run for forms in both_forms(sky, "E5")] == [-0.01, -0.06]
    assert [(f.printed, f.corrected, f.run) for f in both_forms(sky, "E6")] == [
        (0.06, 0.07, 0.07)
    ]


def test_the_cut_keeps_part_of_the_catalogue(sky):
    (forms,) = both_forms(sky, "E7")
    assert forms.run == 2


def test_criteria_have_each_other_s_purpose(sky):
    second, third, left = both_forms(sky, "E10")
    assert (second.run, third.run, left.run) == (1, 1583, 93000)


def test_released_labels_are_compared_on_the_usable_common_stars(sky):
    assert both_forms(sky, "E9") == []  # a run that has no such comparison
    rows = [
        (sample, label, number, 40, 0.1, 0.2)
        for sample in ("usable", "all")
        for label in ("feh", "teff", "logg")
        for number in (0, 1)
    ]
    names = ("sample", "label", "bin", "n", "robust_bias", "robust_scatter")
    sky.tables["released_labels"] = Table(rows=rows, names=names)
    forms = both_forms(sky, "E9")
    assert [form.unit for form in forms] == ["dex", "dex", "K", "K", "dex", "dex"]
    assert [form.run for form in forms] == [0.1, 0.2] * 3
    assert "40 common stars" in forms[0].quantity


@pytest.mark.parametrize("identifier", ("E8", "E11"))
def test_contradictions_of_words_have_no_numbers(sky, identifier):
    assert both_forms(sky, identifier) == []


def test_what_needs_products_is_empty_without_them(config):
    run = Run({}, config, simulated=False)
    assert both_forms(run, "E2") == both_forms(run, "E5") == both_forms(run, "E7") == []
    assert np.isfinite(both_forms(run, "E1")[0].printed)
