"""Labels by every method, trained with the training stars of the run."""

import numpy as np

from mdwarfs import tables
from mdwarfs.methods.trials import by_methods, of_survey, trials
from mdwarfs.run.job import run
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.tables.by_method import SETTINGS, long_table
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import from_rows, matrix
from mdwarfs.validation.calibration import reference_error


def main(snakemake):
    files, params, names = snakemake.input, snakemake.params, snakemake.params.names
    labels, split = tables.read(files.labels), tables.read(files.split)
    with SpectrumSet.open(files.spectra) as spectra:
        stars = np.asarray(spectra.stars["source_id"])
        known = lookup(labels, match(stars, labels["source_id"]))
        if params.given:
            fit = np.asarray(known["labelled"]) & spectra.ok
            divided = trials(fit, known["fold"], known["role"])
        else:
            divided = of_survey(stars, spectra.ok, split, params.every)
        found, settings = by_methods(
            spectra.flux,
            spectra.ivar,
            matrix(known, names),
            np.stack([reference_error(known, name) for name in names], axis=1),
            divided,
            names=names,
            wavelength=spectra.wavelength,
            seed=params.seed,
        )
    tables.write(long_table(found, stars, names), snakemake.output.labels, params.stamp)
    chosen = from_rows(list(settings.items()), SETTINGS)
    tables.write(chosen, snakemake.output.settings, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
