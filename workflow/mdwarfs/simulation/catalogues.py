"""The simulated catalogues that SLAM is compared with: one function writes each.

Every function takes

    path : path-like
        The raw file to write, in its archive's form.
    stars : astropy.table.Table
        The simulated stars as observed, with their true labels.
    apogee_net : dict of ndarray
        Columns of the ApogeeNet summary: the stars that APOGEE has observed.
    rng : numpy.random.Generator
        Of this catalogue.
"""

import numpy as np
from astropy.table import Table

from mdwarfs.simulation import other_rows
from mdwarfs.simulation.files import lamost, literature
from mdwarfs.types import PathLike


def lamost_m(
    path: PathLike, stars: Table, apogee_net: Table, rng: np.random.Generator
) -> None:
    """Write the LAMOST gM/dM/sdM catalogue."""
    lamost.write_mstellar(path, other_rows.lamost_mstellar(stars, rng))


def birky(
    path: PathLike, stars: Table, apogee_net: Table, rng: np.random.Generator
) -> None:
    """Write Table 6 of Birky+2020."""
    literature.write_birky(path, other_rows.birky(stars, apogee_net, rng))


def behmard(
    path: PathLike, stars: Table, apogee_net: Table, rng: np.random.Generator
) -> None:
    """Write the value-added catalogue of Behmard+2025."""
    literature.write_behmard(path, other_rows.behmard(stars, apogee_net, rng))


OF_PAPER = {"lamost_mstellar": lamost_m, "birky": birky, "behmard": behmard}
"""Those with which the paper compares, by the key of the raw file."""
