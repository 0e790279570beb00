"""Clean catalogue of the M dwarfs of Birky+2020."""

from mdwarfs import tables
from mdwarfs.catalogues.birky import read_birky
from mdwarfs.job import run


def main(snakemake):
    """Read the raw file, write the clean catalogue."""
    table = read_birky(snakemake.input.raw)
    table.sort(["tmass_designation"])  # archives give their rows in any order
    tables.write(table, snakemake.output.catalogue, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
