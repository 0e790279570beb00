"""The figure of labels beside the least possible errors."""

import numpy as np
import pytest

from mdwarfs.figures import diagnostic_limit
from mdwarfs.method_names import HYBRID, SLAM
from mdwarfs.recovery.limit import PHYSICAL, distances

NAMES = ("feh_niu", "feh", "alpha_m", "teff", "logg")


def table(number):
    """Labels that are 1.5 (SLAM) and 1.2 (hybrid) times as far off as can be."""
    rng = np.random.default_rng(1)
    snr = np.exp(rng.uniform(np.log(2), np.log(30), number))
    bound = np.repeat([[40.0, 0.06, 0.05, 0.05]], number, 0) * (10 / snr[:, None])
    own = np.stack(
        [bound[:, PHYSICAL.index(x.removesuffix("_niu"))] for x in NAMES], axis=1
    )
    off = rng.normal(size=own.shape) * own
    found = {SLAM: 1.5 * off, HYBRID: 1.2 * off}
    return distances(
        found, NAMES, np.zeros_like(off), snr, bound, bound / 2, [3, 5, 8, 12]
    )


def test_each_label_has_both_methods_both_bounds_and_the_distance():
    figure = diagnostic_limit.draw(table(4000))
    assert len(figure.axes) == len(NAMES)
    for axes in figure.axes:
        said = axes.texts[0].get_text()
        numbers = [float(x) for x in said.split("SLAM: ")[1].split("\n")[0].split(", ")]
        assert numbers == pytest.approx([1.5, 3.0], rel=0.07)
        _, words = axes.get_legend_handles_labels()
        assert len(words) == 4
        assert axes.get_yscale() == "log"
    (words,) = [legend.get_texts() for legend in figure.legends]
    assert [text.get_text() for text in words][-2:] == [SLAM, HYBRID]


def test_too_few_stars_are_said_to_be_so():
    figure = diagnostic_limit.draw(table(5))
    assert all(axes.texts for axes in figure.axes)
