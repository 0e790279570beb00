"""Pulls against the truth."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.labels import LABELS
from mdwarfs.recovery.pulls import pulls
from mdwarfs.slam.infer.flags import Flag
from mdwarfs.validation.pulls import widths_by_snr

N = 3000
RANGES = {"feh": (-3.0, 3.0)}


@pytest.fixture
def survey():
    """Truth, catalogue, split; every tenth star was trained on."""
    rng = np.random.default_rng(2)
    ids = np.arange(1, N + 1)
    truth = Table({"source_id": ids, "injected": np.full(N, "", "U16")})
    catalogue = Table({"source_id": ids, "snr": rng.lognormal(2, 0.6, N)})
    catalogue["flags"] = 0
    for label in LABELS:
        truth[label] = rng.uniform(-2, 2, N)
        sigma = 0.3 / np.sqrt(catalogue["snr"])
        catalogue[label] = truth[label] + sigma * rng.standard_normal(N)
        catalogue[f"e_{label}"], catalogue[f"sigma_{label}"] = 2 * sigma, sigma
        catalogue[f"formal_e_{label}"] = sigma / 3
    role = np.where(ids % 10 == 0, "train", "test")
    return truth, catalogue, Table({"source_id": ids, "role": role})


def test_each_uncertainty_has_its_width_in_every_bin(survey):
    table = widths_by_snr(pulls(*survey, RANGES), 5)
    widths = {"formal": 3, "power law": 0.5, "calibrated": 1}
    for name, width in widths.items():
        rows = table[table["uncertainty"] == name]
        assert len(rows) == 6 * len(LABELS)
        assert (np.abs(rows["std"] - width) < 4 * rows["e_std"]).all()
        assert sum(rows["n"][rows["bin"] > 0]) == sum(rows["n"][rows["bin"] == 0])


def test_outliers_count_fully(survey):
    truth, catalogue, split = survey
    catalogue["teff"][0] += 50 * catalogue["sigma_teff"][0]
    table = widths_by_snr(pulls(truth, catalogue, split, RANGES), 1)
    row = table[(table["label"] == "teff") & (table["uncertainty"] == "calibrated")][0]
    assert row["n_beyond"] == 1
    assert row["std"] > 1.2 > 1.1 > row["robust_std"]


@pytest.mark.parametrize("reason", ["trained", "binary", "injected", "found", "fit"])
def test_stars_for_which_the_model_is_not_meant_are_left_out(survey, reason):
    truth, catalogue, split = survey
    before = len(pulls(truth, catalogue, split, RANGES))
    if reason == "trained":
        split["role"][0] = "train"
    elif reason == "binary":
        truth["injected"][0] = "unresolved"
    elif reason == "injected":
        truth["feh"][0] = 4.0
    elif reason == "found":
        catalogue["flags"][0] = int(Flag.OUTSIDE_FEH)
    else:
        catalogue["flags"][0] = int(Flag.NOT_CONVERGED)
    assert len(pulls(truth, catalogue, split, RANGES)) == before - 1
