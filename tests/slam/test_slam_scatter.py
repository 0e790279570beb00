import numpy as np
import pytest

from mdwarfs.slam.train.scatter import CUT, EXPECTED, model_variance


@pytest.mark.parametrize("scatter", [0.02, 0.1])
def test_scatter_is_found_beneath_the_noise(scatter):
    rng = np.random.default_rng(0)
    noise = np.tile(np.geomspace(0.01, 0.5, 800)[:, None] ** 2, 50)
    residual = rng.normal(size=noise.shape) * np.sqrt(noise + scatter**2)
    good = rng.random(noise.shape) < 0.99
    residual[~good] = np.nan
    variance = model_variance(residual, noise, good)
    assert np.sqrt(np.median(variance)) == pytest.approx(scatter, rel=0.08)


def test_outliers_do_not_pass_for_scatter():
    rng = np.random.default_rng(1)
    noise = np.full((800, 50), 1e-4)
    residual = rng.normal(0, 0.02, noise.shape)
    residual[:16] = 5.0
    variance = model_variance(residual, noise, np.ones(noise.shape, bool))
    assert np.sqrt(np.median(variance) + 1e-4) == pytest.approx(0.02, rel=0.12)


def test_floor_is_the_standard_error():
    noise = np.full((200, 1), 0.04)
    variance = model_variance(np.zeros((200, 1)), noise, np.ones((200, 1), bool))
    assert variance[0] == pytest.approx(0.04 * np.sqrt(2 / 200), rel=1e-6)


def test_expected_value_of_the_cut_chi_square():
    square = np.random.default_rng(2).normal(size=4_000_000) ** 2
    assert np.minimum(square, CUT).mean() == pytest.approx(EXPECTED, abs=3e-3)
