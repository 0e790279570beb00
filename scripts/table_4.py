"""Table 4: SLAM labels of all candidates."""

from mdwarfs import tables
from mdwarfs.job import run
from mdwarfs.paper_tables.contents import table_4


def main(snakemake):
    table = table_4(tables.read(snakemake.input.catalogue))
    tables.write(table, snakemake.output.fits, snakemake.params.stamp)
    tables.write(table, snakemake.output.ecsv, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
