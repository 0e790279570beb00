"""One star, gathered from a run."""

from dataclasses import replace

import numpy as np
import pytest

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.star import one
from mdwarfs.star.identify import find_star
from mdwarfs.star.run import StarsOfRun
from tests.star.small import EMPTY, FAINT, NAMES, SPOILT


@pytest.fixture(scope="module")
def run(results):
    return StarsOfRun.open(results)


def test_spectra_and_models_are_those_of_the_run_s_labels(run, sky):
    rows = np.arange(EMPTY)
    found = run.fitted(rows)
    for column, name in enumerate(NAMES):
        np.testing.assert_allclose(found.labels[:, column], run.catalogue[name][rows])
    dropped = found.dropped.sum(1)
    np.testing.assert_array_equal(dropped, run.catalogue["n_outliers"][rows])
    np.testing.assert_array_equal(found.flux, sky.flux[rows].astype("f4"))
    kept = np.where(found.dropped, 0, found.residual)
    chi2 = np.nansum(kept**2, axis=1)
    np.testing.assert_allclose(chi2, run.catalogue["chi2"][rows], rtol=1e-4)
    np.testing.assert_allclose(
        found.model, run.trained.spectral_model().spectra(found.labels)
    )


def test_bad_and_dropped_pixels_are_told_apart(run):
    found = run.fitted([SPOILT])
    assert np.flatnonzero(found.bad[0]).tolist() == [11]
    assert np.flatnonzero(found.dropped[0]).tolist() == [7, 30]
    assert np.isnan(found.residual[0, 11]) and found.residual[0, 7] > 5


def test_stars_come_in_the_order_that_is_asked_for(run):
    rows = np.array([40, 3, 17])
    found = run.fitted(rows)
    blocks = list(run.blocks(rows, size=2))
    assert [len(block) for block in blocks] == [2, 1]
    np.testing.assert_allclose(found.labels[:, 1], run.catalogue["teff"][rows])
    np.testing.assert_allclose(blocks[1].labels[0], found.labels[2])


def test_a_star_without_spectrum_says_why(run):
    with pytest.raises(InputError, match="1062 has no normalised spectrum"):
        run.fitted([0, EMPTY])
    star = one.of_run(run, EMPTY)
    assert star.spectrum is None and star.posterior is None
    assert star.reason == "there is no such file" and "no_labels" in star.flags
    assert np.isnan(star.labels["value"]).all()


def test_a_star_has_all_that_the_catalogue_says_of_it(run, sky):
    star = one.of_run(run, "1055")
    row = run.catalogue[55]
    assert star.role == "test" and star.simulated and star.run == "small"
    assert star.names["Gaia DR3"] == "1055" and star.names["SDSS"] == "5055"
    assert star.title == "Gaia DR3 1055"
    labels = star.labels
    assert labels["label"].tolist() == list(NAMES)
    assert labels["unit"].tolist() == ["dex", "K", "dex"]
    for prefix, column in (
        ("", "value"),
        ("e_", "e_value"),
        ("sigma_", "sigma_value"),
        ("formal_e_", "formal_e_value"),
    ):
        assert labels[column].tolist() == [row[prefix + name] for name in NAMES]
    np.testing.assert_allclose(labels["reference"], sky.labels[55])
    assert np.isnan(labels["hybrid"]).all()  # the run has none
    np.testing.assert_allclose(labels["truth"], sky.labels[55] + 0.01)
    np.testing.assert_allclose(labels["low"], [-0.6, 3100, 4.45])
    rank = (np.asarray(run.training["teff"]) < row["teff"]).mean()
    assert labels["rank"][1] == pytest.approx(rank)
    assert len(star.training) == 50


def test_a_star_says_whether_its_labels_are_recommended(run):
    """As the catalogue does, and why not; a model of other stars is a reason."""
    fine = int(np.flatnonzero(run.catalogue["recommended"])[0])
    for row in (fine, FAINT, EMPTY):
        star = one.of_run(run, row, posterior=False)
        assert star.recommended == run.catalogue["recommended"][row]
        assert star.extrapolated == run.catalogue["snr_extrapolated"][row]
    star = one.of_run(run, fine, posterior=False)
    assert "\nrecommended: yes\n" in str(star) and "extrapolated" not in str(star)
    real = replace(star, simulated=False, extrapolated=True)
    assert "\nrecommended: no (model of simulated stars)\n" in str(real)
    assert "the power law is extrapolated" in str(real)
    faint = str(one.of_run(run, FAINT, posterior=False))
    assert "\nrecommended: no (low snr" in faint
    assert "no (no labels)" in str(one.of_run(run, EMPTY))


def test_the_truth_stands_beside_the_reference(run):
    star = one.of_run(run, 55, posterior=False)
    titles = "SLAM", "power law", "calibrated", "formal", "reference", "truth"
    head = next(x for x in str(star).splitlines() if x.strip().startswith("SLAM"))
    assert [head.index(x) for x in titles] == sorted(head.index(x) for x in titles)
    real = str(one.of_run(run, 61, posterior=False))  # of which there is no truth
    assert "truth" not in real and "reference" not in real


def test_flags_are_said_in_words(run):
    star = one.of_run(run, FAINT, posterior=False)
    assert star.flags["low_snr"].startswith("signal-to-noise ratio below")
    assert star.posterior is None and star.spectrum is not None


@pytest.mark.parametrize(
    "name",
    [
        "1017", " Gaia DR3 1017", "5017", "SDSS 5017", "spec-17.fits",
        "mwmStar-5017.fits", "star/17/mwmStar-5017.fits", "/a/b/MWMSTAR-5017.fits",
    ],
)  # fmt: skip
def test_any_name_leads_to_the_star(run, name):
    assert run.row(name) == 17


def test_a_number_is_first_looked_for_where_it_is_meant(run):
    # 5017 is the sdss_id of a star and the catalogid of another
    assert run.identifiers["catalogid"][EMPTY - 17] == "5017"
    assert run.row("5017") == 17


def test_unknown_stars_are_refused_with_what_is_like_them(run):
    with pytest.raises(
        InputError, match="is neither a file nor a star.*Similar:.*mwmStar-5017.fits"
    ):
        run.row("mwmStar-50177.fits")
    with pytest.raises(InputError, match="known by Gaia DR3, SDSS, file"):
        run.row("Barnard's star")
    with pytest.raises(InputError, match="obsid of 63 stars.*choose by Gaia DR3"):
        run.row("77")
    with pytest.raises(InputError, match="empty"):
        find_star("  ", run.identifiers, "the run")


def test_stars_that_are_no_candidates_say_why(run):
    with pytest.raises(InputError, match="no candidate: .*Criterion 4: ruwe < 1.4"):
        run.row("900")


def test_folders_that_hold_no_run_are_refused(results, tmp_path):
    with pytest.raises(InputError, match="holds no results of a run"):
        StarsOfRun.open(tmp_path)
    (tmp_path / "slam").mkdir()
    (tmp_path / "slam" / "model.fits").symlink_to(results / "slam" / "model.fits")
    with pytest.raises(InputError, match=r"slam_labels.*target `predict`"):
        StarsOfRun.open(tmp_path)


def test_a_configuration_of_nothing_is_refused(results, tmp_path):
    for name in ("slam", "spectra", "catalogue", "samples"):
        (tmp_path / name).symlink_to(results / name)
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit" / "config.yaml").write_text("")
    said = r"audit/config\.yaml is not the configuration of a run: it lacks 'run'"
    with pytest.raises(InputError, match=said):
        StarsOfRun.open(tmp_path)


def test_a_catalogue_of_another_model_is_refused(results, tmp_path):
    for name in ("slam", "spectra", "audit", "samples"):
        (tmp_path / name).symlink_to(results / name)
    labels = tables.read(results / "catalogue" / "slam_labels.fits")
    labels.meta["MODEL"] = "0" * 16
    stamp = {"run": "small", "simulated": True}
    tables.write(labels, tmp_path / "catalogue" / "slam_labels.fits", stamp)
    with pytest.raises(InputError, match="was made with the model 0000"):
        StarsOfRun.open(tmp_path)
