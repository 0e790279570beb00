"""The features of M dwarfs between 6000 and 9000 Angstrom, by name.

Bands are those of Kirkpatrick+1991 (ApJS 77, 417) with the heads of Valenti+1998 (ApJ
498, 851), brought to vacuum and rounded; lines are those of the NIST Atomic Spectra
Database that are strong or isolated enough to be seen at a resolution of 2000. The
bands of the Earth's air are in the list as well, since K I and Na I lie in them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

LINE = 5.0
"""Half width in which a line is looked for [Angstrom]: 2.5 pixels of unresolved core on
each side of what a resolution of 2000 makes of it."""


@dataclass(frozen=True)
class Feature:
    """A molecular band or the lines of a multiplet.

    Attributes
    ----------
    name
        With the wavelength of the head or of the first line, rounded.
    species
        The molecule or element; `EARTH` for what the air absorbs.
    heads
        Band heads or lines, in vacuum [Angstrom].
    end
        Where a band, which begins at its first head, has faded [Angstrom]; None for
        lines.
    """

    name: str
    species: str
    heads: tuple[float, ...]
    end: float | None = None

    @property
    def ranges(self) -> tuple[tuple[float, float], ...]:
        """Where it absorbs: tuple of (low, high) [Angstrom]."""
        if self.end is not None:
            return ((self.heads[0], self.end),)
        return tuple((line - LINE, line + LINE) for line in self.heads)


EARTH = "Earth"
"""Species of what the air absorbs. It is at rest with the observer and not with the
star, and what a reduction leaves of it may pass for the star's."""

FEATURES = (
    Feature("TiO 6160", "TiO", (6159.5, 6188.0, 6222.7), 6320.0),
    Feature("CaOH 6230", "CaOH", (6205.0,), 6260.0),
    Feature("CaH 6350", "CaH", (6347.8, 6383.8, 6390.8), 6400.0),
    Feature("TiO 6350", "TiO", (6324.0,), 6514.0),
    Feature("TiO 6570", "TiO", (6571.0,), 6650.0),
    Feature("TiO 6650", "TiO", (6653.3, 6682.9, 6716.3, 6784.7), 6854.0),
    Feature("CaH 6750", "CaH", (6752.0, 6880.0, 6910.0, 6948.0), 7052.0),
    Feature("TiO 7050", "TiO", (7056.2, 7089.6, 7127.6), 7272.0),
    Feature("VO 7330", "VO", (7336.0, 7374.0, 7407.0), 7536.0),
    Feature("TiO 7590", "TiO", (7591.7, 7629.0, 7668.0, 7707.0), 7863.0),
    Feature("VO 7850", "VO", (7853.0, 7899.2), 7975.0),
    Feature("TiO 8200", "TiO", (8208.0, 8253.0, 8305.0), 8400.0),
    Feature("TiO 8430", "TiO", (8422.0, 8444.6), 8571.0),
    Feature("VO 8520", "VO", (8523.0, 8575.0), 8670.0),
    Feature("FeH 8690", "FeH", (8693.0,), 8730.0),
    Feature("TiO 8860", "TiO", (8862.0, 8884.0, 8939.0), 8953.0),
    Feature("Ca I 6104", "Ca I", (6104.4, 6123.9, 6163.9, 6171.3)),
    Feature("Ca I 6440", "Ca I", (6440.9, 6464.4, 6495.6)),
    Feature("Fe I, Ba II 6498", "Fe I", (6498.8,)),
    Feature("H alpha", "H I", (6564.6,)),
    Feature("Ca I 6575", "Ca I", (6574.6,)),
    Feature("Ca I 7150", "Ca I", (7150.1,)),
    Feature("K I 7667", "K I", (7667.0, 7701.1)),
    Feature("Rb I 7802", "Rb I", (7802.4, 7949.8)),
    Feature("Na I 8185", "Na I", (8185.5, 8197.1)),
    Feature("Fe I 8329", "Fe I", (8329.3, 8390.1)),
    Feature("Ti I 8366", "Ti I", (8366.5, 8384.8, 8414.7, 8428.8, 8437.6)),
    Feature("Ca II 8500", "Ca II", (8500.4, 8544.4, 8664.5)),
    Feature("Fe I 8516", "Fe I", (8516.4, 8613.9, 8691.0)),
    Feature("Mg I 8809", "Mg I", (8809.2,)),
    Feature("Fe I 8827", "Fe I", (8826.6,)),
    Feature("O2 6870 (Earth)", EARTH, (6869.0,), 6946.0),
    Feature("H2O 7190 (Earth)", EARTH, (7188.0,), 7275.0),
    Feature("O2 7600 (Earth)", EARTH, (7596.0,), 7687.0),
    Feature("H2O 8160 (Earth)", EARTH, (8164.0,), 8284.0),
)


def overlaps(low: float, high: float) -> list[Feature]:
    """The features that absorb anywhere between two wavelengths.

    Parameters
    ----------
    low, high : [Angstrom]

    Returns
    -------
    entries
        In the order of `FEATURES`.
    """
    return [
        feature
        for feature in FEATURES
        if any(begin < high and low < end for begin, end in feature.ranges)
    ]


def names(wavelength: ArrayLike) -> np.ndarray:
    """What absorbs at each of some wavelengths.

    Parameters
    ----------
    wavelength : shape (p,)
        In vacuum [Angstrom].

    Returns
    -------
    str, shape (p,)
        Names, with "; " between them; empty where nothing known absorbs.
    """
    found = (
        "; ".join(feature.name for feature in overlaps(place, np.nextafter(place, 1e9)))
        for place in np.asarray(wavelength, float)
    )
    return np.array(list(found), dtype="U80")


SPECIES = tuple(dict.fromkeys(feature.species for feature in FEATURES))
