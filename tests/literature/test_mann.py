"""The relations of Mann, against Mann's own stars."""

import warnings

import numpy as np
import pytest
from astropy.constants import R_sun, pc, sigma_sb
from astropy.io import fits

from mdwarfs.literature import mann


@pytest.fixture(scope="module")
def calibrators(real):
    """The 50 stars of Mann+2015, and M_Ks from their luminosity distance."""
    path = real / "mann" / "Teff_rad_mass_lum_data.fit"
    with warnings.catch_warnings(), fits.open(path) as hdus:
        warnings.simplefilter("ignore")  # of null values in columns not used
        table = hdus[1].data
        names = ("Teff", "R", "M", "Fbol", "BPmag", "RPmag", "Jmag", "Hmag", "Ksmag")
        star = {name: np.array(table[name], float) for name in names}
    # R = d sqrt(Fbol / sigma Teff^4), with Fbol in units of 1e-11 W/m2.
    surface = sigma_sb.value * star["Teff"] ** 4
    distance = star["R"] * R_sun.value * np.sqrt(surface / (star["Fbol"] * 1e-11))
    star["m_ks"] = star["Ksmag"] - 5 * np.log10(distance / pc.value) + 5
    return star


def test_teff_of_the_calibrators_has_the_published_scatter(calibrators):
    teff = mann.teff_from_colours(
        calibrators["BPmag"] - calibrators["RPmag"],
        calibrators["Jmag"] - calibrators["Hmag"],
    )
    difference = teff - calibrators["Teff"]
    assert np.isfinite(teff).all()
    assert abs(np.median(difference)) < 49 / np.sqrt(50) * 2
    assert np.std(difference) == pytest.approx(49, rel=0.1)


def test_the_other_sign_of_g_is_a_hundred_kelvin_off(calibrators):
    """Some transcriptions of the erratum have it."""
    j_h = calibrators["Jmag"] - calibrators["Hmag"]
    teff = mann.teff_from_colours(calibrators["BPmag"] - calibrators["RPmag"], j_h)
    other = teff - 2 * 3500 * mann.TEFF_J_H[2] * j_h**2
    assert np.median(other - calibrators["Teff"]) < -80


def test_radius_of_the_calibrators_has_the_published_scatter(calibrators):
    ratio = mann.radius_from_m_ks(calibrators["m_ks"]) / calibrators["R"]
    ratio = ratio[np.isfinite(ratio)]
    assert len(ratio) == 49  # one star is brighter than M_Ks = 4.6
    assert abs(np.median(ratio) - 1) < 0.01
    assert np.std(ratio) == pytest.approx(0.0289, rel=0.1)


def test_mass_and_gravity_agree_with_those_of_the_sample(calibrators):
    """The sample's masses are of an older relation, good to 10 %."""
    mass = mann.mass_from_m_ks(calibrators["m_ks"])
    radius = mann.radius_from_m_ks(calibrators["m_ks"])
    assert abs(np.median(mass / calibrators["M"]) - 1) < 0.05
    logg = mann.logg_from_mass_and_radius(mass, radius)
    own = mann.logg_from_mass_and_radius(calibrators["M"], calibrators["R"])
    assert abs(np.nanmedian(logg - own)) < 0.01


def test_the_mass_at_the_zero_point_is_the_first_coefficient():
    assert mann.mass_from_m_ks(7.5) == pytest.approx(10**-0.642)


def test_the_sun_has_its_gravity():
    assert mann.logg_from_mass_and_radius(1.0, 1.0) == 4.438


def test_hotter_stars_are_bluer_and_bigger_ones_heavier():
    teff = mann.teff_from_colours(np.linspace(1.9, 4.3, 50), np.full(50, 0.6))
    assert (np.diff(teff) < 0).all()
    m_ks = np.linspace(4.6, 9.8, 50)
    assert (np.diff(mann.radius_from_m_ks(m_ks)) < 0).all()
    assert (np.diff(mann.mass_from_m_ks(m_ks)) < 0).all()


@pytest.mark.parametrize(
    ("relation", "inside", "outside"),
    [
        (mann.radius_from_m_ks, (4.6, 9.8), (4.5, 9.9, np.nan)),
        (mann.mass_from_m_ks, (4.0, 11.0), (3.9, 11.1, np.nan)),
        (
            lambda x: mann.teff_from_colours(x, 0.6),
            (2.0, 4.7),
            (1.5, 4.8, np.nan),
        ),
    ],
)
def test_no_relation_is_extrapolated(relation, inside, outside):
    assert np.isfinite(relation(np.array(inside))).all()
    assert np.isnan(relation(np.array(outside))).all()
