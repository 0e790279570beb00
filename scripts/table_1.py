"""Table 1: parameter coverage of the training set."""

from mdwarfs import tables
from mdwarfs.job import run
from mdwarfs.paper_tables.contents import table_1, table_1_latex
from mdwarfs.paper_tables.printing import write_csv, write_latex


def main(snakemake):
    table = table_1(
        tables.read(snakemake.input.labels),
        tables.read(snakemake.input.split),
        snakemake.params.usable,
    )
    write_csv(snakemake.output.csv, table, snakemake.params.stamp)
    write_latex(
        snakemake.output.tex,
        *table_1_latex(table),
        "Parameter coverage of the SLAM training set.",
        "tab:coverage",
        snakemake.params.stamp,
    )


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
