"""Measure how the model's flux answers to the labels."""

from mdwarfs import tables
from mdwarfs.interpretation import sensitivity
from mdwarfs.run.job import run
from mdwarfs.slam import regressors


def main(snakemake):
    output, params = snakemake.output, snakemake.params
    model = regressors.read(snakemake.input.model).spectral_model()
    reference = sensitivity.Reference.of(
        model, sensitivity.neighbours(model, params.teff)
    )
    table = sensitivity.table(reference, model.wavelength)
    tables.write(table, output.table, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
