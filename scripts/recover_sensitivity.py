"""Measure how the flux of simulated stars answers to labels, where the model does."""

from mdwarfs import tables
from mdwarfs.interpretation.sensitivity import Reference, neighbours
from mdwarfs.recovery.slopes import injected_slopes, slopes_table
from mdwarfs.run.job import run
from mdwarfs.slam import regressors


def main(snakemake):
    params = snakemake.params
    model = regressors.read(snakemake.input.model).spectral_model()
    reference = Reference.of(model, neighbours(model, params.teff))
    injected = injected_slopes(reference, model.wavelength, params.continuum)
    found = slopes_table(reference, model.wavelength, injected)
    tables.write(found, snakemake.output.table, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
