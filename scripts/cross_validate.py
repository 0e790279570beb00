"""Predict each training star without it, and the others with the whole model."""

from mdwarfs import parts, tables
from mdwarfs.job import run
from mdwarfs.labelling.leave_one_out import leave_one_out
from mdwarfs.slam import regressors
from mdwarfs.spectra.spectrum_set import SpectrumSet


def main(snakemake):
    predictions = leave_one_out(
        regressors.read(snakemake.input.model),
        SpectrumSet.read(snakemake.input.spectra),
        tables.read(snakemake.input.labels),
        slam=snakemake.params.slam,
        prediction=snakemake.params.prediction,
        seed=snakemake.params.seed,
        threads=snakemake.threads,
    )
    made_with = parts.made_with(snakemake.input.model, snakemake.params.prediction)
    predictions.meta |= made_with
    tables.write(predictions, snakemake.output.predictions, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
