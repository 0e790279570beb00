"""The hybrid labels without one ingredient at a time, by label and SNR."""

import numpy as np

from mdwarfs import tables
from mdwarfs.methods.ingredients import INGREDIENTS
from mdwarfs.methods.trials import by_methods, of_survey
from mdwarfs.run.job import run
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.tables.by_method import long_table
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import matrix
from mdwarfs.validation.calibration import reference_error
from mdwarfs.validation.methods_by_snr import methods_by_snr


def main(snakemake):
    files, params, names = snakemake.input, snakemake.params, snakemake.params.names
    labels, split = tables.read(files.labels), tables.read(files.split)
    with SpectrumSet.open(files.spectra) as spectra:
        stars = np.asarray(spectra.stars["source_id"])
        known = lookup(labels, match(stars, labels["source_id"]))
        found, _ = by_methods(
            spectra.flux,
            spectra.ivar,
            matrix(known, names),
            np.stack([reference_error(known, name) for name in names], axis=1),
            of_survey(stars, spectra.ok, split, every=bool(files.truth)),
            names=names,
            wavelength=spectra.wavelength,
            seed=params.seed,
            methods=INGREDIENTS,
        )
    table = methods_by_snr(
        tables.read(files.slam),
        long_table(found, stars, names),
        labels,
        split,
        tables.read(files.truth) if files.truth else None,
        names=names,
        role=params.role,
        edges=params.snr_edges,
        seed=params.seed,
    )
    tables.write(table, snakemake.output.table, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
