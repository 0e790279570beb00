"""Clean catalogue of the wide binaries of El-Badry+2021."""

from mdwarfs import tables
from mdwarfs.catalogues.wide_binaries import read_wide_binaries
from mdwarfs.job import run


def main(snakemake):
    """Read the raw file, write the clean catalogue."""
    table = read_wide_binaries(snakemake.input.raw)
    table.sort(["source_id1", "source_id2"])  # archives give their rows in any order
    tables.write(table, snakemake.output.catalogue, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
