"""What may be given to learn from, and what of it is left out."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from mdwarfs.errors import InputError
from mdwarfs.hybrid.training_set import TrainingSet, columns_of, same_star
from mdwarfs.slam.infer.flags import Flag
from tests.hybrid.conftest import ERRORS, PIXELS, some_of, train
from tests.slam.conftest import NAMES

ABSURD = {
    "flux x 1e30": (lambda f, v: (f * 1e30, v), "9.* times the usual"),
    "flux and errors x 1e30": (lambda f, v: (f * 1e30, v * 1e-60), "times the usual"),
    "no number": (lambda f, v: (f * np.nan, v), "too few good pixels"),
    "constant": (lambda f, v: (np.ones_like(f), v), "the same in all pixels"),
    "negative": (lambda f, v: (-f, v), "not the sign of the others"),
    "errors of none": (lambda f, v: (f, v * 1e30), "errors are .* times the usual"),
}


def with_one(training, change, star=7):
    """The training stars, one of them changed."""
    flux, ivar = training.flux.copy(), training.ivar.copy()
    flux[star], ivar[star] = change(flux[star], ivar[star])
    return SimpleNamespace(labels=training.labels, flux=flux, ivar=ivar)


def given(training, **changes):
    """What `TrainingSet.of` takes."""
    n = len(training.labels)
    known = {
        "labels": training.labels, "errors": np.tile(ERRORS, (n, 1)),
        "flux": training.flux, "ivar": training.ivar, "names": NAMES,
        "wavelength": 6000.0 + np.arange(PIXELS), "source_id": None, "star": None,
    }  # fmt: skip
    return known | changes


@pytest.mark.parametrize("kind", ABSURD)
def test_an_absurd_spectrum_is_left_out_with_its_reason(training, kind):
    change, reason = ABSURD[kind]
    changed = with_one(training, change)
    own = TrainingSet.of(**given(training, flux=changed.flux, ivar=changed.ivar))
    assert list(np.flatnonzero(own.reason != "")) == [7]
    assert re.search(reason, own.reason[7])
    others = np.arange(len(training.labels)) != 7
    usual = TrainingSet.of(**given(training))
    for name in ("labels", "flux", "ivar"):
        assert np.array_equal(getattr(own, name), getattr(usual, name)[others])


def test_it_spoils_nothing_and_is_recorded(training, new, short_search):
    training = some_of(training, 40)
    model, held_out = train(with_one(training, lambda f, v: (f * 1e30, v)))
    assert "times the usual" in held_out.status[7]
    assert held_out.flags[7] == int(Flag.NO_LABELS)
    assert np.isnan(held_out.labels[7]).all() and np.isnan(held_out.chi2[7])
    assert len(held_out.labels) == len(training.labels) == len(model.labels) + 1
    others = np.arange(len(training.labels)) != 7
    rest = {x: getattr(training, x)[others] for x in ("labels", "flux", "ivar")}
    without, _ = train(SimpleNamespace(**rest))
    one, other = (x.predict(new.flux, new.ivar) for x in (model, without))
    for name in ("labels", "errors", "flat", "sparseness", "flags"):
        assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)


def test_an_absurd_pixel_is_a_bad_one(training):
    changed = with_one(training, lambda f, v: (np.where(f == f[9], 1e30, f), v))
    own = TrainingSet.of(**given(training, flux=changed.flux))
    assert (own.reason == "").all()
    assert own.ivar[7, 9] == 0
    own.ivar[7, 9] = training.ivar[7, 9]
    assert np.array_equal(own.ivar, TrainingSet.of(**given(training)).ivar)


def test_spectra_about_zero_have_no_sign_to_be_wrong(training):
    rng = np.random.default_rng(3)
    flux = rng.normal(size=training.flux.shape)
    assert (TrainingSet.of(**given(training, flux=flux)).reason == "").all()


def test_spectra_that_differ_much_in_flux_are_not_absurd(training):
    """Fluxes of stars of all distances, which nothing has normalised."""
    factor = 10 ** np.random.default_rng(3).uniform(-4, 0, (len(training.flux), 1))
    own = TrainingSet.of(
        **given(training, flux=training.flux * factor, ivar=training.ivar / factor**2)
    )
    assert (own.reason == "").all()


def test_spectra_of_a_star_have_its_number():
    star = np.array([9, 0, 5, 9, -1, 0, 5])
    assert list(same_star(star)) == [0, 1, 2, 0, 3, 4, 2]
    assert list(same_star(np.array([30, 20, 10]))) == [0, 1, 2]


def test_identifiers_that_differ_in_the_last_digits_are_different_stars(training):
    """Without a sign they were taken for floating-point numbers, which end before."""
    star = 4_611_686_018_427_387_904 + 64 * np.arange(160).astype(np.uint64)
    own = TrainingSet.of(**given(training, star=star, source_id=star))
    assert list(own.star) == list(range(160))
    assert own.source_id.dtype == np.int64
    assert list(own.source_id) == [int(one) for one in star]
    with pytest.raises(InputError, match="star: 9223372036854785984 is greater"):
        TrainingSet.of(**given(training, star=star + np.uint64(2**62)))


def test_spectra_without_pixels_take_no_pixels_from_the_others(training):
    ivar = np.where(np.arange(160)[:, None] < 120, 0.0, training.ivar)
    few = np.where(np.arange(PIXELS) < 9, training.ivar, ivar)  # too few to be used
    rest = {x: getattr(training, x)[120:] for x in ("labels", "flux", "ivar")}
    errors = np.tile(ERRORS, (40, 1))
    alone = TrainingSet.of(**given(training, **rest, errors=errors))
    for values in (ivar, few):
        own = TrainingSet.of(**given(training, ivar=values))
        assert set(own.reason[:120]) == {"too few good pixels"}
        for name in ("used", "flux", "ivar", "labels"):
            assert np.array_equal(getattr(own, name), getattr(alone, name)), name


def test_absurd_spectra_have_no_say_in_which_pixels_are_used(training):
    """A pixel that is good in 28 % of the others, and in all of the wrong sign."""
    absurd_, ivar = np.arange(160) < 12, training.ivar.copy()
    ivar[:, 20] = np.where(absurd_ | (np.arange(160) % 25 < 7), 100.0, 0.0)
    flux = np.where(absurd_[:, None], -training.flux, training.flux)
    assert not TrainingSet.of(**given(training, flux=flux, ivar=ivar)).used[20]


def test_labels_of_spectra_that_are_left_out_need_not_be_known(training):
    labels, flux = training.labels.copy(), training.flux.copy()
    labels[7], flux[7] = np.nan, 1.0
    own = TrainingSet.of(**given(training, labels=labels, flux=flux))
    assert list(np.flatnonzero(own.reason != "")) == [7]
    labels[9, 1] = np.nan
    with pytest.raises(InputError, match="star 9 has no teff"):
        TrainingSet.of(**given(training, labels=labels, flux=flux))


def test_spectra_of_a_star_are_in_one_fold(training):
    star = np.repeat(np.arange(1, 41), 4)
    own = TrainingSet.of(**given(training, star=star))
    fold = own.folds(5, seed=1).reshape(40, 4)
    assert (fold == fold[:, :1]).all()
    assert (np.bincount(fold[:, 0]) == 8).all()
    alone = TrainingSet.of(**given(training, source_id=np.arange(1, 161)))
    assert (np.bincount(alone.folds(5, seed=1)) == 32).all()


@pytest.mark.parametrize(
    "name, change, message",
    [
        ("labels", lambda x: x[:, 0], r"labels: the shape is \(160,\)"),
        ("labels", lambda x: x[:, :2], "2 column.*3 name"),
        ("labels", lambda x: x.astype(str), "not an array of real numbers"),
        ("labels", lambda x: np.where(x == x[4, 1], np.inf, x), "star 4 has no teff"),
        ("errors", lambda x: x[:5], r"errors of the labels: the shape is \(5, 3\)"),
        ("errors", lambda x: -x, "error of feh is -0.15"),
        ("errors", lambda x: x * [1, np.inf, 1], "teff: all errors are infinite"),
        ("flux", lambda x: x[:-1], r"flux: the shape is \(159, 50\)"),
        ("flux", lambda x: x * 1j, "flux: .* not an array of real numbers"),
        ("flux", lambda x: x * np.inf, "0 pixel"),
        ("ivar", lambda x: x[:, :40], r"ivar: the shape is \(160, 40\)"),
        ("wavelength", lambda x: x[:40], r"wavelength: the shape is \(40,\)"),
        ("wavelength", lambda x: x[::-1], "ascending"),
        ("wavelength", lambda x: x - x[0], "positive"),
        ("source_id", lambda x: np.arange(4), "source_id: give 160 integers"),
        ("star", lambda x: np.full(160, 0.5), "star: give 160 integers"),
        ("names", lambda x: ("a", "a", "b"), "two columns a;"),
        ("names", lambda x: ("a", "e_a", "b"), "two columns e_a"),
        ("names", lambda x: ("a", "a_flat", "b"), "two columns a_flat"),
        ("names", lambda x: ("a", "A", "b"), "two columns a;"),
        ("names", lambda x: ("source_id", "a", "b"), "two columns source_id"),
        ("names", lambda x: ("flags", "a", "b"), "two columns flags"),
        ("names", lambda x: ("Fe/H", "T\u2091", "b"), "holds no such letters"),
        ("names", lambda x: ("", "a", "b"), "printable text"),
        ("names", lambda x: ("a\n", "c", "b"), "printable text"),
        ("names", lambda x: (1, 2, 3), "printable text"),
        ("names", lambda x: "abc", "give a list of names"),
    ],
)  # fmt: skip
def test_what_is_not_as_it_has_to_be_is_refused(training, name, change, message):
    known = given(training)
    with pytest.raises(InputError, match=message):
        TrainingSet.of(**known | {name: change(known[name])})


def test_names_with_blanks_and_brackets_are_names(training):
    own = TrainingSet.of(**given(training, names=("[Fe/H]", "T eff", "log g")))
    assert own.names == ("[Fe/H]", "T eff", "log g")


def test_the_columns_are_those_of_the_table(found):
    own = [name for name in columns_of(NAMES) if name not in found.table().colnames]
    assert own == []


def test_too_few_stars_are_refused_however_many_spectra_they_have(training):
    star = np.repeat(np.arange(1, 9), 20)
    with pytest.raises(InputError, match="8 training star.*at least 10"):
        TrainingSet.of(**given(training, star=star))
    bad = training.flux.copy()
    bad[9:] = 1.0
    with pytest.raises(InputError, match="of spectrum 9 its flux is the same"):
        TrainingSet.of(**given(training, flux=bad))
