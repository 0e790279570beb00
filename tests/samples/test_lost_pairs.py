"""What keeps a pair of somebody else's sample out of the one that is built here."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.samples import lost_pairs
from mdwarfs.samples.lost_pairs import STEPS, explain

# Pairs are 100 + k (primary) and 200 + k (M dwarf); what is wrong with the k-th.
FAULTS = [
    "", "wide_binaries", "boss", "gaia", "diagram", "criterion_2", "criterion_4",
    "lamost", "fgk_teff", "other_primary", "feh_err", "r_chance_align", "ruwe1",
    "ruwe2", "label",
]  # fmt: skip
NUMBER = {fault: k for k, fault in enumerate(FAULTS)}
CUTS = ("feh_err", "r_chance_align", "ruwe1", "ruwe2")


@pytest.fixture
def run():
    """The products of a run in which each pair but the first has one thing wrong."""
    n = len(FAULTS)
    one, two = 100 + np.arange(n), 200 + np.arange(n)
    faults = np.array(FAULTS)

    def without(*names):
        return ~np.isin(faults, names)

    binaries = Table({"source_id1": one, "source_id2": two})[without("wide_binaries")]
    for row in (0, 2):  # the catalogue may list the M dwarf first
        binaries[row] = tuple(binaries[row])[::-1]
    m_type = Table({"source_id": two, "gaia_dr2_source_id": two, "sdss_id": two + 300})
    m_type["mg0"], m_type["bp_rp0"], m_type["ruwe"] = 8.0, 2.5, 1.0
    m_type["reason"] = np.where(faults == "diagram", "no dust", "").astype("U20")
    for name in lost_pairs.CRITERIA:
        m_type[name] = (faults != name) & without("diagram")
    m_type["ruwe"][NUMBER["criterion_4"]] = 2.25
    m_type["source_id"][NUMBER["gaia"]] = 0
    m_type = m_type[without("boss")]
    lamost = Table({"source_id": one, "teff": np.full(n, 5500.0)})
    lamost["teff"][NUMBER["fgk_teff"]] = 7100
    lamost = lamost[without("lamost")]
    pairs = Table({"source_id1": one, "source_id2": two, "e_feh": np.full(n, 0.05)})
    pairs["R_chance_align"], pairs["ruwe1"], pairs["ruwe2"] = 0.001, 1.0, 1.0
    pairs["e_feh"][NUMBER["feh_err"]] = 0.31
    pairs["source_id1"][NUMBER["other_primary"]] = 999
    for name in CUTS:
        pairs[f"cut_{name}"] = faults != name
    missing = ["wide_binaries", "boss", "gaia", "diagram", "criterion_2", "criterion_4"]
    pairs = pairs[without(*missing, "lamost", "fgk_teff")]
    selected = np.all([pairs[f"cut_{name}"] for name in CUTS], axis=0)
    labels = pairs["source_id1", "source_id2"][selected]
    labels.rename_column("source_id2", "source_id")
    labels["labelled"] = labels["source_id"] != 200 + NUMBER["label"]
    labels["reason"] = np.where(labels["labelled"], "", "no ASPCAP [alpha/M]")
    return {
        "binaries": binaries, "m_type": m_type, "lamost_fgk": lamost, "pairs": pairs,
        "labels": labels, "fgk_teff": (4000, 7000),
    }  # fmt: skip


@pytest.fixture
def theirs():
    n = len(FAULTS)
    one, two = 100 + np.arange(n), 200 + np.arange(n)
    return Table({"source_id1": one, "source_id2": two, "snr": np.full(n, 10.0)})


def test_every_fault_is_named_as_the_step_that_it_fails(theirs, run):
    step, reason = explain(theirs, **run)
    assert step.tolist() == FAULTS
    assert reason[0] == "" and all(reason[1:])
    for fault, text in zip(FAULTS[1:], reason[1:]):
        assert text.startswith(STEPS[fault])


def test_reasons_give_the_numbers_that_decide(theirs, run):
    _, reason = explain(theirs, **run)
    for fault, words in {
        "criterion_4": "(ruwe = 2.25)",
        "criterion_2": "(M_G0 = 8.00, (BP-RP)_0 = 2.50 mag)",
        "fgk_teff": "(7100 K)",
        "feh_err": "(e_feh = 0.31)",
        "other_primary": "(999)",
        "diagram": "(no dust)",
        "label": "(no ASPCAP [alpha/M])",
    }.items():
        assert words in reason[NUMBER[fault]], fault


def test_all_that_a_pair_fails_is_said_the_first_step_decides(theirs, run):
    row = NUMBER["boss"]
    theirs["source_id1"][row] = 100 + NUMBER["lamost"]
    step, reason = explain(theirs, **run)
    assert step[row] == "wide_binaries"
    for name in ("wide_binaries", "boss", "lamost"):
        assert STEPS[name] in reason[row]


def test_lamost_is_not_blamed_for_stars_that_were_not_asked_for(theirs, run):
    """Its spectra are kept of stars in wide binaries alone."""
    theirs["source_id1"][0] = 12345
    step, reason = explain(theirs, **run)
    assert step[0] == "wide_binaries" and STEPS["lamost"] not in reason[0]


def test_rows_that_name_no_pair_or_repeat_one_are_told(theirs, run):
    theirs.add_row([100, 200, 5.0])
    theirs.add_row([100, 0, 5.0])
    theirs.add_row([0, 205, 50.0])
    step, reason = explain(theirs, **run)
    assert step[-3:].tolist() == ["repeated", "no_identifier", "no_identifier"]
    assert step[0] == "" and reason[-1] == STEPS["no_identifier"]


def test_what_nothing_explains_is_told_as_well(theirs, run):
    run["pairs"] = run["pairs"][run["pairs"]["source_id2"] != 200]
    run["labels"] = run["labels"][run["labels"]["source_id"] != 200]
    step, reason = explain(theirs, **run)
    assert step[0] == "unexplained" and reason[0] == STEPS["unexplained"]
    assert (step != "").all() and all(reason)


def test_no_rows_have_no_reasons(theirs, run):
    step, reason = explain(theirs[:0], **run)
    assert len(step) == len(reason) == 0
