"""Injection and recovery, on tables where the answer is known."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.labels import LABELS
from mdwarfs.recovery.labels import recover_counts, recover_labels
from mdwarfs.slam.infer.flags import Flag

OUTSIDE = int(Flag.OUTSIDE_TEFF)
SNR_BINS = 8


@pytest.fixture
def survey():
    """Truth, catalogue and split of 4,000 stars, half of them trained upon."""
    rng = np.random.default_rng(1)
    n = 4000
    truth = Table({"source_id": np.arange(1, n + 1), "injected": np.full(n, "", "U16")})
    catalogue = Table({"source_id": truth["source_id"].copy()})
    catalogue["snr"] = rng.lognormal(2, 0.6, n)
    catalogue["flags"] = 0
    for label in LABELS:
        truth[label] = rng.normal(0, 1, n)
        sigma = 0.3 / np.sqrt(catalogue["snr"])
        catalogue[label] = truth[label] + rng.normal(0.01, sigma)
        catalogue[f"e_{label}"] = sigma
        catalogue[f"formal_e_{label}"] = sigma / 2
        catalogue[f"sigma_{label}"] = 2 * sigma
    role = np.where(np.arange(n) < n // 2, "train", "test")
    split = Table({"source_id": truth["source_id"].copy(), "role": role})
    return truth[::-1], catalogue, split


def test_injected_offset_and_pull_are_recovered(survey):
    table = recover_labels(*survey, SNR_BINS)
    for row in table[table["bin"] == 0]:
        assert abs(row["median"] - 0.01) < 4 * row["e_median"]
        assert row["pull_std"] == pytest.approx(1, abs=0.06)
        assert row["formal_pull_std"] == pytest.approx(2, abs=0.12)
        assert row["calibrated_pull_std"] == pytest.approx(0.5, abs=0.03)
        assert (row["n"], row["n_all"]) == (2000, 2000)


def test_scatter_falls_with_snr_bin_by_bin(survey):
    table = recover_labels(*survey, SNR_BINS)
    for label in LABELS:
        own = table[(table["label"] == label) & (table["sample"] == "other")]
        bins = own[own["bin"] > 0]
        assert sum(bins["n_all"]) == own["n_all"][own["bin"] == 0][0] == 2000
        assert (np.diff(bins["snr"]) > 0).all()
        assert bins["robust_std"] == pytest.approx(0.3 / np.sqrt(bins["snr"]), rel=0.3)
        assert bins["robust_std"][0] > 1.7 * bins["robust_std"][-1]


def test_flagged_stars_are_counted_but_not_used(survey):
    truth, catalogue, split = survey
    catalogue["flags"][:100] = OUTSIDE
    catalogue["teff"][:100] += 50
    table = recover_labels(truth, catalogue, split, SNR_BINS)
    row = table[(table["label"] == "teff") & (table["sample"] == "train")][0]
    assert (row["n"], row["n_all"]) == (1900, 2000)
    assert row["std"] < 0.5


def test_contaminants_do_not_enter_the_label_statistics(survey):
    truth, catalogue, split = survey
    truth["injected"][truth["source_id"] > 3900] = "criterion_3"
    table = recover_labels(truth, catalogue, split, SNR_BINS)
    assert table["n_all"][table["sample"] == "other"].max() == 1900


@pytest.fixture
def products():
    """Stars 1-4 field, 5 giant, 6 dusty, 7-8 FGK+M, 9-10 FGK+M bad, 11-12 M+M."""
    kind = ["field"] * 4 + ["giant", "no_gaia"] + ["fgk_primary", "m_secondary"] * 2
    kind += ["m_m", "m_m"]
    injected = [""] * 12
    injected[3], injected[4], injected[5] = "missing_spectrum", "criterion_1", "no_gaia"
    injected[8] = injected[9] = "ruwe1"
    injected[7] = injected[6] = "no_aspcap"
    ids = np.arange(1, 13)
    truth = Table({"source_id": ids, "sdss_id": ids + 100, "kind": kind})
    truth["injected"] = injected
    truth["component"] = [0] * 6 + [1, 2, 1, 2, 1, 2]
    truth["pair_id"] = [0] * 6 + [1, 1, 2, 2, 3, 3]
    truth["source_id"][5] = 0
    boss = ~np.isin(kind, ["fgk_primary"])
    m_type = truth["source_id", "sdss_id"][boss]
    m_type["reason"] = np.where(m_type["source_id"] == 0, "no Gaia source", "")
    for number in (1, 2, 3, 4):
        m_type[f"criterion_{number}"] = m_type["reason"] == ""
    m_type["criterion_1"][4] = False  # the giant
    m_type["criterion_4"][4] = False  # which has a bad ruwe as well
    m_type["criterion_2"][0] = False  # and a sound star is lost

    def pairs(one, two, **cuts):
        table = Table({"source_id1": one, "source_id2": two})
        for name, passes in cuts.items():
            table[f"cut_{name}"] = passes
        return table

    labels = Table({"source_id": [8], "reason": ["no ASPCAP [alpha/M]"]})
    catalogue = Table({"source_id": [2, 3, 4, 8, 10, 11, 12], "reason": [""] * 7})
    catalogue["reason"] = np.where(catalogue["source_id"] == 4, "no spectrum", "")
    both = pairs([7, 9], [8, 10], feh_err=[True, True], ruwe1=[True, False])
    return {
        "truth": truth,
        "m_type": m_type,
        "pairs": {
            "pairs_fgk_m": both,
            "pairs_m_m": pairs([12], [11], ruwe1=[True]),
            "pairs_fgk_fgk": pairs([7], [8], r_chance_align=[True]),
        },
        "labels": labels,
        "catalogue": catalogue,
    }


def rows_of(table, sample, kind, injected):
    """By cut: (n_injected, n_reached, n_removed, meant, n_kept)."""
    names = ("n_injected", "n_reached", "n_removed", "meant", "n_kept")
    return {
        str(row["cut"]): tuple(row[name] for name in names)
        for row in table
        if (row["sample"], row["kind"], row["injected"]) == (sample, kind, injected)
    }


def test_each_kind_is_counted_where_it_was_caught(products):
    table = recover_counts(**products)
    assert rows_of(table, "m_type", "giant", "criterion_1") == {
        "criterion_1": (1, 1, 1, True, 0),
        "criterion_4": (1, 1, 1, False, 0),
    }
    assert rows_of(table, "m_type", "no_gaia", "no_gaia") == {
        "no_gaia": (1, 1, 1, True, 0)
    }
    sound = rows_of(table, "m_type", "field", "")
    assert sound["criterion_2"] == (3, 3, 1, False, 2)
    assert sound["criterion_1"] == (3, 3, 0, False, 2)


def test_unresolved_binaries_are_neither_sound_nor_to_be_removed(products):
    """Whether a cut caught some or none, every cut says so."""
    products["truth"]["kind"][:2] = "binary"
    products["truth"]["injected"][:2] = "unresolved"
    rows = rows_of(recover_counts(**products), "m_type", "binary", "unresolved")
    assert rows["criterion_2"] == (2, 2, 1, False, 1)
    assert rows["criterion_3"] == (2, 2, 0, False, 1)
    assert not any(meant for *_, meant, _ in rows.values())


def test_pairs_are_counted_once(products):
    table = recover_counts(**products)
    bad = rows_of(table, "pairs_fgk_m", "m_secondary", "ruwe1")
    assert bad == {"ruwe1": (1, 1, 1, True, 0)}
    assert rows_of(table, "pairs_m_m", "m_m", "")["ruwe1"] == (1, 1, 0, False, 1)
    assert "fgk_primary" not in set(table["kind"][table["sample"] == "pairs_fgk_m"])


def test_missing_labels_and_spectra_are_found(products):
    table = recover_counts(**products)
    lacking = rows_of(table, "labels", "m_secondary", "no_aspcap")
    assert lacking == {"no_aspcap": (1, 1, 1, True, 0)}
    lost = rows_of(table, "slam_labels", "field", "missing_spectrum")
    assert lost == {"missing_spectrum": (1, 1, 1, True, 0)}


def test_a_fault_that_nothing_caught_shows(products):
    products["pairs"]["pairs_fgk_m"]["cut_ruwe1"] = True
    table = recover_counts(**products)
    bad = rows_of(table, "pairs_fgk_m", "m_secondary", "ruwe1")
    assert bad == {"ruwe1": (1, 1, 0, True, 1)}
