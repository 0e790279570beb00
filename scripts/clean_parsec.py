"""The PARSEC isochrones of the colour-magnitude diagrams."""

from mdwarfs import tables
from mdwarfs.catalogues.parsec import read_parsec
from mdwarfs.run.job import run


def main(snakemake):
    """Read the raw file, write the clean catalogue."""
    table = read_parsec(snakemake.input.raw, snakemake.params.isochrones)
    tables.write(table, snakemake.output.catalogue, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
