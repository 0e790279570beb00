"""Three ways to a velocity, each in the place of another."""

from dataclasses import replace

import numpy as np
import pytest

from mdwarfs.errors import InputError
from mdwarfs.spectra.prepare import prepare
from mdwarfs.spectra.spectrum import SPEED_OF_LIGHT, Spectrum
from mdwarfs.spectra.velocities import (
    AgainstOthers,
    AgainstTemplate,
    as_it_is,
    of_file,
    velocity_origin,
)
from tests.spectra.observed import LOGLAM

WAVELENGTH = 10**LOGLAM
LINES = np.random.default_rng(5).uniform([5900, 0.05, 1.5], [9050, 0.4, 4], (90, 3))


def star(velocity, seed=0, **meta):
    """A star of a velocity, seen with a little noise."""
    rest = WAVELENGTH / (1 + velocity / SPEED_OF_LIGHT)
    flux = 100 * (rest / 7000) ** 1.5
    for centre, depth, width in LINES:
        flux *= 1 - depth * np.exp(-0.5 * ((rest - centre) / width) ** 2)
    noise = np.random.default_rng(seed).normal(0, 1, len(flux))
    ivar = np.ones(len(flux))
    meta = {"at_rest": False, "source": f"{seed}.fits"} | meta
    return Spectrum(WAVELENGTH, flux + noise, ivar, **meta)


@pytest.fixture(scope="module")
def template(settings):
    return prepare(star(0.0, seed=99, at_rest=True), settings)[0]


def test_the_velocity_of_the_file_is_taken_or_missed():
    assert of_file(star(50, v_rad=50.0)).v_rad == 50
    assert of_file(star(50, v_rad=50.0)).at_rest
    with pytest.raises(InputError, match="velocity is not known"):
        of_file(star(50))


@pytest.mark.parametrize("v_rad", [-150.0, 0.0, 88.0])
def test_a_template_gives_the_velocity_that_the_file_lacks(settings, template, v_rad):
    velocity = AgainstTemplate(template, settings)
    assert velocity(star(v_rad)).v_rad == pytest.approx(v_rad, abs=3)
    assert velocity(star(v_rad, v_rad=7.0)).v_rad == 7  # that of the file goes before


def test_unknown_pixels_of_a_template_do_not_matter(settings, template):
    unknown = template.copy()
    unknown[300:600] = np.nan
    velocity = AgainstTemplate(unknown, settings)
    assert velocity(star(60.0)).v_rad == pytest.approx(60, abs=3)


def test_what_does_not_resemble_the_template_is_refused(settings, template):
    noise = np.random.default_rng(1).normal(100, 5, len(WAVELENGTH))
    with pytest.raises(InputError, match="does not resemble an M dwarf"):
        AgainstTemplate(template, settings)(replace(star(0.0), flux=noise))


def test_spectra_at_rest_are_left_as_they_are(settings, template):
    rest = star(0.0, at_rest=True, v_rad=31.0)
    template_way = AgainstTemplate(template, settings)
    for way in (of_file, template_way, AgainstOthers([], settings)):
        assert way(rest) is rest


def test_where_a_velocity_is_from_is_known(settings, template):
    way = AgainstTemplate(template, settings)
    for given, source in (
        (star(40.0, v_rad=40.0), "file"),
        (star(40.0), "found"),
        (star(0.0, at_rest=True, v_rad=40.0), "rest"),
    ):
        assert velocity_origin(given, way(given)) == source
        assert velocity_origin(given, as_it_is(given)) == "rest"


def test_no_velocity_is_looked_for_in_pixels_wider_than_it(settings):
    wide = settings | {"step_dex": 1e-3, "continuum": None}
    way = AgainstTemplate(np.ones(200), wide)
    assert way(star(40.0)).at_rest and np.isnan(way(star(40.0)).v_rad)
    assert way(star(40.0, v_rad=40.0)).wavelength[0] < WAVELENGTH[0]


def sample(velocities, errors=0.0):
    """Stars of those velocities, and what their files say; NaN says nothing."""
    said = np.asarray(velocities) + errors
    return [star(v, k, v_rad=f) for k, (v, f) in enumerate(zip(velocities, said))]


def test_the_stars_of_a_sample_agree_with_each_other(settings):
    velocities = np.array([-80.0, 0, 45, 130])
    errors = np.array([4.0, -4.0, np.nan, 0.0])
    stars = sample(velocities, errors)
    way = AgainstOthers(stars, settings)
    found = np.array([way(spectrum).v_rad for spectrum in stars])
    assert np.ptp(found - velocities) < 3
    assert np.median((found - velocities - errors)[[0, 1, 3]]) == pytest.approx(0)
    of_star = way.of("2.fits")
    assert of_star.correlation > 0.9 and np.isnan(of_star.of_file)
    assert way.of("0.fits").of_file == -76


def test_without_any_velocity_the_stars_agree_all_the_same(settings):
    velocities = np.array([-20.0, 0, 35, -45, 10, 25])
    stars = sample(velocities, np.nan)
    way = AgainstOthers(stars, settings)
    found = np.array([way(spectrum).v_rad for spectrum in stars])
    assert np.ptp(found - velocities) < 5  # as the steps of the velocities tried


def test_spectra_at_rest_anchor_the_others_and_do_not_move(settings):
    rest = [star(0.0, 10 + k, at_rest=True, v_rad=200.0) for k in range(2)]
    moving = star(70.0, 3)
    way = AgainstOthers([*rest, moving], settings)
    assert way(moving).v_rad == pytest.approx(70, abs=3)
    assert way.of("10.fits").v_rad == 200


def test_a_star_that_is_not_of_the_sample_has_no_velocity(settings):
    way = AgainstOthers(sample([0.0, 10.0]), settings)
    with pytest.raises(InputError, match="not among the spectra"):
        way(star(0.0, seed=5))
    assert np.isnan(way.of("5.fits")).all()


def test_a_star_without_good_pixels_does_not_spoil_the_sample(settings):
    stars = sample([0.0, 30.0, 60.0])
    blind = replace(stars[0], ivar=np.zeros(len(WAVELENGTH)), source="blind.fits")
    way = AgainstOthers([*stars, blind], settings)
    assert np.isnan(way.of("blind.fits").correlation)
    found = np.array([way(spectrum).v_rad for spectrum in stars])
    assert np.ptp(found - [0, 30, 60]) < 3
