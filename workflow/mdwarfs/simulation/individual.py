"""Differences between simulated spectra of stars with the same labels.

The elements that the labels leave out, C/O among them, make single species stronger or
weaker; activity fills the Ca II triplet and puts spots on the surface; an unresolved
companion adds its light; rotation, the resolution of the fibre and an error of the
velocity change the lines. All of it changes many pixels together. How large the sum of
it is, beside that of real stars, is said in docs/simulation.md.
"""

import numpy as np

from mdwarfs.simulation import bands, main_sequence
from mdwarfs.simulation.stars import COMPANION_TEFF_MIN
from mdwarfs.simulation.stellar_spectrum import spectra, thermal

# Scatter of the abundance of an element (or of what is left of O when CO is made) at
# given labels [dex], and how much the optical depth of a species answers to it.
ELEMENTS = {
    "free O": (0.04, {"TiO": 1.0, "VO": 1.0, "CaOH": 1.0}),
    "Ti": (0.03, {"TiO": 1.0, "Ti": 1.0}),
    "V": (0.04, {"VO": 1.0}),
    "Ca": (0.03, {"CaH": 0.6, "CaOH": 1.0, "Ca": 1.0, "CaII": 1.0}),
    "Na": (0.045, {"Na": 1.0}),
    "K": (0.045, {"K": 1.0}),
    "Mg": (0.03, {"Mg": 1.0, "MgH": 0.6}),
    "Fe": (0.025, {"Fe": 1.0, "FeH": 0.7}),
    "others": (0.03, {"metal": 1.0}),
}
FILLING = -0.04  # of Ca II in dex, per Angstrom of H alpha emission
SPOT_CONTRAST, SPOT_SHARE = (200.0, 500.0), (0.0, 0.30)  # of active stars: [K]; area
ROTATION = (12.0, 0.6)  # of active stars, v sin i: median [km/s], scatter of ln
RESOLUTION_SCATTER = 0.04  # of the width of the instrument's profile
VELOCITY_ERROR = 6.0  # of the rest frame [km/s]
KM_S_PER_PIXEL = 69.03  # of a grid of 1e-4 in log10(wavelength)
DARKEST = 0.05  # flux that the changed lines leave, of what it was: it stays positive


def flux(
    wavelength: np.ndarray,
    stars: dict[str, np.ndarray],
    rngs: list[np.random.Generator],
) -> np.ndarray:
    """Flux of M dwarfs as it reaches the instrument, each with what is its own.

    Parameters
    ----------
    wavelength : shape (p,)
        A grid of 1e-4 in log10, in vacuum, in the rest frame of the star [Angstrom].
    stars : each of shape (n,)
        `teff`, `logg`, `feh_niu`, `alpha_m`, `halpha_ew`, `companion_teff`.
    rngs : length n
        A stream of random numbers for each.

    Returns
    -------
    shape (n, p)
        f_lambda, positive, in an arbitrary unit.
    """
    own = np.array([_draw(rng) for rng in rngs])
    names = ("teff", "logg", "feh_niu", "alpha_m", "halpha_ew", "companion_teff")
    teff, logg, feh, alpha_m, halpha_ew, companion = (
        np.asarray(stars[name], float) for name in names
    )
    dex = own[:, : len(ELEMENTS)] @ _answers()
    dex[:, list(bands.SPECIES).index("CaII")] += FILLING * np.maximum(halpha_ew, 0)
    seen = spectra(wavelength, teff, logg, feh, alpha_m, halpha_ew, dex=dex)
    contrast, share, speed, profile, shift = own[:, len(ELEMENTS) :].T

    active = halpha_ew > 0
    cooler = np.where(companion > 0, companion, teff - contrast)
    area = np.where(companion > 0, _area(companion, teff, feh), share)
    (two,) = np.nonzero((companion > 0) | active)
    if len(two):
        other = spectra(
            wavelength, cooler[two], logg[two], feh[two], alpha_m[two], dex=dex[two]
        )
        weight = area * thermal(cooler) / thermal(teff)
        # A companion adds its light, spots are in the place of other surface.
        rest = np.where(companion > 0, 1.0, 1.0 - share)
        seen[two] = rest[two, None] * seen[two] + weight[two, None] * other

    width = bands.pixels_of_profile(KM_S_PER_PIXEL)
    spread = ((1 + profile) ** 2 - 1) * width**2
    spread += np.where(active, (speed / 2 / KM_S_PER_PIXEL) ** 2, 0)
    slope = np.gradient(seen, axis=1)
    curvature = np.gradient(slope, axis=1)
    changed = seen + (shift / KM_S_PER_PIXEL)[:, None] * slope
    changed += spread[:, None] / 2 * curvature
    return np.maximum(changed, DARKEST * seen)


def _draw(rng):
    """One star's deviations: of the elements, then of the rest."""
    elements = [size for size, _ in ELEMENTS.values()]
    middle, scatter = ROTATION
    return np.concatenate([
        elements * rng.standard_normal(len(ELEMENTS)),
        [rng.uniform(*SPOT_CONTRAST), rng.uniform(*SPOT_SHARE)],
        [middle * np.exp(scatter * rng.standard_normal())],
        [RESOLUTION_SCATTER, VELOCITY_ERROR] * rng.standard_normal(2),
    ])  # fmt: skip


def _answers():
    """How species answer to the elements, shape (elements, species)."""
    return np.array(
        [
            [species.get(name, 0.0) for name in bands.SPECIES]
            for _, species in ELEMENTS.values()
        ]
    )


def _area(companion, teff, feh):
    """Surface of companions over that of their stars; what has none gets anything."""
    radii = [
        main_sequence.m_dwarf_structure(main_sequence.m_dwarf(t, feh).ks)[1]
        for t in (np.maximum(companion, COMPANION_TEFF_MIN), teff)
    ]
    return (radii[0] / radii[1]) ** 2
