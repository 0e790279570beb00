"""Decide from the released SLAM table itself what its columns are."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.validation.released_slam import diagnose


def main(snakemake):
    tests = diagnose(snakemake.input.slam)
    tables.write(tests, snakemake.output.tests, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
