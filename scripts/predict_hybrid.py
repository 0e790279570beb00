"""Gather the labels of all stars by the hybrid model."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.run.parts import gathered


def main(snakemake):
    predictions = gathered(snakemake.input.parts)
    tables.write(predictions, snakemake.output.predictions, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
