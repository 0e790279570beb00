"""What a user gives by mistake: an InputError says what to do, and nothing passes."""

from dataclasses import replace

import numpy as np
import pytest
from astropy import units as u
from astropy.table import MaskedColumn, Table

from mdwarfs import Slam, normalise, read_spectra
from mdwarfs.api.training import made_by, training_options
from mdwarfs.config import read_config
from mdwarfs.errors import InputError
from mdwarfs.slam import defaults, regressors
from mdwarfs.slam.infer.flags import BY_LIMITS
from mdwarfs.slam.model import SupportVectors
from mdwarfs.spectra.spectrum import Spectrum
from tests.fewer import few_starts  # noqa: F401

WAVELENGTH = np.linspace(6000.0, 6300.0, 60)
GRID = {"C": [10.0], "epsilon": [0.1], "gamma": [0.1]}
N = 48


@pytest.fixture(scope="module")
def stars():
    """Labels, flux and errors of invented stars, whose lines follow one label."""
    rng = np.random.default_rng(4)
    age = rng.uniform(1, 9, N)
    lines = 0.05 * np.sin(WAVELENGTH) * (age[:, None] - 5)
    error = np.full(lines.shape, 0.02)
    return {"age": age}, 1 + lines + rng.normal(0, 0.02, lines.shape), error


@pytest.fixture(scope="module")
def options(stars):
    return {"error": stars[2], "wavelength": WAVELENGTH, "grid": GRID, "folds": 3}


def observed(stars, simulated, v_rad=0.0):
    """The stars as files give them."""
    return [
        Spectrum(
            WAVELENGTH, flux, np.full(60, 2500.0), False, v_rad=v_rad, snr=50.0,
            source=f"{k}.fits", simulated=simulated,
        )
        for k, flux in enumerate(stars[1])
    ]  # fmt: skip


SETTINGS = {"wave_min": 6010, "wave_max": 6290, "step": 5.0, "continuum": None}


def test_a_model_of_simulated_files_is_stamped_and_refuses_real_ones(stars, tmp_path):
    labels, real = {"age": stars[0]["age"][:24]}, observed(stars, None)[:24]
    invented = normalise(observed(stars, True)[:24], **SETTINGS)
    options = {"grid": GRID, "folds": 3, "held_out": 0}
    slam = Slam.fit(invented, labels, **options)
    assert slam.simulated and "simulated" in repr(slam)
    slam.save(tmp_path / "m.fits")
    for model in (slam, Slam.load(tmp_path / "m.fits")):
        with pytest.raises(InputError, match="0.fits is not stamped as simulated"):
            model.predict(real)
    tested = Slam.cross_validate(invented, labels, grid=GRID, folds=3, held_out=2)
    assert tested.meta["SIMULATD"] and all(tested["simulated_model"])
    mixed = normalise([*observed(stars, True)[:20], *real[20:]], **SETTINGS)
    with pytest.raises(
        InputError, match="20 of 24 spectra say that they are simulated"
    ):
        Slam.fit(mixed, labels, **options)
    assert Slam.fit(mixed, labels, simulated=True, **options).simulated
    assert not Slam.fit(normalise(real, **SETTINGS), labels, **options).simulated


def shifts(v_rad, n=3):
    """Velocities by which spectra are brought to rest, if they are given so."""
    some = [
        Spectrum(WAVELENGTH, np.ones(60), np.ones(60), False, v_rad=5.0)
        for _ in range(n)
    ]
    return list(normalise(some, v_rad=v_rad, **SETTINGS).stars["v_rad"])


def test_velocities_are_converted_by_their_units():
    assert shifts([1.0, -20.0, 3.0]) == [1, -20, 3]
    assert shifts(np.array([1000.0, -20000.0, 3000.0]) * u.m / u.s) == [1, -20, 3]
    table = Table({"rv": [1000.0, -20000.0, 3000.0]}, units={"rv": "m/s"})
    assert shifts(table["rv"]) == [1, -20, 3]
    masked = MaskedColumn([1000.0, 0, 3000.0], mask=[0, 1, 0], unit="m/s")
    assert shifts(masked) == [1, 5, 3]  # the file's where nothing else is known
    assert shifts(7 * u.km / u.s) == [7, 7, 7]
    for wrong, message in (
        ([1.0, 2.0], r"v_rad has shape \(2,\), and there are 3 spectra"),
        ([1.0, -20000.0, 3.0], "beyond 800 km/s, the first is row 1 with -20000"),
        ([1.0, -9999.0, 3.0], "give NaN where it is not known"),
        ([1.0, 2.0, 3.0] * u.K, "v_rad is in K, and has to be in km / s"),
        (["a", "b", "c"], "v_rad: numbers are wanted"),
    ):
        with pytest.raises(InputError, match=message):
            shifts(wrong)


FILLED = np.ones((N, 60))
FILLED[2, 7] = -9999
WRONG = {
    "grid: C has 0, and all": {"grid": GRID | {"C": [1, 0]}},
    "grid: gamma has nan": {"grid": GRID | {"gamma": [np.nan]}},
    "grid: epsilon has to be a list of numbers": {"grid": GRID | {"epsilon": ["a"]}},
    "grid: there is no c; did you mean C": {"grid": {"c": [1], **GRID}},
    "grid: there is no gama; did you mean gamma": {"grid": {**GRID, "gama": [1]}},
    "folds is 1, and has to be a whole number from 2 to 48": {"folds": 1},
    "folds is 2.5, and": {"folds": 2.5},
    "seed is -1, and": {"seed": -1},
    "threads is 0, and": {"threads": 0},
    "held_out is -1, and": {"held_out": -1},
    r'say which of them are labels, as names=\["age"\]': {"names": ["teff"]},
    "flux of 1 .* pixel 7 of row 2 with -9999: mark": {"flux": FILLED},
    "age of 1 star.* is a fill value, the first is row 3": {
        "labels": {"age": np.where(np.arange(N) == 3, -9999.0, 5.0)}},
    "flux has shape .0, 60.: there is no star": {
        "flux": FILLED[:0], "error": FILLED[:0]},
    "wavelength is in K, and has to be in Angstrom": {"wavelength": WAVELENGTH * u.K},
}  # fmt: skip


@pytest.mark.parametrize("message", WRONG)
def test_what_training_refuses(stars, options, message):
    given = options | {"flux": stars[1], "labels": stars[0]} | WRONG[message]
    with pytest.raises(InputError, match=message):
        Slam.fit(given.pop("flux"), given.pop("labels"), **given)


@pytest.mark.parametrize("held_out", [0, 1, -2, N + 1, 2.5, True, "loo", None])
def test_parts_that_cannot_be_held_out(stars, options, held_out):
    message = 'held_out, if not "leave-one-out", is .* a whole number from 2 to 48'
    with pytest.raises(InputError, match=message):
        Slam.cross_validate(stars[1], stars[0], held_out=held_out, **options)


@pytest.fixture(scope="module")
def slam(stars, options):
    return Slam.fit(stars[1], stars[0], **options)


@pytest.mark.parametrize(
    "keywords, message",
    [
        ({"prior": {"age": {"mean": 1}}}, "prior of age needs a mean and a sigma"),
        ({"prior": {"age": 3.0}}, "prior of age needs a mean and a sigma"),
        ({"prior": {"age": {"mean": "a", "sigma": 1}}}, "of age must be numbers"),
        ({"prior": {"age": {"mean": 1, "sigma": 0}}}, "must be positive, also of age"),
        ({"prior": {"agee": {"mean": 1, "sigma": 1}}}, "a prior is given for agee"),
        ({"usable": {"age": (1, 2)}}, "usable: age can have no range"),
        ({"snr_min": "3"}, "snr_min is '3'"),
        ({"threads": 2.5}, "threads is 2.5, and has to be a whole number"),
    ],
)
def test_what_prediction_refuses(stars, slam, options, keywords, message):
    _, flux, error = stars
    with pytest.raises(InputError, match=message):
        slam.predict(flux, error=error, **keywords)


@pytest.mark.parametrize(
    "keywords, message",
    [
        ({"step": 0.0}, "step is 0: from 6010 to 6290 Angstrom it has to be between"),
        ({"step": -5.0}, "step is -5"),
        ({"step": np.nan}, "step is nan"),
        ({"step": 1e-9}, "step is 1e-09"),
        ({"step": None, "step_dex": 1.0}, "step_dex is 1"),
        ({"wave_min": 6500.0}, "wave_min 6500 has to be below wave_max 6290"),
        ({"wave_max": np.inf}, "wave_min 6010 has to be below wave_max inf"),
        ({"min_good_fraction": 20.0}, "min_good_fraction is 20: it has to be between"),
        ({"continuum": {"clp": 3.0}}, "continuum: there is no clp; did you mean clip"),
    ],
)
def test_what_normalisation_refuses(stars, keywords, message):
    with pytest.raises(InputError, match=message):
        normalise(
            stars[1], error=stars[2], wavelength=WAVELENGTH, **SETTINGS | keywords
        )
    with pytest.raises(InputError, match="there are no spectra"):
        normalise([])


def test_wavelengths_out_of_the_range_ask_for_the_unit(stars):
    for factor, unit in ((0.1, "nm"), (1e-4, "micron")):
        spectra = normalise(
            stars[1], error=stars[2], wavelength=factor * WAVELENGTH, **SETTINGS
        )
        assert all(f"are they in {unit}?" in x for x in spectra.stars["status"])
        with pytest.raises(InputError, match=f"no spectrum can be used.* in {unit}"):
            Slam.fit(spectra, stars[0])


def test_a_keyword_that_is_not_known_is_answered_with_one_that_is(stars, slam):
    for call, name, meant in (
        (Slam.fit, "fold", "folds"),
        (Slam.cross_validate, "heldout", "held_out"),
        (slam.predict, "usabel", "usable"),
        (normalise, "vrad", "v_rad"),
    ):
        with pytest.raises(TypeError, match=f"no {name}; did you mean {meant}?"):
            call(stars[1], **{name: 3})


def test_what_is_read_of_nothing(tmp_path):
    file = tmp_path / "a.csv"
    rows = "\n".join(f"{x},1,1" for x in WAVELENGTH)
    file.write_text(f"# AIRORVAC: vac\nwavelength_angstrom,flux,error\n{rows}\n")
    for paths, message in (
        ([], "the list of paths is empty"),
        (tmp_path, f"{tmp_path}: is a folder: name its files, as {tmp_path}/"),
        (tmp_path / "b.csv", "b.csv: there is no such file"),
        ([tmp_path, tmp_path / "b.csv"], "is a folder.*nor have the 1 others"),
    ):
        with pytest.raises(InputError, match=message):
            read_spectra(paths)
    with pytest.warns(UserWarning, match="2 of 3 files hold no spectrum"):
        assert len(read_spectra([tmp_path, file, tmp_path / "b.csv"])) == 3


def test_a_folder_is_no_model(slam, tmp_path):
    (tmp_path / "run" / "slam").mkdir(parents=True)
    with pytest.raises(InputError, match="is a folder: name the file of a model$"):
        Slam.load(tmp_path / "run")
    slam.save(tmp_path / "run" / "slam" / "model.fits")
    for folder in (tmp_path / "run", tmp_path / "run" / "slam"):
        with pytest.raises(InputError, match="as .*run/slam/model.fits"):
            Slam.load(folder)
    with pytest.raises(InputError, match="there is no folder"):
        slam.save(tmp_path / "absent" / "m.fits")


def test_garbage_is_flagged_by_limits_that_training_makes(stars, slam, options):
    _, flux, error = stars
    rng = np.random.default_rng(1)
    garbage = {
        "noise": 1 + rng.normal(0, 0.2, (4, 60)),
        "constant": np.ones((4, 60)),
        "no star of this kind": np.where(WAVELENGTH > 6150, 1.3, 0.7) * np.ones((4, 1)),
    }
    for kind, some in garbage.items():
        found = slam.predict(some, error=error[:4])
        assert ((found["flags"] & int(BY_LIMITS)) > 0).all(), kind
    assert found.meta["FITLIMIT"] == f"of {N} training stars"
    without = Slam.fit(flux, stars[0], **options, held_out=0)
    assert "no limits of the fit" in repr(without)
    with pytest.warns(UserWarning, match="limits of the fit are not known"):
        found = without.predict(garbage["noise"], error=error[:4])
    assert found.meta["FITLIMIT"].startswith("none, no flags")
    few = slice(0, 8)
    small = Slam.fit(
        flux[few], {"age": stars[0]["age"][few]}, **options | {"error": error[few]}
    )
    assert small.limits is None


def test_limits_of_another_prior_are_said(stars, slam, tmp_path):
    _, flux, error = stars
    prior = {"age": {"mean": 5.0, "sigma": 1.0}}
    slam.save(tmp_path / "m.fits")
    for model in (slam, Slam.load(tmp_path / "m.fits")):
        with pytest.warns(
            UserWarning, match="learnt with another prior: the flags vel"
        ):
            model.predict(flux, error=error, prior=prior)


def test_what_the_velocity_is_from(stars):
    spectra = observed(stars, None, v_rad=12.0)
    spectra[1] = replace(spectra[1], at_rest=True)
    spectra[2] = replace(spectra[2], v_rad=np.nan)
    model = Slam.fit(
        normalise(spectra, **SETTINGS)[np.arange(3, N)],
        {"age": stars[0]["age"][3:]}, grid=GRID, folds=3,
    )  # fmt: skip
    found = model.predict(spectra[:3])
    assert list(found["v_rad_source"][:2]) == ["file", "rest"]
    assert found["v_rad_source"][2] == "found" or found["reason"][2]


def test_the_default_grid_is_that_of_the_template_of_a_users_configuration(root):
    mine = read_config([root / "config" / "config.yaml", root / "config" / "mine.yaml"])
    assert mine["slam"]["grid"] == defaults.GRID
    assert mine["slam"]["folds"] == defaults.FOLDS


def test_a_regressor_that_is_none_or_has_other_settings(stars, options, monkeypatch):
    labels, flux, _ = stars

    class Other(SupportVectors):
        regressor, settings = "other", ("folds", "block", "penalty")

        @classmethod
        def fit(cls, *arrays, penalty, folds, block, **common): ...

    monkeypatch.setitem(regressors.REGRESSORS, "other", Other)
    without = {name: options[name] for name in options if name != "grid"}
    for wrong, said in {
        "'svm' is none of": {**options, "regressor": "svm"},
        "grid: the regressor other takes none": {**options, "regressor": "other"},
        "the regressor other needs penalty": {**without, "regressor": "other"},
        "penalti; did you mean penalty": {
            **without, "regressor": "other", "settings": {"penalti": 1},
        },
        "settings: there is no penalty": {**options, "settings": {"penalty": 1}},
        "penalty has to be .*: it has a set": {
            **without, "regressor": "other", "settings": {"penalty": {1}},
        },
    }.items():  # fmt: skip
        for train in (Slam.fit, Slam.cross_validate):
            with pytest.raises(InputError, match=wrong):
                train(flux, labels, **said)


def test_numbers_of_numpy_are_as_good_as_plain_ones():
    class Other(SupportVectors):
        regressor, settings = "other", ("penalty", "windows")

    def options(folds, penalty, windows):
        own = {"penalty": penalty, "windows": windows}
        return training_options(Other, {"folds": folds, "settings": own}, 40)

    plain = options(5, 2, {"of": [0.5, 1.5]})
    found = options(np.int64(5), np.int64(2), {"of": np.array([0.5, 1.5])})
    assert found == plain
    digests = {made_by(Other, ["age"], {}, each) for each in (plain, found)}
    assert len(digests) == 1
    with pytest.raises(InputError, match="folds: the regressor other takes none"):
        options(np.int64(4), 2, {})
