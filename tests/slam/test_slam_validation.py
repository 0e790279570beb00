"""Training stars predicted by models that have not seen them."""

from dataclasses import replace

import numpy as np
import pytest

from mdwarfs.slam.held_out import cross_validated_labels, held_out_labels
from mdwarfs.slam.labeller import labeller
from mdwarfs.slam.model import SupportVectors, exchanged
from tests.fewer import few_starts  # noqa: F401


@pytest.fixture(scope="module")
def held_out(model, survey):
    _, flux, ivar = survey
    return held_out_labels(
        model, flux, ivar, parts=4, seed=1, prediction={"block": 32}, threads=1
    )


@pytest.mark.dag
def test_each_star_is_predicted_nearly_as_well_as_by_nested_training(
    held_out, model, survey, options
):
    labels, flux, ivar = survey
    nested = cross_validated_labels(
        SupportVectors,
        labels,
        flux,
        ivar,
        held_out=4,
        prediction={"block": 32},
        **options,
    )
    scale = labels.std(0)
    error, other = ((x.labels - labels) / scale for x in (held_out, nested))
    ratio = np.sqrt(np.median(error**2, axis=0) / np.median(other**2, axis=0))
    assert (ratio < 1.35).all()
    assert held_out.names == model.label_names


def test_a_star_has_no_part_in_its_own_prediction(model, survey):
    """Whatever becomes of a star's label, its prediction stays."""
    labels, flux, ivar = survey
    settings = {"parts": 3, "seed": 1, "prediction": {"block": 32}, "threads": 1}
    changed = labels.copy()
    changed[7] = labels[7][0] + 0.3, labels[7][1] - 300, labels[7][2]
    one = held_out_labels(model, flux, ivar, **settings).labels
    two = held_out_labels(replace(model, labels=changed), flux, ivar, **settings).labels
    assert two[7] == pytest.approx(one[7], rel=1e-9)
    assert not np.allclose(one, two)


def test_for_held_out_stars_pixels_have_what_otherchose(model):
    pixels = model.pixels.copy()
    informative = model.informative.copy()
    informative[3] = False
    pixels["C"] = np.arange(len(pixels), dtype=float)
    other = exchanged(pixels, informative)
    assert sorted(other["C"]) == sorted(pixels["C"])
    assert other["C"][3] == pixels["C"][3]
    moved = np.delete(np.arange(len(pixels)), 3)
    assert (other["C"][moved] != pixels["C"][moved]).all()
    assert (other["variance"] == pixels["variance"]).all()


@pytest.mark.dag
def test_the_prior_holds_for_held_out_stars_too(held_out, model, survey):
    _, flux, ivar = survey
    name, value = model.label_names[0], 0.123
    prior = {name: {"mean": value, "sigma": 1e-6}}
    prediction = {"block": 32, "prior": prior}
    told = held_out_labels(
        model, flux, ivar, parts=2, seed=1, prediction=prediction, threads=1
    )
    found = ~np.isnan(told.labels[:, 0])
    assert told.labels[found, 0] == pytest.approx(value, abs=1e-4)
    assert np.ptp(held_out.labels[found, 0]) > 0.1


@pytest.mark.parametrize("count", [2, 40, 80])
def test_no_pixel_keeps_its_own_choice(model, count):
    pixels = model.pixels[np.arange(count) % len(model.pixels)]
    pixels["C"] = np.arange(count, dtype=float)
    other = exchanged(pixels, np.ones(count, bool))
    assert (other["C"] != pixels["C"]).all()


def test_what_predicts_is_made_from_each_refitted_model(model, survey):
    _, flux, ivar = survey
    seen = []

    def predictor(refitted):
        seen.append(refitted.source_id)
        return labeller(refitted)

    settings = {"seed": 1, "prediction": {"block": 32}, "threads": 1}
    named = replace(model, source_id=np.arange(len(model.labels)))
    held_out_labels(named, flux, ivar, parts=3, predictor=predictor, **settings)
    assert len(seen) == 3
    assert np.isin(np.arange(len(model.labels)), np.concatenate(seen)).all()
    assert all(len(stars) < len(model.labels) for stars in seen)
