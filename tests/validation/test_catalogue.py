"""The published catalogue of labels."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.literature.power_laws import PUBLISHED, PowerLaw
from mdwarfs.slam.infer import residuals
from mdwarfs.slam.infer.flags import LIMITED, Flag
from mdwarfs.validation.calibration import Calibration
from mdwarfs.validation.catalogue import publish, uncertainties
from mdwarfs.validation.fit_limits import Limits

FORMAL = 1e-6
LAWS = {**PUBLISHED, "feh_niu": PUBLISHED["feh"], "alpha_m": PowerLaw(0.1, -0.2, 3, 30)}
CALIBRATIONS = {label: Calibration(0.1, FORMAL, 0.5, 0.4, 1.0) for label in LAWS}


@pytest.fixture
def candidates():
    n = 5
    table = Table({"source_id": np.arange(101, 101 + n), "sdss_id": np.arange(n) + 1})
    for name in ("ra", "dec", "parallax", "bp_rp0", "mg0"):
        table[name] = np.linspace(1, 2, n)
    table["snr"] = [10.0, 2.0, 50.0, 10.0, np.nan]
    return table


@pytest.fixture
def predictions():
    """Stars 103, 101, 102 and 104 in this order; 104's spectrum is of no use."""
    table = Table({"source_id": [103, 101, 102, 104]})
    for label in LAWS:
        table[label] = [3.0, 1.0, 2.0, np.nan]
        table[f"e_{label}"] = [4 * FORMAL, FORMAL, FORMAL, np.nan]
    table["snr"] = [50.0, 10.0, 2.0, 10.0]
    table["chi2"] = 1700.0
    table["correlation"], table["v_offset"], table["v_stretch"] = 0.9, 0.0, 0.0
    for name in residuals.COLUMNS:
        table[name] = 0.0
    table["training_sparseness"] = [0.4, 0.4, 0.8, np.nan]
    for name in ("dof", "n_good", "n_outliers", "n_iter"):
        table[name] = 9
    table["status"] = ["ok", "ok", "ok", "too few good pixels"]
    table["flags"] = [0, 0, int(Flag.OUTSIDE_TEFF | Flag.LOW_SNR), 0]
    return table


def test_every_candidate_has_its_row(candidates, predictions):
    catalogue = publish(candidates, predictions, LAWS, CALIBRATIONS, {})
    assert list(catalogue["source_id"]) == list(candidates["source_id"])
    assert list(catalogue["teff"][:3]) == [1, 2, 3]
    assert np.isnan(catalogue["teff"][3:]).all()
    assert list(catalogue["reason"]) == (
        ["", "", "", "too few good pixels", "no spectrum"]
    )


def test_training_stars_are_told_and_what_that_means(candidates, predictions):
    trained = np.array([102, 999])
    own, folds = (
        publish(
            candidates, predictions, LAWS, CALIBRATIONS, {}, trained=trained, held_out=x
        )["trained_on"]
        for x in (False, True)
    )
    assert list(own) == list(folds) == [False, True, False, False, False]
    assert "by the model that was trained on it" in own.info.description
    assert "by a model that has not seen it" in folds.info.description


def test_the_metallicity_beyond_the_limit_is_that_of_the_model(candidates, predictions):
    """Whose labels may be in another order than the power laws."""
    order = ["feh_niu", *(name for name in LAWS if name != "feh_niu")]
    columns = [x for name in order for x in (name, f"e_{name}")]
    rest = [name for name in predictions.colnames if name not in columns]
    predictions = predictions[[*order, *(f"e_{x}" for x in order), *rest]]
    values = np.zeros((4, len(order)))
    values[0, order.index("feh")] = values[1, order.index("feh_niu")] = -5.0
    predictions["continued"] = values
    limits = {"continued_feh": Limits(1, 1, 99, 0, 0, 0, 0, 0, 0, 1.0, np.inf, 99)}
    catalogue = publish(candidates, predictions, LAWS, CALIBRATIONS, limits)
    outside = np.asarray(catalogue["flags"]) & int(Flag.OUTSIDE_TRAINING) > 0
    assert list(catalogue["source_id"][outside]) == [103]


def test_uncertainties_are_the_power_laws_not_the_formal_ones(candidates, predictions):
    catalogue = publish(candidates, predictions, LAWS, CALIBRATIONS, {})
    assert catalogue["e_feh"][0] == pytest.approx(0.34 * 10**-0.25)
    assert catalogue["e_teff"][2] == pytest.approx(388.88 * 50**-0.47)
    assert np.isnan(catalogue["e_teff"][3:]).all()
    assert list(catalogue["snr_extrapolated"]) == [False, True, True, False, False]


def test_each_star_has_its_calibrated_and_its_formal_uncertainty(
    candidates, predictions
):
    catalogue = publish(candidates, predictions, LAWS, CALIBRATIONS, {})
    for label in LAWS:
        assert catalogue[f"sigma_{label}"][:3] == pytest.approx([0.1, 0.2, 0.2])
        assert catalogue[f"formal_e_{label}"][:3] == (
            pytest.approx([FORMAL, FORMAL, 4 * FORMAL])
        )
        assert np.isnan(catalogue[f"sigma_{label}"][3:]).all()


def test_an_uncertainty_of_which_nothing_is_known_has_no_column(predictions):
    def columns(power_laws, calibrations):
        labels, snr = ("feh", "teff"), [10.0, 10.0, 50.0, 50.0]
        table = uncertainties(predictions, snr, labels, power_laws, calibrations)
        return table.colnames

    alone = ["feh", "formal_e_feh", "teff", "formal_e_teff"]
    scatter = {"e_teff", "snr_extrapolated"}
    assert columns({}, {}) == alone
    assert set(columns({"teff": LAWS["teff"]}, {})) == {*alone, *scatter}
    assert set(columns({}, {"feh": CALIBRATIONS["feh"]})) == {*alone, "sigma_feh"}
    assert columns({"logg": LAWS["logg"]}, {}) == alone


def test_labels_far_out_are_flagged_and_not_clipped(candidates, predictions):
    predictions["teff"][2] = 9000.0
    catalogue = publish(candidates, predictions, LAWS, CALIBRATIONS, {})
    assert catalogue["teff"][1] == 9000
    assert catalogue["flags"][1] == Flag.OUTSIDE_TEFF | Flag.LOW_SNR
    assert list(catalogue["flag_names"][:2]) == ["", "outside_teff,low_snr"]
    assert catalogue["flag_names"][4] == "no_labels"


@pytest.mark.parametrize("known", [True, False])
def test_without_limits_no_labels_are_recommended(candidates, predictions, known):
    """Nothing says then that a spectrum is sound."""
    predictions["continued"], predictions["n_good"] = np.zeros((4, len(LAWS))), 1700
    wide = Limits(10, 1, 50, 0, 0, 0, np.log(10), 0, 0, 1e6, 1e6, 870)
    limits = {"v_offset": wide} if known else {}
    catalogue = publish(candidates, predictions, LAWS, CALIBRATIONS, limits)
    unflagged = np.isfinite(catalogue["teff"]) & (catalogue["flags"] == 0)
    assert unflagged.any()
    assert list(catalogue["recommended"]) == list(unflagged & known)
    assert catalogue.meta[LIMITED].startswith("of 870" if known else "none, no flags")


def test_what_lies_beyond_the_limits_is_flagged(candidates, predictions):
    predictions["v_offset"][0], predictions["n_good"] = 80.0, 1700
    predictions["continued"] = np.zeros((4, len(LAWS)))
    limits = {"v_offset": Limits(10, 1, 50, 0, 0, 0, np.log(10), 0, 0, 3.5, 3.5, 870)}
    before = predictions["flags"].copy()
    catalogue = publish(candidates, predictions, LAWS, CALIBRATIONS, limits)
    assert list(catalogue["flag_names"][:3]) == (
        ["", "outside_teff,low_snr", "velocity"]
    )
    assert catalogue["v_offset"][2] == 80 and catalogue["teff"][2] == 3
    assert list(predictions["flags"]) == list(before)
