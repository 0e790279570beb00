"""Clean catalogue of the stars that BOSS classifies as M type."""

from mdwarfs import tables
from mdwarfs.catalogues.boss import read_boss
from mdwarfs.catalogues.gaia_names import read_gaia_names
from mdwarfs.run.job import run


def main(snakemake):
    """Read the raw file, write the clean catalogue."""
    names = snakemake.input.names
    table = read_boss(
        snakemake.input.raw,
        snakemake.params.boss,
        read_gaia_names(names) if names else None,
    )
    table.sort(["sdss_id", "spec_file"])  # archives give their rows in any order
    tables.write(table, snakemake.output.catalogue, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
