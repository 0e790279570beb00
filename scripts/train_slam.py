"""Gather the pixels that were trained on into the model."""

from mdwarfs.run import seals
from mdwarfs.run.job import run
from mdwarfs.slam import regressors


def main(snakemake):
    pieces = [regressors.read(part) for part in snakemake.input.parts]
    model = type(pieces[0]).joined(pieces)
    model.report()
    model.write(snakemake.output.model, snakemake.params.stamp)
    seals.seal(snakemake.output.model, snakemake.params.configuration)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
