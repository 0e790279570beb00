"""The pieces of which panels are made."""

import numpy as np
import pytest
from matplotlib.colors import Normalize

from mdwarfs.figures import notes, panels, scales, style


def test_finite_drops_rows_in_which_anything_is_missing():
    x, y = scales.finite([1, np.nan, 3, 4], [1, 2, np.inf, 4])
    assert x.tolist() == [1, 4] and y.tolist() == [1, 4]


def test_span_is_not_spoilt_by_an_outlier():
    values = np.append(np.linspace(0, 1, 1000), 1e6)
    low, high = scales.span(values, 0.1)
    assert (low, high) == pytest.approx((-0.08, 1.08))


def test_span_holds_every_star_of_a_small_sample():
    values = np.random.default_rng(4).normal(size=45)
    low, high = scales.span(values, 0.1)
    assert low < values.min() and values.max() < high


def test_residual_axis_leaves_out_what_is_far_from_the_rest():
    residuals = np.append(np.linspace(-1, 1, 101), 50.0)
    assert scales.half_width(residuals, 0.1) == pytest.approx(1.1)
    assert scales.half_width(residuals, 3.0) == 3.0
    assert scales.half_width(np.array([]), 0.4) == 0.4


def test_residual_axis_cuts_no_point_in_two():
    residuals = np.append(np.linspace(-1, 1, 101), [50.0, 1.43, -1.46])
    half = scales.half_width(residuals, 0.1, room=1.3)
    beyond = np.abs(np.abs(residuals) - half) / half
    assert half < 50 and beyond.min() > 0.019 and half > 1.46


def test_arrows_stand_where_a_scale_has_values_beyond():
    norm = Normalize(1, 2)
    assert scales.arrows(norm, [1, 2, np.nan]) == "neither"
    assert scales.arrows(norm, [0.5, 1.5], [1.0]) == "min"
    assert scales.arrows(norm, [1.5], [2.5]) == "max"
    assert scales.arrows(norm, [0.5], [2.5]) == "both"


def test_colour_scale_is_the_middle_of_the_values():
    assert scales.middle(np.linspace(0, 100, 1001), 1) == pytest.approx((5, 95))
    assert scales.middle([5.0], 2.0) == (4.0, 6.0)


def test_span_of_one_value_has_the_least_length_and_room():
    low, high = scales.span([3.0], 1.0)
    assert (low, high) == pytest.approx((2.42, 3.58))


def test_binned_medians_and_spreads():
    x = np.array([10, 20, 30, 110, 120, 130, 210.0])
    y = np.array([1, 2, 9, 4, 4, 4, 0.0])
    centre, median, std = scales.binned(x, y, 100, least=3)
    assert centre.tolist() == [50, 150]  # one star is no bin
    assert median.tolist() == [2, 4]
    assert std == pytest.approx([np.std([1, 2, 9], ddof=1), 0])


def test_binned_nothing():
    assert [len(part) for part in scales.binned([], [], 1.0)] == [0, 0, 0]


def test_numbers_have_the_decimals_of_their_unit_and_no_negative_zero():
    assert notes.number(-34.4, "teff") == "\u221234"
    assert notes.number(-0.001, "logg") == "0.00"
    assert notes.number(-0.056, "feh") == "\u22120.06"


def test_median_and_std_of_a_known_sample():
    assert (
        notes.median_and_std([0.0, 0.1, 0.2, np.nan], "feh") == "0.10 \u00b1 0.10 dex"
    )


@style.styled
def panel():
    return style.new(style.COLUMN, 2.0).subplots()


def test_points_beyond_the_axes_are_counted_not_hidden():
    axes = panel()
    axes.set(xlim=(0, 1), ylim=(1, 0))
    notes.count_beyond(axes, np.array([0.5, 2.0, 0.5]), np.array([0.5, 0.5, -3.0]))
    assert axes.get_title("right") == "2 beyond axes"
    assert not axes.texts  # it covers nothing


def test_nothing_beyond_nothing_said():
    axes = panel()
    axes.set(xlim=(0, 1), ylim=(0, 1))
    notes.count_beyond(axes, np.array([0.5]), np.array([0.5]))
    assert not axes.texts and not axes.get_title("right")


def test_best_spectra_lie_on_top():
    axes = panel()
    snr = np.array([30.0, 2.0, 10.0])
    x = np.array([1.0, 2.0, 3.0])
    drawn = panels.points(axes, x, x, snr, scales.snr_norm(snr))
    assert drawn.get_offsets()[:, 0].tolist() == [2, 3, 1]


def test_cells_count_every_star_inside():
    axes = panel()
    x = np.random.default_rng(1).uniform(0, 1, 300)
    mesh = panels.cells(axes, x, x, (0, 1), (0, 1), 0.2, (0.1, 0.0))
    assert mesh.get_array().sum() == 300
    assert axes.get_xlim() == (0, 1)
    corners = np.asarray(mesh.get_coordinates())
    across, along = corners[0, :, 0], corners[:, 0, 1]
    assert across == pytest.approx([-0.1, 0.1, 0.3, 0.5, 0.7, 0.9, 1.1])
    assert along == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
