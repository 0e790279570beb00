"""What each ingredient costs: bias and scatter of every variant, by SNR."""

from collections.abc import Sequence

import numpy as np
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.labels import LABELS
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import from_rows
from mdwarfs.validation import by_snr
from mdwarfs.validation.calibration import within_ranges

COLUMNS = {
    "variant": ("", "How the labels were found: see mdwarfs.emulation.recipe"),
    **by_snr.COLUMNS,
    "kept": ("", "Share of the stars that keep their first guess, for want of pixels"),
    "pixels": ("", "Median number of pixels that take part in the fit of a star"),
}


def accuracy(
    emulations: Table,
    reference: Table,
    usable: dict[str, Sequence[float]],
    snr_edges: Sequence[float],
    key: str = "source_id",
) -> Table:
    """Compare the labels of every variant with the reference, on the same stars.

    Parameters
    ----------
    emulations
        As `mdwarfs.emulation.experiment.emulate` makes it.
    reference
        The identifier and labels, one row per star. Stars that it lacks are left out,
        those whose reference labels lie outside the usable range, and those of which
        some variant finds no labels.
    usable
        Lowest and highest usable value of feh, teff, logg.
    snr_edges
        Bounds between the SNR bins.
    key
        Identifier by which stars are matched.

    Returns
    -------
    table
        A row per variant, label and SNR bin, `COLUMNS`.

    Raises
    ------
    InputError
        If no star is left to compare.
    """
    reference = reference[within_ranges(reference, usable)]
    index = match(emulations[key], reference[key])
    stars, reference = emulations[index >= 0], reference[index[index >= 0]]
    labels = [x for x in LABELS if x in stars.colnames and x in reference.colnames]
    finite = [np.isfinite(np.asarray(stars[label], float)) for label in labels]
    lost = np.asarray(stars[key])[~np.all(finite, axis=0)]
    complete = ~np.isin(stars[key], lost)
    stars, reference = stars[complete], reference[complete]
    if not len(stars):
        raise InputError("no star with a reference label has labels by every variant")
    rows = []
    for variant in dict.fromkeys(stars["variant"]):
        members = np.asarray(stars["variant"]) == variant
        own, true = stars[members], reference[members]
        shares = [
            (np.mean(own["kept"][one]), np.median(own["pixels"][one]))
            if one.any()
            else (np.nan, np.nan)
            for one in by_snr.bins(own["snr"], snr_edges)
        ]
        for label in labels:
            difference = np.asarray(own[label], float) - np.asarray(true[label], float)
            found = by_snr.statistics(label, difference, own["snr"], snr_edges)
            rows += [(variant, *row, *share) for row, share in zip(found, shares)]
    return from_rows(rows, COLUMNS)
