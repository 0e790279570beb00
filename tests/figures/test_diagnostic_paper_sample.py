"""The figure of the sample built here against the paper's own."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.figures import diagnostic_paper_sample
from mdwarfs.samples.lost_pairs import STEPS
from mdwarfs.tables import absent
from mdwarfs.validation.paper_sample import (
    QUANTITIES,
    count_pairs,
    summarise_sample,
)
from tests.figures.layout import Layout

VALUES = {"teff": 3400.0, "logg": 4.8, "snr": 9.0}


def comparison(n=80):
    """Common pairs with a few outliers, and one pair for each step."""
    rng = np.random.default_rng(4)
    steps = list(STEPS)
    table = Table({"membership": ["both"] * n + ["ours"] * 3 + ["theirs"] * len(steps)})
    table["step"] = [""] * (n + 3) + steps
    table["source_id2"] = np.arange(1, len(table) + 1)
    for name in QUANTITIES:
        size = VALUES.get(name, 0.1)
        table[name] = size * (1 + 0.1 * rng.random(len(table)))
        table[f"{name}_ref"] = table[name] + 0.01 * size * rng.normal(size=len(table))
        table[name][:2] += size
        table[f"{name}_ref"][n:] = np.nan
    return table


def drawn(table):
    return diagnostic_paper_sample.draw(
        table, count_pairs(table), summarise_sample(table)
    )


@pytest.fixture(scope="module")
def figure():
    return drawn(comparison())


def test_a_panel_of_counts_and_one_of_each_quantity(figure):
    top, *panels = figure.axes
    assert len(panels) == len(diagnostic_paper_sample.SHOWN) == 6
    labels = [text.get_text() for text in top.get_yticklabels()]
    assert len(labels) == 3 + len(STEPS)
    numbers = [text.get_text() for text in top.texts]
    assert {"80", "3"} <= set(numbers)
    for axes in panels:
        assert axes.get_xlabel() and axes.get_ylabel()
        assert (
            "80" in axes.texts[0].get_text()
            and "2 outliers" in axes.texts[0].get_text()
        )


def test_what_was_put_in_stands_behind_what_there_is():
    table = comparison()
    recovered = Table({"injected": ["", "older_teff", "missing", *STEPS]})
    recovered["membership"] = ["both"] * 2 + ["ours"] + ["theirs"] * len(STEPS)
    recovered["n_injected"] = [70, 10, 3] + [1] * len(STEPS)
    counts, summary = count_pairs(table), summarise_sample(table)
    figure = diagnostic_paper_sample.draw(table, counts, summary, recovered)
    said = [text.get_text() for text in figure.axes[0].texts]
    assert {"80 (80 put in)", "3 (3 put in)", "1 (1 put in)"} <= set(said)
    assert f"{len(STEPS)} ({len(STEPS)} put in)" in said


def test_what_is_the_same_in_every_pair_has_a_line_and_no_panel():
    table = comparison()
    for name in ("alpha_m", "snr"):
        table[f"{name}_ref"] = table[name]
    top, *panels = (figure := drawn(table)).axes
    assert len(panels) == 4
    said = figure.subfigs[1].get_suptitle()
    assert said.endswith(r"not shown: [$\alpha$/M], SNR"), said


def test_units_are_those_of_the_labels(figure):
    units = [axes.get_ylabel().rpartition("(")[2] for axes in figure.axes[1:]]
    assert units[:5] == ["dex)", "dex)", "K)", "dex)", "dex)"]


def test_nothing_runs_off_the_page_and_panels_do_not_overlap(figure):
    layout = Layout(figure)
    assert layout.is_on_the_page(), layout.box
    assert layout.overlaps(figure.axes) == []


def test_without_the_table_it_says_so_and_why():
    reason = "NADC did not give it: https://nadc.china-vo.org/res/r101717/: 404 " * 3
    table = absent.note(comparison()[:0], reason)
    figure = drawn(table)
    (axes,) = figure.axes
    said = " ".join(axes.texts[0].get_text().split())
    assert said.startswith("Not compared: NADC did not give it") and "404" in said
    box, width = Layout(figure).box, figure.get_size_inches()[0]
    assert box.x0 >= 0 and box.x1 <= width


@pytest.mark.dag
def test_a_run_with_no_common_pair_can_be_drawn():
    table = comparison()
    figure = drawn(table[np.asarray(table["membership"]) != "both"])
    assert Layout(figure).is_on_the_page()
