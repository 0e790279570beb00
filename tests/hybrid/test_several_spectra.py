"""Training stars with several spectra each: what is counted in stars."""

from types import SimpleNamespace

import numpy as np
import pytest

from mdwarfs.hybrid import flat, label_model, model_file, scatter
from mdwarfs.hybrid.answer import neighbours, sparseness
from mdwarfs.hybrid.label_model import LabelModel
from mdwarfs.hybrid.support import SupportRegression
from mdwarfs.run.parallel import one_blas_thread
from mdwarfs.slam.infer.flags import Flag
from tests.hybrid.conftest import ERRORS, PIXELS, train
from tests.slam.conftest import draw_labels, observe, true_flux


@pytest.fixture
def rng():
    return np.random.default_rng(12)


def near_by_chance(rng, rows):
    """Held-out answers much nearer to the labels than they say, and these labels."""
    known = rng.normal(size=rows)
    held_out = known + 0.05 * rng.normal(size=(3, rows))
    held_out = np.stack([held_out, np.full(held_out.shape, 0.25)], axis=1)
    return held_out, np.zeros(rows), known, np.zeros(rows), np.ones(rows, bool)


def test_few_stars_do_not_make_errors_smaller_however_many_spectra_they_have(rng):
    given = near_by_chance(rng, 4 * label_model.SURE)
    least = [
        LabelModel.learn((None,) * 3, *given, 1.0, stars).factors.min()
        for stars in (label_model.SURE - 1, label_model.SURE)
    ]
    assert least[0] >= 1
    assert least[1] < 0.2


def test_few_stars_do_not_say_how_much_is_kept_however_many_spectra_they_have(rng):
    known = np.repeat(rng.normal(size=flat.FEWEST), 4)
    given = 0.4 * known, np.full(len(known), 0.1), known, np.zeros(len(known)), 1.0
    assert flat.learn(*given, flat.FEWEST - 1) == flat.AS_SAID
    assert flat.learn(*given, flat.FEWEST) < 0.6


def test_errors_are_measured_in_groups_of_stars_not_of_spectra(rng):
    star = np.repeat(np.arange(2 * scatter.PER_GROUP), 3)
    x = rng.normal(size=(len(star), 2))
    given = x, x[:, 0], np.full(len(star), 0.1), rng.uniform(size=len(star))
    fit = one_blas_thread(SupportRegression.fit)
    one, _ = fit(*given, level=0.0, seed=1, star=star)
    assert one.noise.shape == (2, 2)
    alone, _ = fit(*given, level=0.0, seed=1)
    assert alone.noise.shape == (2, scatter.GROUPS)


@pytest.mark.parametrize("spectra", [1, 12])
def test_new_stars_are_not_lonely_where_training_stars_have_many_spectra(rng, spectra):
    true = rng.normal(size=(230, 3))
    star = np.repeat(np.arange(30), spectra)
    training = true[star] + 0.1 * rng.normal(size=(len(star), 3))
    own = neighbours(training, star)
    new = true[30:] + 0.1 * rng.normal(size=(200, 3))
    assert (sparseness(new, *own) > 1).mean() < 0.15
    assert (sparseness(new + 20, *own) > 1).all()
    assert (sparseness(training, *own) > 1).mean() <= 1 / 30


def test_a_training_star_is_itself_though_its_place_differs_in_the_last_bits(rng):
    training = rng.normal(size=(60, 3))
    own = neighbours(training)
    again = sparseness(training * (1 + 1e-12), *own)
    assert again == pytest.approx(sparseness(training, *own), rel=1e-9)
    ordered = np.sort(np.linalg.norm(training[:, None] - training, axis=2), axis=1)
    assert again == pytest.approx(ordered[:, 10] / np.quantile(ordered[:, 10], 0.99))


def test_training_stars_in_one_place_are_not_lonely_and_others_are():
    own = neighbours(np.ones((60, 3)))
    assert list(sparseness(np.array([[1.0, 1, 1], [1, 1, 1.1]]), *own) > 1) == [0, 1]


def test_a_model_of_stars_with_many_spectra_counts_stars(rng, short_search, tmp_path):
    """Also one that is read: of new stars few are lonely, and the prior is as wide."""
    stars, spectra = 30, 12

    def observed(number, times):
        true = draw_labels(number, rng)
        snr = np.full(number, 100.0)
        seen = [observe(true_flux(true, PIXELS), snr, rng) for _ in range(times)]
        return true, *np.concatenate(seen, axis=1)

    true, flux, ivar = observed(stars, spectra)
    labels = true + rng.normal(size=true.shape) * ERRORS
    given = SimpleNamespace(labels=np.tile(labels, (spectra, 1)), flux=flux, ivar=ivar)
    star = np.tile(np.arange(stars) + 1, spectra)
    model, _ = train(given, star=star)
    model_file.write(model, tmp_path / "model.fits", {"run": "", "simulated": True})
    again = model_file.read(tmp_path / "model.fits")
    _, flux, ivar = observed(100, 1)
    for one in (model, again):
        assert list(one.population.number) == [stars] * 3
        lonely = one.predict(flux, ivar).flags & int(Flag.LOW_DENSITY) > 0
        assert lonely.mean() < 0.1  # 0.36 if every spectrum were a star
