"""How near to the least possible error the labels of simulated stars come."""

import numpy as np

from mdwarfs import tables
from mdwarfs.methods.names import HYBRID, SLAM
from mdwarfs.recovery import limit
from mdwarfs.run.job import run
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import matrix
from mdwarfs.validation.half_width import sound_unseen


def main(snakemake):
    files, params, names = snakemake.input, snakemake.params, snakemake.params.labels
    truth, split = tables.read(files.truth), tables.read(files.split)
    labels = {SLAM: tables.read(files.slam), HYBRID: tables.read(files.hybrid)}
    with SpectrumSet.open(files.spectra) as spectra:
        stars = np.asarray(spectra.stars["source_id"])[spectra.ok]
        chosen = spectra.view(spectra.rows_of(sound_unseen(stars, truth, split)))
        stars, snr = (np.asarray(chosen.stars[x]) for x in ("source_id", "snr"))
        known = lookup(truth, match(stars, truth["source_id"]))
        groups = limit.responses(
            known, chosen.wavelength, params.continuum, params.seed
        )
        least = limit.bounds(
            groups, np.asarray(known["teff"], float), chosen.ivar,
            limit.precision_of(known), snakemake.threads,
        )  # fmt: skip
    found = {
        name: matrix(lookup(table, match(stars, table["source_id"])), names)
        for name, table in labels.items()
    }
    true = matrix(known, names)
    table = limit.distances(found, names, true, snr, *least, params.snr_edges)
    tables.write(table, snakemake.output.table, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
