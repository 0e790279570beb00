"""Gather the labels of all stars by the hybrid model."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.run.seals import gather_parts


def main(snakemake):
    predictions = gather_parts(snakemake.input.parts)
    tables.write(predictions, snakemake.output.predictions, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
