"""What the parts of a run were made with."""

import copy

import numpy as np
import pytest
import yaml
from astropy.io import fits
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.config import merge_config, read_config
from mdwarfs.errors import InputError
from mdwarfs.run import seals

SETTINGS = ("folds", "fold_assignment", "grid", "block")


def write_model(path, run="a", shift=0.0, normalisation="{}"):
    """A file like that of a model."""
    primary = tables.primary_hdu({"run": run, "simulated": True})
    primary.header["NORMALIS"] = normalisation
    labels = fits.table_to_hdu(Table({"teff": np.arange(5.0) + 3000 + shift}))
    dual = fits.ImageHDU(np.eye(3), name="DUAL")
    fits.HDUList([primary, labels, dual]).writeto(path, overwrite=True)
    return path


@pytest.fixture
def model(tmp_path):
    path = write_model(tmp_path / "model.fits")
    seals.seal(path, "0123")
    return path


def test_a_sealed_model_says_what_it_is_and_holds_what_it_held(model):
    first = seals.identity(model)
    assert first[seals.CONFIG] == "0123" and len(first[seals.MODEL]) == 16
    with fits.open(model) as hdus:
        np.testing.assert_array_equal(hdus[1].data["teff"], np.arange(5.0) + 3000)
        assert hdus[0].header["SIMULATD"] is True
    before = model.read_bytes()
    seals.seal(model, "0123")
    assert model.read_bytes() == before


def test_the_digest_is_of_the_content_and_of_nothing_else(model, tmp_path):
    own = seals.identity(model)[seals.MODEL]
    other = tmp_path / "other.fits"
    for same, changes in (
        (True, {"run": "b"}),
        (False, {"shift": 1e-9}),
        (False, {"normalisation": '{"bin_width": 3}'}),
    ):
        seals.seal(write_model(other, **changes), "4567")
        assert (seals.identity(other)[seals.MODEL] == own) == same
    seals.seal(write_model(other), "0123")
    with fits.open(other, mode="update") as hdus:
        hdus[0].header["DATE"] = "2026-11-28"
    assert seals.identity(other)[seals.MODEL] == own


def test_what_is_no_model_or_not_sealed_or_changed_is_refused(model, tmp_path):
    for path, words in (
        (tmp_path / "absent.fits", "is not a SLAM model"),
        (write_model(tmp_path / "unsealed.fits"), "does not say"),
    ):
        with pytest.raises(InputError, match=f"{path} {words}"):
            seals.identity(path)
    with fits.open(model, mode="update") as hdus:
        hdus["DUAL"].data[0, 0] = 2
    with pytest.raises(InputError, match=f"{model} has been changed"):
        seals.identity(model)


def test_tables_that_are_made_into_one_have_to_be_of_one_model(model):
    made = {}
    for name in ("held_out", "predictions"):
        made[name] = Table({"x": [1]}, meta=seals.label_marks(model, {"prior": {}}))
    assert seals.shared_marks(made) == seals.marks_of(made["held_out"]) != {}
    made["predictions"].meta = seals.label_marks(model, {"prior": {"feh": 1}})
    with pytest.raises(InputError, match="predictions and held_out do not belong"):
        seals.shared_marks(made)
    made["predictions"].meta = {}
    with pytest.raises(InputError, match="with model unknown and"):
        seals.shared_marks(made)


@pytest.fixture(scope="module")
def configurations(root):
    """Whole configurations by name, of every source."""
    folder = root / "config"
    given = {path.stem: [path] for path in folder.glob("*.yaml")}
    for name in {"dr20", "loopback"} & set(given):
        given[name].insert(0, folder / "dr19.yaml")
    default = folder / "config.yaml"
    found = {name: read_config([default, *paths]) for name, paths in given.items()}
    return {name: config for name, config in found.items() if name != "mine"}


@pytest.mark.parametrize(
    "changes, same",
    [
        ("run: another", True),
        ("slam: {parts: 7, block: 3}", True),
        ("prediction: {snr_min: 9}", True),
        ("figures: {teff_bin: 9}", True),
        ("uncertainty: {min_per_bin: 9}", True),
        ("seed: 4", False),
        ("slam: {folds: 4}", False),
        ("slam: {labels: [teff]}", False),
        ("spectra: {wave_min: 6100}", False),
        ("spectra: {min_good_fraction: 0.31}", False),
    ],
)
def test_what_changes_the_digest_of_training(configurations, changes, same):
    for name, config in configurations.items():
        before = copy.deepcopy(config)
        own = seals.training_digest(config, SETTINGS)
        other = seals.training_digest(
            merge_config(config, yaml.safe_load(changes)), SETTINGS
        )
        assert (own == other) == same, name
        assert config == before


def test_the_sample_of_a_run_counts_where_the_run_has_it(configurations):
    changes = {"pairs": {"feh_err_max": 0.05}, "simulation": {"scale": 0.3}}
    for name, config in configurations.items():
        own = seals.training_digest(config, SETTINGS)
        for section, key in changes.items():
            other = seals.training_digest(
                merge_config(config, {section: key}), SETTINGS
            )
            survey = config["source"] in ("simulated", "archives")
            counts = survey and (section == "pairs" or config["source"] == "simulated")
            assert (own != other) == counts, (name, section)


def test_where_a_given_sample_comes_from_changes_nothing():
    base = {
        "source": "files", "seed": 1, "slam": {"labels": ["teff"]}, "spectra": {},
        "files": {"table": "stars.csv", "cuts": [], "folder": "a"},
    }  # fmt: skip
    own = seals.training_digest(base, ())
    for changes, same in (
        ({"folder": "b", "fetch": {"url": "c"}, "compared": {"d": 1}}, True),
        ({"cuts": [{"column": "snr", "above": 40}]}, False),
    ):
        other = merge_config(base, {"files": changes})
        assert (seals.training_digest(other, ()) == own) == same
