"""[Fe/H] of the two components of the M+M pairs."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.validation.comparisons import compare_m_m


def main(snakemake):
    comparison = compare_m_m(
        tables.read(snakemake.input.pairs), tables.read(snakemake.input.catalogue)
    )
    tables.write(comparison, snakemake.output.comparison, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
