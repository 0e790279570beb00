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

from mdwarfs.simulation import other_rows
from mdwarfs.simulation.files import lamost, literature


def lamost_m(path, stars, apogee_net, rng):
    """Write the LAMOST gM/dM/sdM catalogue."""
    lamost.write_mstellar(path, other_rows.lamost_mstellar(stars, rng))


def birky(path, stars, apogee_net, rng):
    """Write Table 6 of Birky+2020."""
    literature.write_birky(path, other_rows.birky(stars, apogee_net, rng))


def behmard(path, stars, apogee_net, rng):
    """Write the value-added catalogue of Behmard+2025."""
    literature.write_behmard(path, other_rows.behmard(stars, apogee_net, rng))


OF_PAPER = {"lamost_mstellar": lamost_m, "birky": birky, "behmard": behmard}
"""Those with which the paper compares, by the key of the raw file."""
