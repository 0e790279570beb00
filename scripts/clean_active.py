"""Clean catalogue of the value-added catalogue mdwarf_active_params."""

from mdwarfs import tables
from mdwarfs.catalogues.value_added import read_active
from mdwarfs.job import run


def main(snakemake):
    """Read the raw file, write the clean catalogue."""
    table = read_active(snakemake.input.raw)
    table.sort(["sdss_id", "source_id"])  # archives give their rows in any order
    tables.write(table, snakemake.output.catalogue, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
