"""The spectral model: smooth, positive, and with the answers of real M dwarfs."""

import numpy as np
import pytest
from scipy.optimize import brentq

from mdwarfs.config import read_config
from mdwarfs.errors import InputError
from mdwarfs.figures import diagnostic_templates
from mdwarfs.recovery import templates
from mdwarfs.simulation import bands, galaxy, stellar_spectrum
from mdwarfs.simulation.instrument import BOSS_LOGLAM
from mdwarfs.spectra.continuum import normalise
from mdwarfs.spectra.templates import read as read_templates

WAVELENGTH = 10**BOSS_LOGLAM
OF_INDICES = WAVELENGTH[
    ((WAVELENGTH > 6810) & (WAVELENGTH < 7140))
    | ((WAVELENGTH > 8150) & (WAVELENGTH < 8210))
]
REFERENCE = {"teff": 3500.0, "logg": 4.8, "feh": 0.0, "alpha_m": 0.0, "halpha_ew": 0.0}


def spectrum(wavelength=WAVELENGTH, **changes):
    labels = {name: [value] for name, value in (REFERENCE | changes).items()}
    return stellar_spectrum.spectra(wavelength, **labels)[0]


def indices(**changes):
    """A spectrum where the indices below are measured."""
    return spectrum(OF_INDICES, **changes)


def ratio(flux, feature, continuum):
    """Mean flux in one range over that in another."""
    inside, outside = (
        flux[(OF_INDICES > low) & (OF_INDICES < high)].mean()
        for low, high in (feature, continuum)
    )
    return inside / outside


def tio5(flux):
    return ratio(flux, (7127.9, 7136.9), (7043.9, 7047.9))


def cah2(flux):
    return ratio(flux, (6815.9, 6847.9), (7043.9, 7047.9))


def cah3(flux):
    return ratio(flux, (6961.9, 6991.9), (7043.9, 7047.9))


def na8190(flux):
    return ratio(flux, (8182.0, 8200.5), (8158.0, 8175.0))


@pytest.fixture(scope="module")
def settings(root):
    config = read_config([root / "config" / "config.yaml"])
    return config["spectra"]["continuum"]


def test_positive_and_finite_over_all_labels():
    rng = np.random.default_rng(1)
    n = 300
    flux = stellar_spectrum.spectra(
        WAVELENGTH,
        rng.uniform(2600, 4400, n),
        rng.uniform(4.2, 5.3, n),
        rng.uniform(-1.5, 0.7, n),
        rng.uniform(-0.2, 0.4, n),
        rng.uniform(-1, 15, n),
    )
    assert flux.shape == (n, len(WAVELENGTH))
    assert np.isfinite(flux).all()
    assert flux.min() > 0


def test_blocks_have_no_influence():
    teff = np.linspace(3000, 4000, 7)
    args = (WAVELENGTH, teff, 4.8, 0.1, 0.0, np.linspace(0, 6, 7))
    together = stellar_spectrum.spectra(*args)
    in_turn = stellar_spectrum.spectra(*args, block=2)
    np.testing.assert_allclose(in_turn, together, rtol=1e-12)


@pytest.mark.parametrize(
    "label, step", [("teff", 2.0), ("logg", 0.01), ("feh", 0.01), ("alpha_m", 0.01)]
)
def test_smooth_in_every_label(label, step):
    """The derivative hardly changes from one small step to the next."""
    values = REFERENCE[label] + step * np.arange(-3, 4)
    labels = {name: np.full(7, value) for name, value in REFERENCE.items()}
    log_flux = np.log(stellar_spectrum.spectra(WAVELENGTH, **labels | {label: values}))
    slopes = np.diff(log_flux, axis=0)
    assert np.abs(slopes).max() > 1e-4
    assert np.abs(np.diff(slopes, axis=0)).max() < 0.03 * np.abs(slopes).max()


def test_tio_grows_with_falling_temperature_and_with_metallicity():
    assert tio5(indices(teff=3200)) < tio5(indices()) - 0.1
    assert tio5(indices(feh=0.3)) < tio5(indices()) < tio5(indices(feh=-0.5))
    assert tio5(indices(alpha_m=0.2)) < tio5(indices())


def test_metallicity_looks_like_temperature_in_tio():
    """A metal-rich star has the TiO of a cooler star of solar metallicity."""
    cooler = [tio5(indices(teff=teff)) for teff in (3500, 3400, 3300)]
    assert cooler[2] < tio5(indices(feh=0.3)) < cooler[0]


@pytest.mark.parametrize(
    "feh, zeta", [(-0.5, 0.71), (-1.0, 0.39)], ids=["poor", "very poor"]
)
def test_tio_to_cah_tells_metal_poor_stars(feh, zeta):
    """At the same CaH, TiO weakens as zeta does in Mann+2013: (feh + 1.62) / 1.55."""
    rich = indices(teff=3700, logg=4.75)

    def cah_difference(teff):
        poor = indices(teff=teff, logg=4.75, feh=feh)
        return cah2(poor) + cah3(poor) - cah2(rich) - cah3(rich)

    poor = indices(teff=brentq(cah_difference, 3000, 3700), logg=4.75, feh=feh)
    assert (1 - tio5(poor)) / (1 - tio5(rich)) == pytest.approx(zeta, abs=0.12)


def test_gravity_strengthens_cah_and_sodium():
    low, high = indices(logg=4.5), indices(logg=5.1)
    assert cah3(high) < cah3(low)
    assert na8190(high) < na8190(low)


def test_strong_features_saturate():
    """A TiO head gains less from metals in a cool star, where it is strong."""
    gain = [
        tio5(indices(teff=teff, feh=0.2)) / tio5(indices(teff=teff, feh=0.0))
        for teff in (3900, 3500)
    ]
    head = [tio5(indices(teff=teff)) for teff in (3900, 3500)]
    optical_depth = [1 / value - 1 for value in head]
    growth = [-np.log(g) for g in gain]
    assert growth[1] / optical_depth[1] < growth[0] / optical_depth[0]


def test_halpha_has_the_equivalent_width_wanted():
    step = np.gradient(WAVELENGTH)
    near = np.abs(WAVELENGTH - 6564.6) < 25
    quiet = spectrum()
    level = quiet[np.argmin(np.abs(WAVELENGTH - 6564.6))]
    for width, tolerance in ((4.0, 0.01), (-0.3, 0.03)):
        excess = (spectrum(halpha_ew=width) - quiet)[near] / level
        assert np.sum(excess * step[near]) == pytest.approx(width, abs=tolerance)


def test_cool_stars_are_red():
    colour = [
        np.log10(f[WAVELENGTH > 8000].mean() / f[WAVELENGTH < 6000].mean())
        for f in (spectrum(teff=3900), spectrum(teff=3500), spectrum(teff=3100))
    ]
    assert colour[0] < colour[1] < colour[2]


def test_list_of_features_is_small_and_sound():
    """The model is a list of features, not a copy of spectra."""
    rows = bands.features()
    assert len(rows) < 300
    assert set(rows["species"]) == set(bands.SPECIES)
    assert set(rows["kind"]) == {"red", "violet", "line"}
    assert (np.asarray(rows["width"]) > 0).all()
    assert (np.diff(rows["wavelength"]) >= 0).all()


def test_a_band_is_a_sharp_head_with_a_tail():
    rows = bands.features()
    rows = rows[(rows["species"] == "TiO") & (np.abs(rows["wavelength"] - 7056) < 2)]
    profile = bands.profiles(WAVELENGTH, rows)[0]
    offset = WAVELENGTH - rows["wavelength"][0]
    assert profile[offset < -8].max() < 1e-3
    far = offset > 10
    expected = np.exp(-offset[far] / rows["width"][0])
    np.testing.assert_allclose(profile[far], expected, rtol=0.02)


def fisher_errors(settings, snr, **labels):
    """Errors of teff, logg, feh and the correlation of teff and feh, alpha_m known."""
    wavelength = WAVELENGTH[(WAVELENGTH > 6001) & (WAVELENGTH < 8958)]
    ivar = np.full(len(wavelength), 1e8)
    steps = {"teff": 5.0, "logg": 0.02, "feh": 0.02}

    def normalised(**changes):
        flux = spectrum(wavelength, **labels | changes)
        return normalise(wavelength, flux / flux.mean(), ivar, settings)[0]

    centre = REFERENCE | labels
    slopes = np.array(
        [
            (normalised(**{k: centre[k] + h}) - normalised(**{k: centre[k] - h}))
            / 2
            / h
            for k, h in steps.items()
        ]
    )
    covariance = np.linalg.inv(slopes * snr**2 @ slopes.T)
    error = np.sqrt(np.diag(covariance))
    return error, covariance[0, 2] / error[0] / error[2]


@pytest.mark.parametrize("teff, logg", [(3200, 5.0), (3500, 4.9), (3700, 4.75)])
def test_information_on_the_labels_is_that_of_real_spectra(settings, teff, logg):
    """S/N 20 gives a few hundredths of a dex, with temperature in the way."""
    (e_teff, e_logg, e_feh), correlation = fisher_errors(
        settings, 20, teff=teff, logg=logg
    )
    assert 8 < e_teff < 30
    assert 0.03 < e_logg < 0.09
    assert 0.015 < e_feh < 0.06
    assert 0.5 < correlation < 0.95


@pytest.fixture(scope="module")
def compared(real, settings):
    spectra = read_templates(real / "templates" / "m_dwarf_templates.npz")
    return templates.compare(spectra, 6000.0, 8950.0, settings)


def test_like_real_m_dwarfs_of_every_type(compared):
    solar = compared["source"] == templates.SOLAR
    assert list(compared["spt"][solar]) == list(templates.TEFF_OF_TYPE)
    assert compared["correlation"][solar].min() > 0.9


def test_like_real_m_dwarfs_of_every_metallicity(compared):
    """Above 0.9 but for the noise of one, and for M0 beyond the simulated stars."""
    beyond = compared["feh"] > galaxy.FEH_RANGE["thin"][1]
    corrected = compared["correlation"] / compared["limit"]
    assert (~beyond).sum() == 31
    assert corrected[~beyond].min() > 0.9
    assert (compared["correlation"][~beyond] > 0.9).sum() >= 30
    assert compared["correlation"][beyond].min() > 0.88


def test_no_template_is_so_noisy_that_it_could_not_be_alike(compared):
    assert (compared["correlation"] < compared["limit"]).all()
    assert compared["limit"].min() > 0.95


def test_features_are_as_strong_as_in_real_m_dwarfs(compared):
    solar = compared["source"] == templates.SOLAR
    real, simulated = (
        np.nanstd(compared[name][solar], axis=1) for name in ("template", "simulated")
    )
    assert simulated / real == pytest.approx(np.ones(solar.sum()), abs=0.3)


@pytest.mark.dag
def test_figure_shows_every_type_at_three_metallicities(compared):
    sets = diagnostic_templates.sets(compared)
    assert len(sets) == 3
    for rows in sets.values():
        names = list(compared["spt"][rows])
        assert len(names) == len(set(names)) >= 7
    figure = diagnostic_templates.draw(
        templates.table(compared), templates.spectra(compared)
    )
    panels = figure.axes[len(sets) :]
    for rows, panel in zip(sets.values(), panels):
        written = " ".join(text.get_text() for text in panel.texts)
        for row in rows:
            assert f"{compared['correlation'][row]:.3f}" in written
    assert {text.get_text() for text in panels[-1].texts} >= set(compared["spt"])


def test_mean_metallicity_of_a_bin_is_that_of_the_disc():
    """The same as of a large sample, and towards the crowded end of the bin."""
    rng = np.random.default_rng(1)
    n = 100_000
    component = galaxy.choose(n, rng, galaxy.DISC)
    laws = np.array([galaxy.COMPONENTS[name].feh for name in galaxy.DISC])
    mean, sigma = laws[[galaxy.DISC.index(name) for name in component]].T
    feh = rng.normal(mean, sigma)
    for low, high in ((-0.5, 0.0), (-1.0, -0.5), (0.0, 1.0)):
        sample = feh[(feh > low) & (feh < high)]
        assert galaxy.mean_feh(low, high) == pytest.approx(sample.mean(), abs=0.005)
    assert -0.62 < galaxy.mean_feh(-2.0, -0.5) < -0.5


def test_a_file_of_something_else_is_refused(tmp_path):
    path = tmp_path / "templates.npz"
    np.savez(path, wave=np.arange(3.0))
    with pytest.raises(InputError, match=r"templates\.npz"):
        read_templates(path)
    path.write_text("no archive")
    with pytest.raises(InputError, match=r"templates\.npz"):
        read_templates(path)
