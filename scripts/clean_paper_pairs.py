"""Read the paper's own table of FGK+M pairs."""

from mdwarfs import tables
from mdwarfs.catalogues.paper_pairs import read_paper_pairs
from mdwarfs.job import run


def main(snakemake):
    table = read_paper_pairs(snakemake.input.raw)
    tables.write(table, snakemake.output.catalogue, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
