"""One row per star of a catalogue that has one per spectrum."""

from mdwarfs.matching import best_of_each
from mdwarfs.tabulate import annotate

DESCRIBED = {
    "n_spectra": ("", "Spectra or entries of this star in the source catalogue"),
}


def best_spectra(spectra, star, quality):
    """Keep of each star the spectrum of the largest quality.

    Parameters
    ----------
    spectra : astropy.table.Table, length n
    star : array_like, shape (n,)
        Identifier of each row's star.
    quality : array_like of float, shape (n,)
        Such as the signal-to-noise ratio; NaN counts as the worst. Ties go to the
        earlier row.

    Returns
    -------
    astropy.table.Table
        The kept rows in their order; `n_spectra` counts the rows of the star.
    """
    best, count = best_of_each(star, quality)
    stars = spectra[best]
    stars["n_spectra"] = count
    return annotate(stars, DESCRIBED)
