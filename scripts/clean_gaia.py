"""Clean catalogue of Gaia DR3 and 2MASS for the BOSS stars."""

from mdwarfs import tables
from mdwarfs.catalogues.gaia import read_gaia
from mdwarfs.run.job import run


def main(snakemake):
    """Read the raw file, write the clean catalogue."""
    table = read_gaia(snakemake.input.raw, snakemake.params.release)
    tables.write(table, snakemake.output.catalogue, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
