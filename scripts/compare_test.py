"""SLAM labels of the test stars beside their reference labels."""

from mdwarfs import tables
from mdwarfs.run import seals
from mdwarfs.run.job import run
from mdwarfs.validation.comparisons import compare_test


def main(snakemake):
    # Leave-one-out predictions come without a split: every labelled star is a test.
    split = snakemake.input.get("split")
    predictions = tables.read(snakemake.input.predictions)
    comparison = compare_test(
        predictions,
        tables.read(snakemake.input.labels),
        tables.read(split) if split else None,
    )
    comparison.meta |= seals.marks_of(predictions)
    tables.write(comparison, snakemake.output.comparison, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
