"""The simulated BOSS: signal-to-noise ratio, honest errors, defects, fluxing."""

import numpy as np
import pytest

from mdwarfs.simulation import instrument

WAVELENGTH = 10**instrument.BOSS_LOGLAM
RED_STAR = np.exp(-(((WAVELENGTH - 8500) / 2500) ** 2)) + 0.02


def many(n, snr=10.0, **kwargs):
    return [
        instrument.observe(
            WAVELENGTH, RED_STAR, snr, np.random.default_rng([7, i]), **kwargs
        )
        for i in range(n)
    ]


def pulls(observations):
    """(flux - truth) / error of the good pixels; NaN elsewhere, shape (n, p)."""
    return np.array(
        [
            np.where(o.ivar > 0, (o.flux - o.expected) * np.sqrt(o.ivar), np.nan)
            for o in observations
        ]
    )


@pytest.fixture(scope="module")
def sample():
    return many(150)


def test_grid_is_that_of_boss():
    assert len(WAVELENGTH) == 4648
    assert WAVELENGTH[[0, -1]] == pytest.approx([3567.0, 10399.4], abs=0.3)


@pytest.mark.parametrize("snr", [2.5, 10, 40, 150])
def test_signal_to_noise_is_the_one_wanted(snr):
    found = [np.nanmean(o.flux * np.sqrt(o.ivar)) for o in many(20, snr)]
    noise_of_a_mean = instrument.ERROR_FACTOR / np.sqrt(len(WAVELENGTH))
    assert np.mean(found) == pytest.approx(snr, abs=3 * noise_of_a_mean)
    assert np.std(found) < 4 * noise_of_a_mean


def test_errors_are_honest_away_from_sky_lines_and_cosmic_rays(sample):
    quiet = (WAVELENGTH > 6600) & (WAVELENGTH < 6800)
    pull = pulls(sample)[:, quiet]
    pull = pull[np.isfinite(pull) & (np.abs(pull) < 6)]
    assert np.mean(pull) == pytest.approx(0, abs=0.03)
    assert np.std(pull) == pytest.approx(instrument.ERROR_FACTOR, abs=0.02)


def test_strong_sky_lines_leave_more_than_noise(sample):
    centre = np.array([5579.0, 8829.0, 8920.9])
    on_line = np.searchsorted(WAVELENGTH, centre)
    pull = pulls(sample)[:, on_line]
    assert np.nanstd(pull) > 1.3 * instrument.ERROR_FACTOR


def test_sky_stays_at_rest_while_the_star_moves():
    velocity = 300.0
    pixels = velocity / 299792.458 / np.log(10) / 1e-4
    least = []
    for v_rad in (0.0, velocity):
        observation = many(1, v_rad=v_rad)[0]
        near = (WAVELENGTH > 5560) & (WAVELENGTH < 5600)
        ivar = np.where((observation.ivar > 0) & near, observation.ivar, np.inf)
        least.append(np.argmin(ivar))
    assert least[0] - least[1] == pytest.approx(pixels, abs=1.1)


def test_a_bad_pixel_has_no_weight_and_a_flag(sample):
    for o in sample:
        seen = WAVELENGTH >= instrument.BLUE_LIMIT
        assert np.array_equal(np.isnan(o.flux), ~seen)
        assert np.array_equal(o.ivar[seen] == 0, o.pixel_flags[seen] != 0)
        assert (o.ivar[~seen] == 0).all()
        assert np.isfinite(o.ivar).all()


def test_some_stars_have_a_stretch_without_data(sample):
    stretch = [np.sum((o.pixel_flags & instrument.NODATA) > 0) for o in sample]
    share = np.mean(np.array(stretch) > 0)
    assert 0.02 < share < 0.18
    assert max(stretch) >= 40


def test_most_cosmic_rays_are_rejected_and_some_are_not(sample):
    outliers = np.array([np.nansum(pull > 8) for pull in pulls(sample)])
    rejected = np.array(
        [np.sum(o.pixel_flags & instrument.COMBINEREJ > 0) for o in sample]
    )
    assert 0 < outliers.mean() < rejected.mean() / 2


def test_both_ends_of_the_range_are_noisier_than_its_middle(sample):
    sigma = np.array([np.where(o.ivar, o.ivar, np.nan) ** -0.5 for o in sample])
    blue, middle, red = (
        np.nanmedian(sigma[:, (WAVELENGTH > a) & (WAVELENGTH < a + 200)])
        for a in (3700, 6600, 10150)
    )
    assert blue > 1.5 * middle
    assert red > 1.5 * middle


def test_same_generator_same_bytes():
    first, second = many(1)[0], many(1)[0]
    assert first.flux.tobytes() == second.flux.tobytes()
    assert first.ivar.tobytes() == second.ivar.tobytes()


@pytest.mark.parametrize(
    "flux, snr", [(0.0, 10), (np.nan, 10), (1.0, 0), (1.0, np.nan)]
)
def test_impossible_input_is_refused(flux, snr):
    spectrum = np.full(len(WAVELENGTH), flux)
    with pytest.raises(ValueError, match="positive"):
        instrument.observe(WAVELENGTH, spectrum, snr, np.random.default_rng(0))


def log_fluxing(n):
    rng = np.random.default_rng(11)
    return np.log([instrument.fluxing_error(WAVELENGTH, rng) for _ in range(n)])


def test_fluxing_error_is_smooth():
    steps = np.abs(np.diff(log_fluxing(200), axis=1))
    assert steps.max() < 1e-3  # per pixel: nothing that looks like a line


def test_fluxing_error_is_as_large_as_that_of_boss(real):
    with np.load(real / "boss" / "boss_flux_response_pca.npz") as file:
        residual = file["X_projected"][::5] @ file["components"]
    measured = np.sqrt(np.mean(residual**2, axis=1))
    simulated = log_fluxing(800).std(axis=1)
    for percentile in (16, 50, 84):
        ratio = np.percentile(simulated, percentile) / np.percentile(
            measured, percentile
        )
        assert 0.6 < ratio < 1.4
