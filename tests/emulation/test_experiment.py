"""Labels by every variant, and what their table says."""

from dataclasses import replace

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.emulation import report, weightings
from mdwarfs.emulation.accuracy import accuracy
from mdwarfs.emulation.experiment import emulate
from mdwarfs.emulation.recipe import VARIANTS
from mdwarfs.errors import InputError
from mdwarfs.slam.labeller import labeller
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.spectra.weighting import weighted
from tests.fewer import few_starts  # noqa: F401
from tests.figures.layout import without_minor_ticks
from tests.made_up import described

pytestmark = pytest.mark.dag  # all variants of all stars

USABLE = {"feh": [-0.6, 0.5], "teff": [3100, 3900]}
EDGES = [10.0]
OTHERS = 60


@pytest.fixture(scope="module")
def strangers(strangers):
    """Every second of them: 30 faint stars, and then the same 30 bright ones."""
    return tuple(part[::2] for part in strangers)


@pytest.fixture(scope="module")
def spectra(as_set, survey, strangers):
    """The training stars 1 to 120, and then the strangers."""
    train, others = as_set(*survey[1:]), as_set(*strangers[1:], first=1001)
    planes = {
        name: np.concatenate([getattr(train, name), getattr(others, name)])
        for name in ("flux", "ivar", "continuum")
    }
    stars = Table(
        {
            name: np.concatenate([train.stars[name], others.stars[name]])
            for name in train.stars.colnames
        }
    )
    return SpectrumSet(train.wavelength, stars=described(stars), **planes)


@pytest.fixture(scope="module")
def of_second(options):
    """Options of the second model, which chooses among half as many points."""
    return options | {"grid": options["grid"] | {"epsilon": [0.1]}}


@pytest.fixture(scope="module")
def models(model, survey, of_second):
    """Models of random and of contiguous folds."""
    from mdwarfs.slam.model import SupportVectors

    options = {**of_second, "source_id": np.arange(1, 121)}
    return {
        False: replace(model, source_id=options["source_id"]),
        True: SupportVectors.fit(*survey, **options, fold_assignment="contiguous"),
    }


@pytest.fixture(scope="module")
def emulations(models, spectra):
    return emulate(models, spectra, block=64, threads=1)


@pytest.fixture(scope="module")
def truth(strangers):
    return Table(
        [1001 + np.arange(OTHERS), *strangers[0].T],
        names=["source_id", "feh", "teff", "logg"],
    )


@pytest.fixture(scope="module")
def found(emulations, truth):
    return accuracy(emulations, truth, USABLE, EDGES)


def of(table, **wanted):
    """The rows with these values."""
    for name, value in wanted.items():
        table = table[np.asarray(table[name]) == value]
    return table


def test_every_variant_has_every_star_that_was_not_trained_on(emulations):
    assert list(dict.fromkeys(emulations["variant"])) == list(VARIANTS)
    for name in VARIANTS:
        ids = of(emulations, variant=name)["source_id"]
        np.testing.assert_array_equal(ids, 1001 + np.arange(OTHERS))


def test_variants_use_the_model_and_the_weighting_of_their_recipe(
    models, spectra, emulations
):
    others = spectra.take(120 + np.arange(OTHERS))
    astra = weighted(others, "astra-0.6.0")
    for name, model, stars in (
        ("map", models[False], others),
        ("contiguous_folds", models[True], others),
        ("error_weights", models[False], astra),
    ):
        own = labeller(model).predict(stars.flux, stars.ivar, block=64, threads=1)
        labels = of(emulations, variant=name)
        for place, label in enumerate(model.label_names):
            np.testing.assert_array_equal(labels[label], own.labels[:, place])
    assert models[True].pixels["C"].tolist() != models[False].pixels["C"].tolist()


def test_accuracy_is_measured_on_the_same_stars_for_every_variant(found, truth):
    inside = (truth["teff"] >= 3100) & (truth["teff"] <= 3900)
    everything = of(found, bin=0)
    assert set(everything["n"]) == {np.sum(inside & (truth["feh"] >= -0.6))}
    np.testing.assert_array_equal(
        of(found, bin=1)["n"] + of(found, bin=2)["n"], everything["n"]
    )


def test_a_star_without_labels_in_one_variant_counts_in_none(emulations, truth, found):
    inside = (truth["teff"] > 3100) & (truth["teff"] < 3900) & (truth["feh"] > -0.6)
    lost = truth["source_id"][inside][0]
    gap, own = emulations.copy(), np.asarray(emulations["variant"]) == "soft_l1"
    gap["logg"][own & (gap["source_id"] == lost)] = np.nan
    table = accuracy(gap, truth, USABLE, EDGES)
    np.testing.assert_array_equal(table["n"][table["bin"] == 0], found["n"][0] - 1)
    others = emulations[emulations["source_id"] != lost]
    expected = accuracy(others, truth, USABLE, EDGES)
    for name in table.colnames:
        np.testing.assert_array_equal(table[name], expected[name])
    gap["logg"][own] = np.nan
    with pytest.raises(InputError, match="every variant"):
        accuracy(gap, truth, USABLE, EDGES)


def test_accuracy_finds_the_bias_and_the_scatter_put_in(emulations, truth):
    rng = np.random.default_rng(4)
    labels = of(emulations, variant="soft_l1").copy()
    labels["kept"] = labels["snr"] < 10
    labels["pixels"] = np.where(labels["snr"] < 10, 7, 40)
    labels["teff"] = truth["teff"] + 20 + 50 * rng.normal(size=len(truth))
    table = accuracy(labels, truth, {}, EDGES)
    for row in of(table, label="teff"):
        assert abs(row["bias"] - 20) < 4 * row["e_bias"]
        assert abs(row["robust_bias"] - 20) < 4 * row["e_robust_bias"]
        assert abs(row["scatter"] - 50) < 4 * row["e_scatter"]
        assert row["robust_scatter"] == pytest.approx(50, rel=0.35)
    faint, bright = of(table, label="teff", bin=1), of(table, label="teff", bin=2)
    assert (faint["kept"][0], bright["kept"][0]) == (1, 0)
    assert (faint["pixels"][0], bright["pixels"][0]) == (7, 40)


def test_stars_must_be_in_the_reference(emulations, truth):
    with pytest.raises(InputError, match="reference"):
        accuracy(emulations, truth, {"feh": [5, 6]}, EDGES)


def test_the_difference_of_the_weightings_is_of_the_same_star(emulations):
    snr, difference = weightings.differences(emulations)
    own = of(emulations, variant="map")
    astra = of(emulations, variant="error_weights")
    np.testing.assert_array_equal(snr, own["snr"])
    np.testing.assert_array_equal(difference["teff"], astra["teff"] - own["teff"])
    table = weightings.summarise_weightings(snr, difference, EDGES)
    assert table["label"].tolist() == [x for x in difference for _ in range(3)]
    assert of(table, label="teff", bin=0)["bias"][0] == pytest.approx(
        np.mean(difference["teff"])
    )


def test_the_text_has_every_variant_and_says_that_it_is_simulated(found):
    text = report.write(found, "the injected truth", "test", True)
    assert "Simulated data" in text and "Teff" in text
    for name in VARIANTS:
        assert text.count(f"| {name} |") == 2 + 2 * 3
    assert "against the injected truth" in text
    assert "Simulated data" not in report.write(found, "others", "test", False)


def test_tables_describe_themselves(found, emulations, stamp, tmp_path):
    from mdwarfs import tables

    tables.write(found, tmp_path / "accuracy.ecsv", stamp)
    tables.write(emulations, tmp_path / "labels.fits", stamp)
    again = tables.read(tmp_path / "accuracy.ecsv")
    assert all(again[name].info.description for name in again.colnames)
    assert set(again["unit"]) == {"K", "dex"}


def test_figures_have_a_panel_for_each_label_and_statistic(found, emulations):
    from mdwarfs.figures import experiment_emulation, experiment_weighting

    figure = experiment_emulation.draw(found)
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert len(names) == len(VARIANTS)
    snr, difference = weightings.differences(emulations)
    table = weightings.summarise_weightings(snr, difference, EDGES)
    shown = experiment_weighting.draw(emulations, table)
    assert len(shown.axes) == 2 * len(difference)
    for axes in (*figure.axes, *shown.axes):
        assert axes.get_ylabel().endswith(("(K)", "(dex)"))


@pytest.fixture(scope="module")
def folder(emulations, truth, models, spectra, tmp_path_factory):
    """What the scripts read: labels, truth, released labels, models and spectra."""
    from mdwarfs import tables

    folder = tmp_path_factory.mktemp("run")
    released = truth.copy()
    released["sdss_id"] = released["source_id"]
    injected = truth.copy()
    injected["injected"] = np.where(np.arange(len(truth)) < 10, "giant", "")
    for table in (released, injected):
        for column in table.colnames:
            table[column].info.description = "made up"
    for name, table in (
        ("labels", emulations), ("truth", injected), ("released", released),
    ):  # fmt: skip
        tables.write(table, folder / f"{name}.fits", STAMP)
    models[False].write(folder / "model.fits", STAMP)
    models[True].write(folder / "contiguous.fits", STAMP)
    spectra.write(folder / "spectra.fits", STAMP)
    spectra.take(np.arange(125)).write(folder / "some.fits", STAMP)
    return folder


STAMP = {"run": "made_up", "simulated": True}


@pytest.mark.parametrize(
    ("script", "inputs", "outputs"),
    [
        (
            "compare_emulation",
            {"labels": "labels", "reference": "truth"},
            {"accuracy": "a.ecsv", "text": "a.md"},
        ),
        (
            "compare_emulation",
            {"labels": "labels", "reference": "released"},
            {"accuracy": "a.ecsv", "text": "a.md"},
        ),
        ("compare_weightings", {"labels": "labels"}, {"weighting": "w.ecsv"}),
        (
            "emulate_released",
            {"model": "model", "contiguous": "contiguous", "spectra": "some"},
            {"labels": "l.fits"},
        ),
    ],
)
def test_scripts_make_what_they_say(
    run_script, folder, tmp_path, truth, script, inputs, outputs
):
    of_truth = inputs.get("reference") == "truth"
    run_script(
        script,
        {name: folder / f"{file}.fits" for name, file in inputs.items()},
        {name: tmp_path / file for name, file in outputs.items()},
        {"usable": USABLE, "snr_edges": EDGES, "block": 64, "stamp": STAMP}
        | {"key": "source_id" if of_truth else "sdss_id", "reference": "what is so"},
    )
    assert all((tmp_path / name).stat().st_size for name in outputs.values())
    if "text" in outputs:
        text = (tmp_path / "a.md").read_text()
        assert "run made_up" in text and "against what is so" in text
        assert "Simulated data" in text
        sound = (truth["teff"] > 3100) & (truth["teff"] < 3900) & (truth["feh"] > -0.6)
        sound &= np.arange(len(truth)) >= (10 if of_truth else 0)
        for half in (slice(0, OTHERS // 2), slice(OTHERS // 2, OTHERS)):
            assert f", {sound[half].sum()} stars" in text


def test_the_second_model_is_of_contiguous_folds(
    run_script, folder, survey, of_second, models, spectra, tmp_path
):
    from mdwarfs import tables
    from mdwarfs.slam.model import SupportVectors

    names = list(of_second["label_names"])
    ids = np.asarray(spectra.stars["source_id"])
    role = np.where(ids <= 120, "train", "test")
    tables.write(Table({"source_id": ids, "role": role}), tmp_path / "s.fits", STAMP)
    labels = Table([np.arange(1, 121), *survey[0].T], names=["source_id", *names])
    tables.write(labels, tmp_path / "l.fits", STAMP)
    slam = {name: of_second[name] for name in ("grid", "folds", "block")}
    slam |= {"regressor": "svr", "labels": names}
    run_script(
        "train_contiguous",
        {
            "split": tmp_path / "s.fits",
            "labels": tmp_path / "l.fits",
            "spectra": folder / "spectra.fits",
        },
        {"model": tmp_path / "model.fits"},
        {"slam": slam, "seed": of_second["seed"], "spectra": {}},
    )
    found = SupportVectors.read(tmp_path / "model.fits")
    for name in ("C", "epsilon", "gamma"):
        np.testing.assert_array_equal(found.pixels[name], models[True].pixels[name])
    np.testing.assert_array_equal(found.source_id, np.arange(1, 121))


def test_a_figure_of_differences_can_be_drawn_without_stars():
    from mdwarfs.figures import differences

    nothing = weightings.summarise_weightings(np.zeros(0), {"feh": np.zeros(0)}, EDGES)
    figure = differences.draw({"feh": np.zeros(0)}, np.zeros(0), nothing, "nothing")
    without_minor_ticks(figure)
    figure.canvas.draw()
    assert len(figure.axes) == 2
