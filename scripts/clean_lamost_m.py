"""Clean catalogue of the M stars of LAMOST."""

from mdwarfs import tables
from mdwarfs.catalogues.lamost import read_lamost
from mdwarfs.job import run


def main(snakemake):
    """Read the raw file, write the clean catalogue."""
    table = read_lamost(snakemake.input.raw, "m")
    table.sort(["source_id"])  # archives give their rows in any order
    tables.write(table, snakemake.output.catalogue, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
