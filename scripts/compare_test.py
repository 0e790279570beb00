"""SLAM labels of the test stars beside their reference labels."""

from mdwarfs import tables
from mdwarfs.job import run
from mdwarfs.validation.comparisons import compare_test


def main(snakemake):
    # Leave-one-out predictions come without a split: every labelled star is a test.
    split = snakemake.input.get("split")
    comparison = compare_test(
        tables.read(snakemake.input.predictions),
        tables.read(snakemake.input.labels),
        tables.read(split) if split else None,
    )
    tables.write(comparison, snakemake.output.comparison, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
