"""Clean catalogue of the SLAM labels of the release before."""

from mdwarfs import tables
from mdwarfs.catalogues.astra import read_astra
from mdwarfs.job import run


def main(snakemake):
    """Read the raw file, write the clean catalogue."""
    table = read_astra(snakemake.input.raw, "slam")
    table.sort(["sdss_id", "source_id"])  # archives give their rows in any order
    tables.write(table, snakemake.output.catalogue, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
