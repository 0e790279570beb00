"""SLAM labels against the photometric relations of Mann+2015, 2016 and 2019."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.validation.comparisons import compare_mann


def main(snakemake):
    comparison = compare_mann(
        tables.read(snakemake.input.catalogue), tables.read(snakemake.input.candidates)
    )
    tables.write(comparison, snakemake.output.comparison, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
