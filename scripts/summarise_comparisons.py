"""Median and spread of every comparison: R1 to R7, and those that the paper lacks."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.validation.comparison_summary import lines_of, summarise_comparisons


def main(snakemake):
    lines = lines_of(snakemake.params.compared)
    comparisons = {
        line.table: tables.read(snakemake.input[line.table]) for line in lines
    }
    summary = summarise_comparisons(comparisons, lines, snakemake.params.origins)
    tables.write(summary, snakemake.output.summary, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
