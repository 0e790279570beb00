"""Median and spread of every comparison, R1 to R7."""

from mdwarfs import tables
from mdwarfs.job import run
from mdwarfs.validation.comparison_summary import COMPARISONS, summarise_comparisons


def main(snakemake):
    comparisons = {
        name: tables.read(getattr(snakemake.input, name))
        for name in {comparison.table for comparison in COMPARISONS}
    }
    summary = summarise_comparisons(comparisons)
    tables.write(summary, snakemake.output.summary, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
