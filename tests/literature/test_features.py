"""The list of features: consistent, in vacuum, and found by wavelength."""

import numpy as np
import pytest

from mdwarfs.literature import features
from mdwarfs.simulation import bands


def test_names_are_unique_and_ranges_sound():
    names = [feature.name for feature in features.FEATURES]
    assert len(names) == len(set(names))
    for feature in features.FEATURES:
        assert list(feature.heads) == sorted(feature.heads)
        assert all(6000 < low < high < 9000 for low, high in feature.ranges)
        if feature.end is not None:
            assert feature.heads[-1] < feature.end


@pytest.mark.parametrize(
    "air, name",
    [
        (6562.80, "H alpha"),
        (7664.90, "K I 7667"),
        (7698.96, "K I 7667"),
        (8183.26, "Na I 8185"),
        (8194.82, "Na I 8185"),
        (8498.02, "Ca II 8500"),
        (8542.09, "Ca II 8500"),
        (8662.14, "Ca II 8500"),
    ],
)
def test_lines_are_in_vacuum(air, name):
    """Air wavelengths of the literature, by the refraction of Morton (2000)."""
    s = 1e4 / air
    index = 1 + 8.34254e-5 + 2.406147e-2 / (130 - s**2) + 1.5998e-4 / (38.9 - s**2)
    (feature,) = (f for f in features.FEATURES if f.name == name)
    assert np.min(np.abs(np.array(feature.heads) - air * index)) < 0.1


def test_names_of_wavelengths():
    found = features.names([6100.0, 6564.0, 6800.0, 7310.0, 8190.0])
    assert list(found) == [
        "Ca I 6104",
        "H alpha",
        "TiO 6650; CaH 6750",
        "",
        "Na I 8185; H2O 8160 (Earth)",
    ]


def test_the_simulated_lines_are_among_the_known_ones():
    """The strongest features of the simulation have a name here."""
    rows = bands.features()
    strong = rows["strength"] > -1.6
    inside = (rows["wavelength"] > 6100) & (rows["wavelength"] < 8900)
    chosen = rows[strong & inside]
    assert len(chosen) > 15
    named = features.names(np.asarray(chosen["wavelength"]) + 0.5)
    assert np.mean(named != "") > 0.9
