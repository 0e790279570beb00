"""SLAM labels against Behmard+2025."""

from mdwarfs import tables
from mdwarfs.job import run
from mdwarfs.validation.comparisons import compare_behmard


def main(snakemake):
    comparison = compare_behmard(
        tables.read(snakemake.input.reference), tables.read(snakemake.input.catalogue)
    )
    tables.write(comparison, snakemake.output.comparison, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
