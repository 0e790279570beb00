"""One row per star of a catalogue that has one per spectrum."""

from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.tables.matching import best_of_each
from mdwarfs.tables.tabulate import annotate

DESCRIBED = {
    "n_spectra": ("", "Spectra or entries of this star in the source catalogue"),
}


def best_spectra(spectra: Table, star: ArrayLike, quality: ArrayLike) -> Table:
    """Keep of each star the spectrum of the largest quality.

    Parameters
    ----------
    spectra : length n
    star : shape (n,)
        Identifier of each row's star.
    quality : shape (n,)
        Such as the signal-to-noise ratio; NaN counts as the worst. Ties go to the
        earlier row.

    Returns
    -------
    table
        The kept rows in their order; `n_spectra` counts the rows of the star.
    """
    best, count = best_of_each(star, quality)
    stars = spectra[best]
    stars["n_spectra"] = count
    return annotate(stars, DESCRIBED)
