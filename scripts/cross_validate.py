"""Predict each training star by a model without it, and the others with the whole."""

from mdwarfs import tables
from mdwarfs.labelling.cross_validation import cross_validate
from mdwarfs.run import seals
from mdwarfs.run.job import run
from mdwarfs.slam import regressors
from mdwarfs.spectra.spectrum_set import SpectrumSet


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    with SpectrumSet.open(snakemake.input.spectra) as spectra:
        predictions, held_out = cross_validate(
            regressors.read(snakemake.input.model),
            spectra,
            tables.read(snakemake.input.labels),
            slam=params.slam,
            prediction=params.prediction,
            seed=params.seed,
            threads=snakemake.threads,
        )
    for table in (predictions, held_out):
        table.meta |= seals.label_marks(snakemake.input.model, params.prediction)
    tables.write(predictions, output.predictions, params.stamp)
    tables.write(held_out, output.held_out, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
