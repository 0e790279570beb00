"""A training that several jobs share gives the model of one."""

import logging

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.slam.model import SupportVectors
from mdwarfs.slam.train import training
from mdwarfs.slam.train.stars import part_of_pixels
from mdwarfs.slam.train.training import report


@pytest.fixture
def small_groups(monkeypatch):
    """Groups of 7 pixels: six of them in the survey's 40 pixels."""
    monkeypatch.setattr(training, "GROUP", 7)
    monkeypatch.setattr(training, "panel_width", lambda stars, folds: 7)


@pytest.mark.parametrize("parts", [1, 2, 5, 28])
def test_parts_are_whole_groups_and_cover_all_pixels(parts):
    size = SupportVectors.group_size(870, {"folds": 10})
    slices = [part_of_pixels(k + 1, parts, 1740, size) for k in range(parts)]
    covered = np.concatenate([np.arange(1740)[part] for part in slices])
    np.testing.assert_array_equal(covered, np.arange(1740))
    assert all(part.start % size == 0 and part.stop > part.start for part in slices)
    lengths = [part.stop - part.start for part in slices]
    assert max(lengths) - min(lengths) < 2 * size


def test_more_parts_than_groups_are_refused():
    with pytest.raises(InputError, match="28 group.*slam.parts.*is 29"):
        part_of_pixels(1, 29, 1740, SupportVectors.group_size(870, {"folds": 10}))


@pytest.mark.dag
def test_gathered_model_has_the_bytes_of_the_single_job(
    survey, options, small_groups, stamp, tmp_path
):
    labels, flux, ivar = (part[:60].copy() for part in survey)
    flux[:, 38] = 0.7  # a constant pixel, in the last part alone
    options = options | {"grid": {"C": [0.1, 1.0], "epsilon": [0.1], "gamma": [0.1]}}

    def train(parts):
        paths = []
        for number in range(1, parts + 1):
            part = part_of_pixels(
                number, parts, 40, SupportVectors.group_size(60, options)
            )
            own = options | {"wavelength": options["wavelength"][part]}
            paths.append(tmp_path / f"{number}-of-{parts}.fits")
            SupportVectors.fit(labels, flux[:, part], ivar[:, part], **own).write(
                paths[-1], stamp
            )
        gathered = tmp_path / f"gathered_{parts}.fits"
        SupportVectors.joined([SupportVectors.read(path) for path in paths]).write(
            gathered, stamp
        )
        return gathered.read_bytes()

    SupportVectors.fit(labels, flux, ivar, **options).write(
        tmp_path / "whole.fits", stamp
    )
    assert (tmp_path / "whole.fits").read_bytes() == train(4)  # one or two groups each


def test_parts_of_different_trainings_are_not_joined(model):
    other = model.refit(
        model.labels[:90], np.ones((90, 40)), np.ones((90, 40)), threads=1
    )
    with pytest.raises(InputError, match="not the parts of one"):
        SupportVectors.joined([model, other])
    with pytest.raises(InputError, match="not the parts of one"):
        SupportVectors.joined([model, model])


def test_choices_at_the_edge_of_the_grid_can_be_seen(model, stamp, tmp_path, caplog):
    pixels = Table({"C": [1.0, 1.0, 9.0, np.nan], "solver": ["splitting"] * 4})
    pixels["gamma"] = [0.1, 0.1, 0.1, np.nan]
    with caplog.at_level(logging.INFO):
        report(pixels, {"C": [9.0, 1.0, 3.0], "gamma": [0.1]})
    assert (
        "C: 66.7 % of the pixels chose the least value of the grid, 1, and 33.3 %"
        in (caplog.text)
    )
    assert "gamma:" not in caplog.text
    model.write(tmp_path / "model.fits", stamp)
    with fits.open(tmp_path / "model.fits") as hdus:
        grid = tables.tables_and_images(hdus)["GRID"]
    for row in grid:
        chosen = np.count_nonzero(model.pixels[row["parameter"]] == row["value"])
        assert row["n_pixels"] == chosen
    assert grid["n_pixels"].sum() == 3 * len(model.pixels)
