"""How spectra unlike those of training stars are found, by the hybrid model."""

import numpy as np

from mdwarfs.hybrid import unlike
from mdwarfs.slam.infer import residuals


def test_the_metallicity_is_the_mean_of_its_scales():
    assert unlike.metallicities(("feh_niu", "teff", "feh")) == [0, 2]
    assert unlike.metallicities(("teff", "[Fe/H]")) == []


def test_brightness_is_the_ratio_of_the_usual_flux_to_the_noise():
    level = np.array([1.0, 1.0, -2.0, 4.0])
    ivar = np.array([[100.0, 100, 25, 0], [0, 0, 0, 0], [1, 4, 9, 16]])
    found = unlike.brightness(level, ivar)
    assert found[0] == 10 and np.isnan(found[1])
    assert found[2] == 2  # the lower of the middle two of 1, 2, 6 and 16


def test_the_shares_of_all_limits_together_are_below_one_in_a_hundred():
    sides = {"chi2": 2, "v_offset": 2, "v_stretch": 2}
    sides |= dict.fromkeys(residuals.COLUMNS, 2)
    shares = [share * sides.get(x, 1) for x, share in unlike.SHARES.items()]
    assert 0.003 < sum(shares) + 10 * unlike.SHARE_LABEL < 0.01
