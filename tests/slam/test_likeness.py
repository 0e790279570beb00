"""How far a spectrum is shifted from its model spectrum."""

import numpy as np
import pytest

from mdwarfs.slam.infer.likeness import V_MAX, Likeness
from mdwarfs.spectra.spectrum import SPEED_OF_LIGHT


@pytest.fixture(scope="module")
def shifted():
    """Sums of two spectra at 7,100 to 8,500 Angstrom, shifted by known velocities."""
    wavelength = np.exp(np.linspace(np.log(7100), np.log(8500), 700))
    rng = np.random.default_rng(4)
    centres = rng.uniform(7000, 8600, (2, 40))

    def few(at):
        lines = np.exp(-0.5 * ((at[:, None, None] - centres) / 8) ** 2)
        return 0.3 * lines.sum(axis=2).T

    shares = rng.uniform(0.3, 1, (90, 2))
    velocity = np.linspace(-500, 500, 90)
    flux = np.stack([
        own @ few(wavelength / (1 + v / SPEED_OF_LIGHT))
        for own, v in zip(shares, velocity)
    ])  # fmt: skip
    return Likeness(wavelength), shares, few(wavelength), flux, velocity


def test_a_shift_is_found(shifted):
    likeness, shares, few, flux, velocity = shifted
    model, weight = shares @ few, np.ones(flux.shape)
    found, stretch = likeness.offset(
        flux, lambda own: likeness.moved(model[own]), weight
    )
    assert found == pytest.approx(velocity, abs=10)
    assert stretch == pytest.approx(0, abs=10)


@pytest.mark.parametrize("shape", ["line", "hollow", "hill"])
def test_a_peak_at_the_end_of_the_range_is_there(shifted, shape):
    likeness, pixels = shifted[0], np.array([700])
    v = likeness.velocity / V_MAX
    rises = {"line": v, "hollow": np.exp(3 * v), "hill": 1 - (v - 1.2) ** 2}[shape]
    rises = 0.9 * rises[None] / rises.max()
    assert likeness.top(rises, pixels) == V_MAX
    assert likeness.top(rises[:, ::-1], pixels) == -V_MAX
    inside = 0.9 - 0.5 * (v[None] - 0.33) ** 2
    assert likeness.top(inside, pixels) == pytest.approx(0.33 * V_MAX)


def test_sums_of_few_spectra_may_be_moved_one_by_one(shifted):
    likeness, shares, few, flux, _ = shifted
    model, weight = shares @ few, np.ones(flux.shape)
    moved = list(likeness.moved(few))
    found, same = (
        likeness.offset(flux, way, weight)
        for way in (
            lambda own: likeness.moved(model[own]),
            lambda own: (shares[own] @ one for one in moved),
        )
    )
    assert same == pytest.approx(np.array(found), abs=1e-6)
