"""From Python: what a notebook does with `from mdwarfs import ...`."""

import doctest
import importlib
import subprocess
import sys
import warnings

import matplotlib
import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.table import Table

import mdwarfs
from mdwarfs import Slam, cli, normalise, read_spectra, tables
from mdwarfs.api import slam as api
from mdwarfs.api import spectra as api_spectra
from mdwarfs.api.spectra import measured_snr
from mdwarfs.config import read_config
from mdwarfs.errors import InputError
from mdwarfs.run import digest, seals
from mdwarfs.slam import regressors
from mdwarfs.slam.infer.flags import BY_LIMITS
from mdwarfs.slam.infer.stars import label_stars
from mdwarfs.slam.labeller import labeller
from mdwarfs.spectra.spectrum_set import SpectrumSet
from tests.fewer import few_starts  # noqa: F401

matplotlib.use("Agg")

GRID = {"C": [10.0], "epsilon": [0.1], "gamma": [0.1]}
WAVELENGTH = np.linspace(6000.0, 6300.0, 60)
N, TEST = 60, slice(45, 60)


@pytest.fixture(scope="module")
def stars():
    """Labels, flux and errors of invented stars: lines whose depths follow labels."""
    rng = np.random.default_rng(4)
    labels = {"teff": rng.uniform(3100, 3900, N), "feh": rng.uniform(-0.5, 0.3, N)}
    x, y = (labels["teff"][:, None] - 3500) / 400, labels["feh"][:, None]
    depth = 0.1 * x * np.sin(WAVELENGTH) + 0.2 * y * np.cos(0.7 * WAVELENGTH)
    error = np.full(depth.shape, 0.01)
    return labels, 1 + depth + rng.normal(0, 0.01, depth.shape), error


@pytest.fixture(scope="module")
def options(stars):
    return {"error": stars[2], "wavelength": WAVELENGTH, "grid": GRID, "folds": 3}


@pytest.fixture(scope="module")
def slam(stars, options):
    labels, flux, error = stars
    train = slice(0, 45)
    some = {name: values[train] for name, values in labels.items()}
    return Slam.fit(flux[train], some, **options | {"error": error[train]})


@pytest.mark.parametrize("module", [api, api_spectra])
def test_examples_of_the_docstrings(module):
    failed, tried = doctest.testmod(module)
    assert tried and not failed


def test_the_package_itself_is_cheap_and_the_rules_do_not_see_the_api(root):
    assert set(mdwarfs.__all__) <= set(dir(mdwarfs))
    with pytest.raises(AttributeError, match="no attribute 'slamm'"):
        mdwarfs.slamm  # noqa: B018
    code = "import mdwarfs, sys; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
    for script in root.glob("scripts/*.py"):
        used = {file.parent.name for file in digest.used(script)}
        assert "api" not in used, script.name


def test_the_defaults_are_those_of_the_configuration(root):
    import inspect

    config = read_config([root / "config" / "config.yaml"])
    assert api_spectra.CONTINUUM == config["spectra"]["continuum"]
    own = inspect.signature(normalise).parameters
    for name in ("wave_min", "wave_max", "min_good_fraction"):
        assert own[name].default == config["spectra"][name]


def test_labels_are_found_and_the_table_says_what_they_are(stars, slam):
    labels, flux, error = stars
    found = slam.predict(flux[TEST], error=error[TEST], usable={"teff": (3300, 4000)})
    assert np.std(found["teff"] - labels["teff"][TEST]) < 20
    assert np.std(found["feh"] - labels["feh"][TEST]) < 0.03
    assert found["teff"].unit == u.K and found["formal_e_teff"].unit == u.K
    assert all(column.info.description for column in found.itercols())
    cool = labels["teff"][TEST] < 3270
    assert cool.any()
    assert all("outside_teff" in names for names in found["flag_names"][cool])
    assert not any(found["reason"])


@pytest.mark.parametrize("make", ["table", "frame", "structured", "array"])
def test_labels_may_come_in_any_table(stars, options, slam, make):
    labels, flux, error = stars
    table = Table({name: values[:45] for name, values in labels.items()})
    names = None
    if make == "table":
        table["teff"] = (table["teff"] / 1000) * u.kK  # converted by its unit
        table["snr"] = 3.0  # no label
        given = table
    elif make == "frame":
        given = table.to_pandas()
    elif make == "structured":
        given = table.as_array()
    else:
        given, names = np.stack([table["teff"], table["feh"]], axis=1), ["teff", "feh"]
    options = options | {"error": error[:45], "held_out": 0}
    other = Slam.fit(flux[:45], given, names=names, **options)
    assert other.names == slam.names
    np.testing.assert_allclose(other.trained.labels, slam.trained.labels, rtol=1e-12)


@pytest.mark.dag
def test_a_label_may_have_any_name_and_its_file_is_the_workflows(
    stars, options, tmp_path
):
    labels, flux, error = stars
    named = {"age": labels["teff"] / 1000, "c_o": labels["feh"]}
    slam = Slam.fit(flux, named, **options, held_out=2)
    slam.save(tmp_path / "model.fits")
    again = Slam.load(tmp_path / "model.fits")
    assert again.names == ("age", "c_o") and repr(again) == repr(slam)
    one, other = (x.predict(flux[TEST], error=error[TEST]) for x in (slam, again))
    for name in one.colnames:
        np.testing.assert_array_equal(one[name], other[name])
    assert regressors.read(tmp_path / "model.fits").label_names == slam.names
    slam.plot(flux, error=error, star=3)
    slam.plot_labels(one, {name: values[TEST] for name, values in named.items()})


def test_a_model_of_the_workflow_gives_the_workflows_labels(stars, slam, tmp_path):
    labels, flux, error = stars
    slam.trained.write(tmp_path / "m.fits", {"run": "x", "simulated": False})
    rows = Table({"source_id": np.arange(N)})
    rows["sdss_id"], rows["snr"], rows["status"] = 0, 50.0, "ok"
    flux, ivar = flux.astype(np.float32), (1 / error**2).astype(np.float32)
    spectra = SpectrumSet(WAVELENGTH, flux, ivar, rows)
    prediction = {"block": 7, "usable": {}, "snr_min": 0.0}
    theirs = label_stars(labeller(slam.trained), spectra, prediction, 1)
    with pytest.warns(UserWarning, match="limits of the fit are not known"):
        again = Slam.load(tmp_path / "m.fits")
        ours = again.predict(spectra, usable={}, snr_min=0)
    for name in ("teff", "feh", "chi2", "flags"):
        np.testing.assert_array_equal(ours[name], theirs[name])
    np.testing.assert_array_equal(ours["formal_e_feh"], theirs["e_feh"])


def test_cross_validation_tells_the_accuracy_on_other_stars(stars, options, slam):
    labels, flux, _ = stars
    found = Slam.cross_validate(flux, labels, held_out=3, **options)
    assert 3 < np.std(found["teff"] - labels["teff"]) < 25
    with pytest.raises(InputError, match="held_out, .* is 1"):
        Slam.cross_validate(flux, labels, held_out=1, **options)


def test_model_spectra(stars, slam):
    labels, flux, _ = stars
    known = {name: values[:45] for name, values in labels.items()}
    assert np.std(slam.spectra(known) - flux[:45]) < 0.02
    one = slam.spectra({"teff": 3500, "feh": [0.0, 0.1, 0.2]})
    assert one.shape == (3, len(WAVELENGTH)) and np.ptp(one[:, 5]) > 0.001
    with pytest.warns(UserWarning, match="some teff are outside 31"):
        slam.spectra({"teff": 5000, "feh": 0.0})
    with pytest.raises(InputError, match="no label logg: those of the model are teff"):
        slam.spectra({"teff": 3500, "feh": 0.0, "logg": 5.0})


def test_plots_are_axes_with_labels_and_units(stars, slam):
    labels, flux, error = stars
    upper, lower = slam.plot(flux, error=error, star=50)
    assert "wavelength" in lower.get_xlabel() and "SNR" in upper.get_title()
    observed = upper.lines[0].get_ydata()
    np.testing.assert_allclose(observed, flux[50], rtol=1e-6)
    found = slam.predict(flux[TEST], error=error[TEST])
    reference = {name: values[TEST] for name, values in labels.items()}
    axes = slam.plot_labels(found, reference)
    assert len(axes) == 2 and "(K)" in axes[0].get_xlabel()
    with pytest.raises(InputError, match="axes: there are 1, and 2 are needed"):
        slam.plot_labels(found, reference, axes[:1])
    matplotlib.pyplot.close("all")


MINUS_ONE = np.ones((N, 60))
MINUS_ONE[1, 0] = -1
WRONG = {
    "there are labels of 59 star": lambda x, f, e: (
        {k: v[1:] for k, v in x.items()}, {}),
    "1 of 60 stars lack feh, the first is row 2": lambda x, f, e: (
        x | {"feh": np.where(np.arange(N) == 2, np.nan, x["feh"])}, {}),
    "wavelength does not rise": lambda x, f, e: (x, {"wavelength": WAVELENGTH[::-1]}),
    "wavelength has shape": lambda x, f, e: (x, {"wavelength": WAVELENGTH[1:]}),
    "give one of ivar= ": lambda x, f, e: (x, {"error": None}),
    "error has shape": lambda x, f, e: (x, {"error": e[:, 1:]}),
    "ivar of 1 pixel.* row 1: bad pixels are marked by ivar = 0": lambda x, f, e: (
        x, {"error": None, "ivar": MINUS_ONE}),
    "not normalised: its median is 9.*e-18": lambda x, f, e: (x, {"flux": f * 1e-17}),
    "teff of 60 star.* is outside 1500": lambda x, f, e: (
        x | {"teff": x["teff"] / 1000}, {}),
    "there is no logg. The columns are teff, feh": lambda x, f, e: (
        x, {"names": ["logg"]}),
    "feh is not a column of numbers": lambda x, f, e: (x | {"feh": ["a"] * N}, {}),
    "snr cannot be the name": lambda x, f, e: (x | {"snr": x["feh"]}, {}),
    "'C/O' has to be a name of letters": lambda x, f, e: (x | {"C/O": x["feh"]}, {}),
    "grid: it has values of C": lambda x, f, e: (x, {"grid": {"C": [1]}}),
}  # fmt: skip


@pytest.mark.parametrize("message", WRONG)
def test_errors_say_what_is_wrong(stars, message):
    labels, flux, error = stars
    labels, changes = WRONG[message](labels, flux, error)
    given = {"flux": flux, "error": error, "wavelength": WAVELENGTH, "grid": GRID}
    given |= changes
    with pytest.raises(InputError, match=message):
        Slam.fit(given.pop("flux"), labels, **given)


def test_another_grid_and_a_model_of_invented_stars_are_refused(stars, slam):
    _, flux, error = stars
    with pytest.raises(InputError, match="59 pixels, and the model 60 pixels"):
        slam.predict(flux[:, 1:], error=error[:, 1:])
    with pytest.raises(InputError, match="wavelengths are not those of the model"):
        slam.predict(flux, error=error, wavelength=WAVELENGTH + 1)
    with pytest.raises(InputError, match="usable: logg can have no range; teff, feh"):
        slam.predict(flux, error=error, usable={"logg": (4, 5)})
    invented = Slam(slam.trained, simulated=True, limits=slam.limits)
    with pytest.raises(InputError, match="row 0 .* not stamped .*simulated_model=True"):
        invented.predict(flux, error=error)
    found = invented.predict(flux[:2], error=error[:2], simulated_model=True)
    assert list(found["simulated_model"]) == [True, True]
    assert not found["simulated"].any()
    assert found.meta["SIMMODEL"] and found.meta["SIMULATD"]


def test_one_bad_star_stops_nothing_and_keeps_its_row(stars, slam, options):
    labels, flux, error = stars
    flux = flux.copy()
    flux[3] *= 1e4
    flux[5] = np.nan
    found = slam.predict(flux[:8], error=error[:8])
    assert [bool(words) for words in found["reason"]] == [k in (3, 5) for k in range(8)]
    assert "not normalised" in found["reason"][3] and np.isnan(found["teff"][3])
    with pytest.warns(UserWarning, match="1 of 60 stars are not trained on, .* row 3"):
        fitted = Slam.fit(flux, labels, **options, held_out=2)
    assert fitted.limits is not None


def write_csv(path, v_rad, flux):
    shifted = WAVELENGTH * (1 + v_rad / 299792.458)
    rows = np.transpose([shifted, 100 * flux, np.ones(len(flux))])
    head = f"# AIRORVAC: vac\n# V_RAD: {v_rad}\nwavelength_angstrom,flux,error"
    np.savetxt(path, rows, "%.6f", ",", header=head, comments="")


def test_files_are_read_normalised_and_predicted(stars, tmp_path):
    labels, flux, _ = stars
    labels = {name: values[:30] for name, values in labels.items()}
    for k in range(30):
        write_csv(tmp_path / f"{k:02d}.csv", 20.0 if k % 2 else -30.0, flux[k])
    (tmp_path / "07.csv").write_text("nothing")
    with pytest.warns(UserWarning, match="1 of 30 files hold no spectrum, .*07.csv"):
        observed = read_spectra(str(tmp_path / "*.csv"))
    grid = {"wave_min": 6010, "wave_max": 6290, "step": 5.0}
    spectra = normalise(observed, **grid)
    assert repr(spectra) == (
        "<30 spectra of 57 pixels, 6010-6290 Angstrom; 1 cannot be used, see "
        ".stars['status']>"
    )
    assert len(spectra[:5]) == 5 and len(spectra[2]) == 1
    with pytest.warns(UserWarning, match="1 of 30 stars are not trained on"):
        slam = Slam.fit(spectra, labels, grid=GRID, folds=3, held_out=2)
    found = slam.predict(observed)
    assert found["reason"][7] and np.isnan(found["teff"][7])
    difference = (found["teff"] - labels["teff"])[np.arange(30) != 7]
    assert np.std(difference) < 40
    slam.save(tmp_path / "m.fits")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = Slam.load(tmp_path / "m.fits").predict(observed)
    np.testing.assert_array_equal(again["teff"], found["teff"])
    assert fits.getheader(tmp_path / "m.fits")["RUN"] == "python"
    with pytest.raises(InputError, match="have to be normalised before"):
        Slam.fit(observed, labels)


@pytest.fixture(scope="module")
def tested(stars, options):
    labels, flux, error = stars
    some = {name: values[:45] for name, values in labels.items()}
    options = options | {"error": error[:45]}
    return Slam.cross_validate(flux[:45], some, held_out=3, **options)


def test_limits_flag_what_is_unlike_the_training_stars(stars, slam, tested):
    _, flux, error = stars
    odd = flux[TEST].copy()
    rng = np.random.default_rng(1)
    odd[0] = rng.permutation(odd[0])  # no spectrum of such a star
    odd[1] = np.roll(odd[1], 1)  # a velocity
    limited, bits = slam.with_limits(tested), int(BY_LIMITS)
    for model in (slam, limited):
        found = model.predict(odd, error=error[TEST])
        assert found.meta["FITLIMIT"] == "of 45 training stars"
        assert all(found["flags"][:2] & bits)
        assert np.mean((found["flags"][2:] & bits) > 0) < 0.2
    scaled = limited.predict(flux[TEST], error=error[TEST] * 30)
    assert all("bad_fit" in names for names in scaled["flag_names"])
    with pytest.raises(InputError, match="has no continued_teff, continued_feh: it ha"):
        slam.with_limits(found)


def test_a_model_is_saved_sealed_and_with_its_limits(stars, slam, tested, tmp_path):
    _, flux, error = stars
    path, limits = tmp_path / "m.fits", tmp_path / "m_fit_limits.ecsv"
    limited = slam.with_limits(tested)
    limited.save(path)
    own = seals.identity(path)
    seals.require(limits, tables.read(limits), path)
    again = Slam.load(path)
    one, other = (
        x.predict(flux[TEST], error=error[TEST] / 5) for x in (limited, again)
    )
    np.testing.assert_array_equal(one["flags"], other["flags"])
    assert (one["flags"] & int(BY_LIMITS)).any() and one.meta == other.meta
    again.save(tmp_path / "copy.fits")
    assert seals.identity(tmp_path / "copy.fits") == own
    # of a run: where its rule writes them
    run = tmp_path / "run"
    (run / "slam").mkdir(parents=True)
    (run / "validation").mkdir()
    path.rename(run / "slam/model.fits")
    limits.rename(run / "validation/fit_limits.ecsv")
    assert Slam.load(run / "slam/model.fits").limits is not None
    # those of another model are refused, and never left beside a new one
    options = {"error": error, "wavelength": WAVELENGTH, "grid": GRID, "held_out": 0}
    other = Slam.fit(flux, stars[0], **options)
    other.save(run / "slam/model.fits")
    with pytest.raises(InputError, match="fit_limits.ecsv was made with the model"):
        Slam.load(run / "slam/model.fits")
    limited.save(path)
    other.save(path)
    assert not limits.exists() and Slam.load(path).limits is None


@pytest.fixture(scope="module")
def written(stars, tmp_path_factory):
    """Spectra as files, the last of them noise, and a model of labels of any name."""
    labels, flux, error = stars
    folder = tmp_path_factory.mktemp("written")
    for k in range(N - 8, N):
        write_csv(folder / f"{k:02d}.csv", 20.0, flux[k])
    noise = np.random.default_rng(2).permutation(flux[7])
    write_csv(folder / "99.csv", 20.0, noise)
    observed = read_spectra(str(folder / "*.csv"))
    grid = {"wave_min": 6010, "wave_max": 6290, "step": 5.0}
    spectra = normalise(flux, error=error, wavelength=WAVELENGTH, **grid)
    named = {"age": labels["teff"] / 1000, "c_o": labels["feh"]}
    options = {"grid": GRID, "folds": 3}
    some = {name: values[:45] for name, values in named.items()}
    slam = Slam.fit(spectra[:45], some, held_out=0, **options)
    tested = Slam.cross_validate(spectra, named, held_out=3, **options)
    slam = slam.with_limits(tested)
    slam.save(folder / "m.fits")
    return observed, slam, sorted(folder.glob("??.csv"))


@pytest.mark.dag
@pytest.mark.parametrize("suffix", ["fits", "ecsv", "csv"])
def test_the_command_line_gives_the_same_labels_of_any_name(written, tmp_path, suffix):
    observed, slam, files = written
    output = tmp_path / f"labels.{suffix}"
    model = files[0].parent / "m.fits"
    arguments = ["--model", model, "--output", output]
    assert cli.main(["predict", *map(str, [*arguments, *files])]) == 0
    theirs = Table.read(output) if suffix == "csv" else tables.read(output)
    ours = slam.predict(observed)
    np.testing.assert_array_equal(ours["flags"], theirs["flags"])
    assert ours["flags"][-1] & int(BY_LIMITS)
    for name in ("age", "c_o", "formal_e_age", "snr", "correlation"):
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-12)
    if suffix != "csv":
        assert theirs["age"].info.description == "Label age"


def test_a_simulated_model_refuses_files_that_do_not_say_so(written, tmp_path):
    observed, slam, files = written
    slam = Slam(slam.trained, simulated=True)
    slam.save(tmp_path / "m.fits")
    with pytest.raises(InputError, match="52.csv is not stamped as simulated"):
        slam.predict(observed)
    arguments = ["--model", tmp_path / "m.fits", "--output", tmp_path / "labels.csv"]
    assert cli.main(["predict", *map(str, [*arguments, *files])]) == 2


def test_snr_of_arrays_is_that_of_files(stars, tmp_path):
    _, flux, error = stars
    wavelength = np.arange(6000.0, 6300.0, 5.0)
    made = normalise(
        flux, error=error, wavelength=wavelength, wave_min=6000, wave_max=6295,
        step=5.0, continuum=None,
    )  # fmt: skip
    direct = measured_snr(wavelength, flux, 1 / error**2)
    np.testing.assert_allclose(made.stars["snr"], direct, rtol=1e-6)
    np.testing.assert_allclose(direct, 100, rtol=0.1)


def test_the_names_are_those_that_the_package_promises():
    module = importlib.import_module("mdwarfs.api")
    assert {name: getattr(module, name) for name in mdwarfs.__all__} == {
        name: getattr(mdwarfs, name) for name in mdwarfs.__all__
    }
