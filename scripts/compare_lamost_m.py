"""SLAM labels against the LAMOST gM/dM/sdM catalogue."""

from mdwarfs import tables
from mdwarfs.job import run
from mdwarfs.validation.comparisons import compare_lamost_m


def main(snakemake):
    comparison = compare_lamost_m(
        tables.read(snakemake.input.reference), tables.read(snakemake.input.catalogue)
    )
    tables.write(comparison, snakemake.output.comparison, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
