"""Gather the pixels that were trained on into the model."""

from mdwarfs.job import run
from mdwarfs.slam import regressors


def main(snakemake):
    parts = [regressors.read(part) for part in snakemake.input.parts]
    model = type(parts[0]).joined(parts)
    model.report()
    model.write(snakemake.output.model, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
