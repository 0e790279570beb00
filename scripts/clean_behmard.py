"""Clean catalogue of the M dwarfs of Behmard+2025."""

from mdwarfs import tables
from mdwarfs.catalogues.behmard import read_behmard
from mdwarfs.job import run


def main(snakemake):
    """Read the raw file, write the clean catalogue."""
    table = read_behmard(snakemake.input.raw)
    tables.write(table, snakemake.output.catalogue, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
