"""What the flags of SLAM say of unsound spectra, in a survey of simulated stars."""

from dataclasses import dataclass

import damage
import numpy as np
import pytest
import unsound
import yaml
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.labelling.beside_model import CONFIG
from mdwarfs.labelling.files import predict_files
from mdwarfs.labelling.model_of_run import ModelOfRun
from mdwarfs.simulation import stellar_spectrum
from mdwarfs.slam.held_out import label_training_stars
from mdwarfs.slam.infer import residuals
from mdwarfs.slam.infer.flags import BY_LIMITS, MISMATCH, Flag
from mdwarfs.slam.infer.stars import label_stars
from mdwarfs.slam.labeller import labeller
from mdwarfs.slam.model import SupportVectors
from mdwarfs.spectra.continuum import normalise
from mdwarfs.spectra.prepare import configured_grid
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.validation import fit_limits
from mdwarfs.validation.fit_limits import beyond_limits, learn_limits, limits_of
from tests.made_up import described

pytestmark = pytest.mark.dag

NAMES = ("feh", "teff", "logg")
PREDICTION = {
    "block": 2048,
    "snr_min": 3.0,
    "usable": {"feh": (-0.6, 0.5), "teff": (3100, 3900), "logg": (4.4, 5.1)},
}
TRAINING, NEW = 240, 400
SPECTRA = yaml.safe_load(CONFIG.read_text())["spectra"] | {
    "wave_min": 6010.0, "wave_max": 8930.0, "step_dex": 2e-4,
}  # fmt: skip
CONTINUUM = SPECTRA["continuum"]


@dataclass
class Survey:
    model: SupportVectors
    finder: object
    limits: dict
    table: Table
    spectra: SpectrumSet
    sound: Table

    def predict(self, spectra):
        table = label_stars(self.finder, spectra, PREDICTION, threads=1)
        return self.flagged(table)

    def flagged(self, table):
        table["new"] = beyond_limits(table, table["snr"], NAMES, self.limits)
        return table


def observed(n, rng):
    """A survey of n M dwarfs, and their labels: SpectrumSet, (n, 3)."""
    wave = configured_grid(SPECTRA)
    feh, teff = rng.normal(-0.1, 0.2, n), rng.uniform(3150, 3850, n)
    logg = 4.8 - 0.3 * (teff - 3500) / 700 + rng.normal(0, 0.05, n)
    flux = stellar_spectrum.spectra(wave, teff, logg, feh)
    snr = np.exp(rng.uniform(np.log(5), np.log(40), n))
    ivar = 2 * snr[:, None] ** 2 / flux  # two native pixels in one
    noisy = flux + rng.normal(size=flux.shape) / np.sqrt(ivar)
    planes = np.array(
        [normalise(wave, *both, CONTINUUM) for both in zip(noisy, ivar)], np.float32
    ).swapaxes(0, 1)
    source_id = np.arange(1, n + 1)
    stars = Table({"source_id": source_id, "sdss_id": source_id, "snr": snr})
    stars["file"], stars["n_good"], stars["status"] = "none", len(wave), "ok"
    flux, ivar, continuum = planes
    spectra = SpectrumSet(wave, flux, ivar, described(stars), continuum)
    return spectra, np.stack([feh, teff, logg], axis=1)


@pytest.fixture(scope="module")
def survey():
    rng = np.random.default_rng(6)
    spectra, labels = observed(TRAINING, rng)
    slam = SupportVectors.fit(
        labels, spectra.flux, spectra.ivar, label_names=NAMES, threads=1, seed=1,
        wavelength=spectra.wavelength, source_id=spectra.stars["source_id"], folds=4,
        grid={"C": [10.0], "epsilon": [0.05], "gamma": [0.05]}, block=2000,
        normalisation=SPECTRA,
    )  # fmt: skip
    held_out = label_training_stars(
        slam, spectra, PREDICTION, parts=4, seed=1, threads=1
    )
    table = learn_limits(held_out, NAMES)
    new, _ = observed(NEW, rng)
    survey = Survey(slam, labeller(slam), limits_of(table), table, new, None)
    survey.sound = survey.predict(new)
    return survey


def damaged(survey, kind, n=40):
    change, some = damage.kinds()[kind], survey.spectra.take(slice(n))
    return survey.predict(unsound.damaged(change, some, survey.sound, CONTINUUM, 7))


def test_sound_spectra_are_seldom_flagged(survey):
    poor = np.asarray(survey.sound["new"] & int(Flag.OUTSIDE_TRAINING)) > 0
    # Of 400 at 0.5 %, more than 4 would be there in one case of twenty.
    assert ((survey.sound["new"] > 0) & ~poor).sum() <= 4
    # And of 400 at 2 %, more than 13.
    assert poor.sum() <= 13


OF_RESIDUALS = (
    "blurred by 1 pixels", "blurred by 3 pixels", "sharpened",
    "resolution lower by 3 pixels", "resolution lower by 5 pixels",
    "binned by four pixels", "variances x 0.25",
)  # fmt: skip
OF_LIGHT = (
    "+100% of the flux added", "G star, added", "fringes of 10%, 100 A",
    "clipped above 1.1 times the median",
)  # fmt: skip
"""Of these, limits of few stars see half: labels and noise can look alike."""
CAUGHT = [
    "constant flux", "logarithm", "square root", "reversed",
    "smoothed over 5 pixels", "variances x 0.01", "variances x 100", "variances 1",
    "pure noise", "noise without lines", "noise doubled", "half of the pixels 0",
    "+200 km/s", "-200 km/s", "+900 km/s", "wavelengths x 1.003",
    "itself added at 300 km/s", "hot star", "white dwarf", *OF_RESIDUALS,
]  # fmt: skip


@pytest.mark.parametrize("kind", CAUGHT)
def test_unsound_spectra_are_caught(survey, kind):
    assert (damaged(survey, kind, 20)["new"] > 0).mean() >= 0.95


@pytest.mark.parametrize("kind", OF_LIGHT)
def test_most_of_foreign_light_is_seen(survey, kind):
    assert (damaged(survey, kind)["new"] > 0).mean() > 0.5


@pytest.mark.parametrize(
    "kind, bit",
    [
        ("logarithm", Flag.BAD_FIT),
        ("smoothed over 5 pixels", Flag.BAD_FIT),
        ("variances x 100", Flag.BAD_FIT | Flag.UNCERTAIN),
        ("pure noise", Flag.UNLIKE_MODEL),
        ("+200 km/s", Flag.VELOCITY),
        ("blurred by 3 pixels", Flag.BAD_FIT),
        ("variances x 0.25", Flag.BAD_FIT),
    ],
)
def test_the_flag_says_what_is_wrong(survey, kind, bit):
    table = damaged(survey, kind)
    bits = table["new"] & int(bit)
    faint = table["snr"] < 15  # of bright ones, smoothed lines make up for smooth noise
    assert (bits == bit)[faint].mean() > 0.9


def test_another_resolution_is_said_to_be_one(survey):
    table = damaged(survey, "resolution lower by 5 pixels")
    said = (table["new"] & Flag.RESOLUTION) > 0
    assert said[table["snr"] > 10].mean() > 0.9 and said.mean() > 0.8
    usual = np.median(np.abs(survey.sound["broadening"][:40]))
    assert np.median(table["broadening"]) > 5 * usual


@pytest.mark.parametrize("kind, v", [("+80 km/s", 80), ("wavelengths in air", -80)])
def test_velocities_are_found(survey, kind, v):
    table = damaged(survey, kind)
    assert np.abs(np.median(table["v_offset"]) - v) < 5
    assert ((table["new"] & Flag.VELOCITY) > 0)[table["snr"] > 10].mean() > 0.95


def test_most_wavelengths_that_jump_are_seen(survey):
    table = damaged(survey, "wavelengths jump by 40 A")
    bright = table["snr"] > 15
    assert (table["new"] > 0)[bright].mean() > 0.5  # not all: see the benchmark
    usual = np.nanmedian(np.abs(survey.sound["v_stretch"]))
    assert np.nanmedian(np.abs(table["v_stretch"])[bright]) > 2 * usual


def test_bright_metal_poor_stars_are_outside_the_training_more_often(survey):
    table = damaged(survey, "[Fe/H] -1.5")
    outside = (table["new"] & Flag.OUTSIDE_TRAINING) > 0
    usual = (survey.sound["new"] & Flag.OUTSIDE_TRAINING) > 0
    assert outside[table["snr"] > 15].mean() > 20 * usual.mean()
    assert outside[table["snr"] > 15].mean() > 0.5
    assert usual.mean() < 0.03


def test_flags_do_not_depend_on_blocks_and_threads(survey):
    prediction = PREDICTION | {"block": 64}
    table = label_stars(survey.finder, survey.spectra, prediction, threads=2)
    survey.flagged(table)
    for name in ("new", "correlation", "v_offset", "v_stretch", "continued"):
        assert np.array_equal(table[name], survey.sound[name], equal_nan=True)


def test_the_table_of_limits_gives_the_limits_again(survey, tmp_path):
    path = tmp_path / "fit_limits.ecsv"
    tables.write(survey.table, path, {"run": "test", "simulated": True})
    assert limits_of(tables.read(path)) == survey.limits
    assert set(survey.table["measure"]) == {
        "chi2", "correlation", "v_offset", "v_stretch", "error", "continued_feh",
        *residuals.COLUMNS,
    }  # fmt: skip


def test_shares_are_of_measures(survey):
    assert set(fit_limits.SHARES) <= set(survey.limits)


VELOCITY, FIT = Flag.VELOCITY, Flag.BAD_FIT | Flag.UNLIKE_MODEL
FAULTS = {
    "spec-ok.fits": 0,
    "spec-no-spall.fits": 0,
    "spec-trailing.fits": 0,
    "spec-zwarning-0.004.fits": 0,  # the velocity is found from the spectrum
    "spec-z-off-80.fits": VELOCITY,
    "spec-air.fits": VELOCITY,
    "lamost-dr8.fits": 0,
    "lamost-pilot.fits": 0,
    "spSpec.fit": 0,
    # The flux of spec-ok, twice, with half its inverse variance: errors that are larger
    # than the noise, as chi-square says.
    "mwmVisit.fits[1]": Flag.BAD_FIT,
    "mwmVisit.fits[2]": Flag.BAD_FIT,
    "0684_flux_const.fits": FIT,
    "0919_flux_log.fits": FIT,
    "1177_wave_jump.fits": FIT | VELOCITY,
    "1166_wave_x1.003.fits": VELOCITY,
    "flip_ttype.fits": "is damaged",
    "naxis_1e11.fits": "is damaged",
    "mwmStar-0.6.0-54050002.fits": "its name says the star",
}
"""What the files must give: labels without a flag of the limits, with one of these, or
a reason. All else that there is has labels."""


def faulty_files(shared):
    """The folder's files; skips where it is not there."""
    folder = shared / "faults" / "spectra"
    if not folder.is_dir():
        pytest.skip("the folder of faulty spectra is not beside this checkout")
    return sorted(folder.glob("*.fit*"))


def labelled_faults(table):
    """Of each file that has labels: its name, what it must give, and its row.

    What must have a reason has one and no labels, and all else has labels.
    """
    names = [str(file).rpartition("/")[2] for file in table["file"]]
    assert set(FAULTS) < set(names)
    for name, row in zip(names, table):
        expected = FAULTS.get(name)
        if isinstance(expected, str):
            assert row["reason"].startswith(expected) and np.isnan(row["teff"]), name
            continue
        assert row["reason"] in ("", MISMATCH[True]), name
        assert np.isfinite(row["teff"]), name
        yield name, expected, row


def test_the_faults(survey, shared):
    prediction = PREDICTION | {"method": "map", "weighting": "ivar"}
    model = ModelOfRun(survey.model, prediction, limits=survey.limits, simulated=True)
    labelled = list(
        labelled_faults(predict_files(faulty_files(shared), model, real=True))
    )
    (right,) = (row for name, _, row in labelled if name == "spec-ok.fits")
    for name, expected, row in labelled:
        bits = row["flags"] & int(BY_LIMITS)
        if expected:
            assert bits & int(expected), name
            if name.startswith("mwmVisit"):
                assert row["chi2"] < 0.75 * right["chi2"] and row["dof"] == right["dof"]
                assert row["teff"] == pytest.approx(right["teff"], abs=10), name
        elif expected == 0:
            assert bits == 0, name
            assert row["teff"] == pytest.approx(right["teff"], abs=10), name
            assert row["feh"] == pytest.approx(right["feh"], abs=0.05), name
