"""Which stars the criteria cost, on tables where the answer is known."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.figures import diagnostic_selection
from mdwarfs.literature.aspcap_correction import PUBLISHED
from mdwarfs.recovery.selection import sound_dwarfs
from mdwarfs.validation.selection import CRITERIA, of_apogee, share_lost

TEFF, FEH = (3000, 3500, 4000), (-1.0, 0.0, 0.5)


@pytest.fixture
def stars():
    """400 stars; criterion 3 costs a half of the metal-rich cool ones."""
    rng = np.random.default_rng(1)
    table = Table({"teff": rng.uniform(3000, 4000, 400)})
    table["feh"] = rng.uniform(-1, 0.5, 400)
    for name in CRITERIA:
        table[name] = True
    (rows,) = np.nonzero((table["feh"] > 0) & (table["teff"] < 3500))
    table["criterion_3"][rows[::2]] = False
    return table, rows


def one(table, **where):
    """The row of a criterion and bin; None stands for any."""
    use = np.asarray(table["criterion"], str) == where["criterion"]
    for name in ("teff", "feh"):
        low = np.asarray(table[f"{name}_min"], float)
        value = where.get(name)
        use &= np.isnan(low) if value is None else low == value
    (row,) = table[use]
    return row


def test_share_is_counted_in_every_bin(stars):
    table, rich = stars
    counted = share_lost(table, TEFF, FEH)
    row = one(counted, criterion="criterion_3", teff=3000, feh=0.0)
    lost = (len(rich) + 1) // 2
    assert (row["n"], row["n_lost"]) == (len(rich), lost)
    assert row["share"] == lost / len(rich)
    assert row["e_share"] == pytest.approx(0.5 / np.sqrt(len(rich)), rel=0.05)
    everything = one(counted, criterion="any")
    assert (everything["n"], everything["n_lost"]) == (400, lost)
    for bins in ({"teff": 3500}, {"feh": -1.0}):
        assert one(counted, criterion="criterion_3", **bins)["n_lost"] == 0
    assert one(counted, criterion="criterion_1")["n_lost"] == 0


def test_a_bin_without_stars_has_no_share(stars):
    table, _ = stars
    counted = share_lost(table, (2000, 3000, 4000), FEH)
    row = one(counted, criterion="criterion_3", teff=2000)
    assert row["n"] == 0 and np.isnan(row["share"]) and np.isnan(row["e_share"])


@pytest.fixture
def m_type():
    """Five stars of class M; the second has no place, the third fails criterion 3."""
    table = Table({"source_id": [1, 2, 3, 4, 5]})
    table["reason"] = ["", "no dust", "", "", ""]
    for name in CRITERIA:
        table[name] = True
    table["criterion_3"][2] = False
    return table


def test_labels_of_apogee_are_those_of_its_best_spectrum(m_type):
    net = Table({"source_id": [1, 1, 2, 3, 4], "snr_apogee": [50.0, 90, 80, 70, 60]})
    net["teff"], net["logg"] = [3300.0, 3400, 3500, 3600, 3700], [4.8, 4.9, 4.7, 4.6, 1]
    aspcap = Table({"source_id": [1, 2, 3, 4], "snr_apogee": [50.0] * 4})
    aspcap["teff"], aspcap["feh"] = [3500.0] * 4, [-0.2, -0.2, 0.1, 0.0]
    found = of_apogee(m_type, net, aspcap)
    # No place in the diagram: 2; a giant: 4; not in APOGEE: 5.
    assert list(found["teff"]) == [3400, 3600]
    assert list(found["criterion_3"]) == [True, False]
    assert found["feh"][0] == pytest.approx(-0.2 + PUBLISHED(3500, -0.2))


def test_sound_stars_are_the_single_ones_with_those_that_are_lost(m_type):
    truth = Table({"source_id": [5, 4, 3, 2, 1]})
    truth["kind"] = ["giant", "binary", "lost", "field", "m_m"]
    truth["teff"], truth["feh"], truth["logg"] = 3400.0, 0.3, 4.8
    found = sound_dwarfs(truth, m_type)
    assert list(found["criterion_3"]) == [True, False]


def test_figure_shows_both_labels_and_the_numbers(stars):
    table = share_lost(stars[0], TEFF, FEH)
    for truth in (None, table):
        figure = diagnostic_selection.draw(table, truth)
        words = [text.get_text() for text in figure.axes[2].texts]
        assert len(words) == 4 and any(40 < float(word) < 60 for word in words)
        lines = figure.axes[0].get_legend_handles_labels()[1]
        assert len(lines) == 4 + (truth is not None)
