"""SLAM labels against Birky+2020."""

from mdwarfs import tables
from mdwarfs.job import run
from mdwarfs.validation.comparisons import compare_birky


def main(snakemake):
    comparison = compare_birky(
        tables.read(snakemake.input.reference),
        tables.read(snakemake.input.catalogue),
        tables.read(snakemake.input.candidates),
    )
    tables.write(comparison, snakemake.output.comparison, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
