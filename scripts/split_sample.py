"""Divide the labelled stars into training and test set."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.samples.split import split_sample


def main(snakemake):
    labels = tables.read(snakemake.input.labels)
    stars = split_sample(labels, snakemake.params.split, snakemake.params.seed)
    tables.write(stars, snakemake.output.split, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
