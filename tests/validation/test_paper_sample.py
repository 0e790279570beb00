"""The sample that is built here against the paper's own, where the answer is known."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.recovery.paper_sample import recover_sample
from mdwarfs.tables import absent
from mdwarfs.validation.paper_sample import (
    QUANTITIES,
    compare_sample,
    count_pairs,
    summarise_sample,
)
from tests.made_up import described

N = 100
VALUES = {
    "feh": 0.1, "feh_niu": 0.2, "teff": 3400.0, "logg": 4.8, "alpha_m": 0.05,
    "e_feh": 0.05, "e_teff": 40.0, "e_logg": 0.05, "e_alpha_m": 0.03, "snr": 12.0,
}  # fmt: skip


def samples(n=N):
    """Ours of pairs 1 to n, theirs of pairs 11 to n + 10, and what explains those."""
    ours, theirs = Table(), Table()
    rng = np.random.default_rng(2)
    for table, first in ((ours, 1), (theirs, 11)):
        ids = np.arange(first, first + n)
        table["source_id1"], table["other"] = 1000 + ids, 2000 + ids
        for name, value in VALUES.items():
            table[name] = value * (1 + 0.01 * ids)
    ours["sdss_id"] = ours["other"] + 5
    ours.rename_column("other", "source_id")
    theirs.rename_column("other", "source_id2")
    theirs["row"] = 1 + rng.permutation(n)
    ours["labelled"] = True
    alone = theirs["source_id2"] > 2000 + n
    step = np.where(alone, "ruwe1", "").astype("U16")
    reason = np.where(alone, "The quality cut (ruwe1 = 2)", "").astype("U40")
    return theirs, ours, step, reason


def test_every_pair_of_either_sample_has_a_row_and_a_reason_unless_common():
    found = compare_sample(*samples())
    assert len(found) == N + 10
    counts = {
        name: (found["membership"] == name).sum() for name in set(found["membership"])
    }
    assert counts == {"both": N - 10, "ours": 10, "theirs": 10}
    assert ((found["reason"] == "") == (found["membership"] == "both")).all()
    assert set(found["step"][found["membership"] == "theirs"]) == {"ruwe1"}
    theirs = found[found["row"] > 0]
    assert sorted(theirs["row"]) == list(range(1, N + 1))
    assert len(np.unique(found["source_id2"])) == N + 10


def test_values_stand_beside_each_other():
    found = compare_sample(*samples())
    both = found[found["membership"] == "both"]
    for name in QUANTITIES:
        np.testing.assert_allclose(both[name], both[f"{name}_ref"])
    assert np.isnan(found["teff"][found["membership"] == "theirs"]).all()
    assert np.isnan(found["teff_ref"][found["membership"] == "ours"]).all()


def test_a_shift_a_scatter_and_outliers_are_found_and_named():
    theirs, *others = samples()
    rng = np.random.default_rng(1)
    theirs["teff"] -= 30 + rng.normal(0, 5, N)
    theirs["teff"][40] += 500
    theirs["feh"][7] -= 0.1
    summary = summarise_sample(compare_sample(theirs, *others))
    rows = {row["quantity"]: row for row in summary}
    assert rows["teff"]["median"] == pytest.approx(30, abs=2)
    assert rows["teff"]["robust_std"] == pytest.approx(5, rel=0.3)
    assert rows["teff"]["n_outliers"] == 1 and rows["teff"]["n_same"] == 0
    assert rows["teff"]["outliers"] == str(theirs["source_id2"][40])
    assert rows["feh"]["outliers"] == str(theirs["source_id2"][7])
    assert rows["feh"]["n_same"] == N - 11 and rows["feh"]["median"] == 0
    assert rows["snr"]["n_outliers"] == 0 and rows["snr"]["outliers"] == ""


def test_outliers_stand_with_their_pair():
    theirs, *others = samples()
    theirs["logg"][3] += 1
    theirs["e_logg"][3] += 1
    found = compare_sample(theirs, *others)
    row = found[found["source_id2"] == theirs["source_id2"][3]]
    assert row["outlier"][0] == "logg, e_logg"
    assert (found["outlier"] != "").sum() == 1


def test_a_rounded_value_is_the_same():
    theirs, *others = samples()
    theirs["teff"] = np.round(theirs["teff"])
    theirs["feh"] = theirs["feh"].astype("f4").astype(float)
    rows = {
        row["quantity"]: row
        for row in summarise_sample(compare_sample(theirs, *others))
    }
    assert rows["teff"]["n_same"] == rows["feh"]["n_same"] == N - 10
    assert rows["teff"]["n_outliers"] == rows["feh"]["n_outliers"] == 0


def test_the_same_m_dwarf_with_another_primary_is_another_pair():
    theirs, ours, step, reason = samples()
    theirs["source_id1"][0] = 77
    step[0], reason[0] = "other_primary", "The M dwarf is paired with another primary"
    found = compare_sample(theirs, ours, step, reason)
    own = found[found["source_id2"] == theirs["source_id2"][0]]
    assert sorted(own["membership"]) == ["ours", "theirs"]
    ours_row = own[own["membership"] == "ours"]
    assert "not with this primary" in ours_row["reason"][0]


def test_counts_add_up_and_list_the_steps():
    counts = count_pairs(compare_sample(*samples()))
    total = counts[counts["step"] == ""]
    assert dict(zip(total["membership"], total["n_pairs"])) == {
        "both": N - 10, "ours": 10, "theirs": 10,
    }  # fmt: skip
    steps = counts[counts["step"] != ""]
    assert steps["step"].tolist() == ["ruwe1"] and steps["n_pairs"].sum() == 10


def test_pairs_without_labels_are_not_of_our_sample():
    theirs, ours, step, reason = samples()
    ours["labelled"][:10] = False
    found = compare_sample(theirs, ours, step, reason)
    assert not (found["membership"] == "ours").any()


def test_without_the_paper_s_table_nothing_is_compared_and_all_say_why(tmp_path, stamp):
    theirs, ours, step, reason = samples()
    nothing = absent.note(described(theirs)[:0], "NADC is gone")
    found = compare_sample(nothing, ours, step[:0], reason[:0])
    products = {"found.fits": found}
    products |= {"n.ecsv": count_pairs(found), "s.ecsv": summarise_sample(found)}
    for name, table in products.items():
        assert len(table) == 0
        tables.write(table, tmp_path / name, stamp)
        again = tables.read(tmp_path / name)
        assert absent.why(again) == "NADC is gone" and len(again) == 0


@pytest.fixture
def truth():
    theirs, ours, step, _ = samples()
    truth = Table({name: theirs[name] for name in ("source_id1", "source_id2")})
    truth["injected"] = step
    for star in range(1, 11):
        truth.add_row([1000 + star, 2000 + star, "missing"])
    return truth


def test_differences_that_were_put_in_are_found(truth):
    theirs, *others = samples()
    theirs["teff"][2:5] += 90
    theirs["logg"][2:5] -= 0.08
    truth["injected"][2:5] = "older_teff"
    found = recover_sample(truth, compare_sample(theirs, *others))
    assert (found["n_found"] == found["n_injected"]).all()
    number = dict(zip(found["injected"], found["n_injected"]))
    assert number == {"": N - 13, "older_teff": 3, "missing": 10, "ruwe1": 10}
    assert dict(zip(found["injected"], found["n_outliers"]))["older_teff"] == 3
    assert found["n_outliers"].sum() == 3


def test_differences_that_were_not_found_are_told(truth):
    theirs, ours, step, reason = samples()
    truth["injected"][2] = "older_feh"
    step[step == "ruwe1"] = "ruwe2"
    found = recover_sample(truth, compare_sample(theirs, ours[5:], step, reason))
    missed = {row["injected"]: row["n_injected"] - row["n_found"] for row in found}
    assert missed == {"": 0, "older_feh": 1, "missing": 5, "ruwe1": 10}
