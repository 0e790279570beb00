"""Table 3: the catalogue of FGK+M pairs."""

from mdwarfs import tables
from mdwarfs.job import run
from mdwarfs.paper_tables.contents import table_3


def main(snakemake):
    table = table_3(tables.read(snakemake.input.labels))
    tables.write(table, snakemake.output.fits, snakemake.params.stamp)
    tables.write(table, snakemake.output.ecsv, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
